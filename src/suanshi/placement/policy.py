"""How a place is chosen: one small protocol, the classic rules behind it (first fit, best fit, FGD), and ours by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from suanshi.kit.refusal import invalid

if TYPE_CHECKING:
    from suanshi.placement.pool import Pool

FIRST, BEST, FGD, PLAN = 0, 1, 2, 3  # rules of the compiled core


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

    def plan(self, pool: Pool) -> Any:
        """Seats to set aside: rows of kind, node and mask of cards, in the order of use."""


@dataclass(frozen=True, slots=True)
class Greedy:
    """Takes each need as it comes, by one rule, without a plan."""

    name: str
    rule: int

    def every(self, pool: Pool) -> int | None:
        return None

    def plan(self, pool: Pool) -> Any:
        return []


FIRST_FIT: Policy = Greedy("first-fit", FIRST)
BEST_FIT: Policy = Greedy("best-fit", BEST)
FGD_RULE: Policy = Greedy("fgd", FGD)
NAMES = ("first-fit", "best-fit", "fgd", "plan")


def policy(name: str) -> Policy:
    """The policy of this name. Raises Refusal, with the names there are, for any other."""
    if name == "plan":
        from suanshi.placement.plan import POLICY  # it needs the pool, which needs this module

        return POLICY
    for known in (FIRST_FIT, BEST_FIT, FGD_RULE):
        if known.name == name:
            return known
    names = ", ".join(NAMES)
    raise invalid("policy", f"没有名为 {name} 的策略；可选：{names}", f"no policy {name}; there are {names}")
