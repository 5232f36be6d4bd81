"""How a place is chosen: one small protocol, and the classic rules behind it (first fit, best fit, FGD)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from suanshi.kit.refusal import invalid

if TYPE_CHECKING:
    from suanshi.placement.pool import Plan, Pool

FIRST, BEST, FGD = 0, 1, 2  # rules of the compiled core


class Policy(Protocol):
    """`rule` decides where nothing is planned; `plan` may set seats aside, anew each time `every` milli-cards were asked.

    A policy sees the pool as it stands and the expected mix, never the needs to come.
    """

    @property
    def name(self) -> str: ...

    @property
    def rule(self) -> int: ...

    def every(self, pool: Pool) -> int | None:
        """Milli-cards of requests between one plan and the next; None for never."""

    def plan(self, pool: Pool) -> Plan: ...


@dataclass(frozen=True, slots=True)
class Greedy:
    """Takes each need as it comes, by one rule, without a plan."""

    name: str
    rule: int

    def every(self, pool: Pool) -> int | None:
        return None

    def plan(self, pool: Pool) -> Plan:
        return []


GREEDY: Mapping[str, Policy] = {
    "first-fit": Greedy("first-fit", FIRST),
    "best-fit": Greedy("best-fit", BEST),
    "fgd": Greedy("fgd", FGD),
}


def policy(name: str) -> Policy:
    """The policy of this name. Raises Refusal, with the names there are, for any other."""
    if name in GREEDY:
        return GREEDY[name]
    names = ", ".join(GREEDY)
    raise invalid("policy", f"没有名为 {name} 的策略；可选：{names}", f"no policy {name}; there are {names}")
