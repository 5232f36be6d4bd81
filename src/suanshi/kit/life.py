"""A life drawn as one table: which event leads from which state to which, and nothing else can happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Life:
    """Transitions by (state, event). A state that no transition leaves is final."""

    name: str
    first: str
    moves: Mapping[tuple[str, str], str]

    def after(self, state: str, event: str) -> str | None:
        """The state that `event` leads to from `state`, or None where it cannot happen."""
        return self.moves.get((state, event))

    @property
    def states(self) -> frozenset[str]:
        return frozenset({self.first, *self.moves.values()})

    @property
    def final(self) -> frozenset[str]:
        return self.states - {state for state, _ in self.moves}
