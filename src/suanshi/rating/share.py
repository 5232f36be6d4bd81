"""Who gets which part of a charge: a versioned rule whose parts always make the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from suanshi.kit.money import Money
from suanshi.kit.refusal import invalid
from suanshi.kit.units import WHOLE, BasisPoints

NONE = BasisPoints(0)


class Receiver(StrEnum):
    SUPPLIER = "supplier"
    OPERATOR = "operator"
    PARTNER = "partner"
    TAX = "tax"


@dataclass(frozen=True, slots=True)
class Part:
    """What one receiver gets of one charge; `party` is the partner's, the others are known from the order."""

    receiver: Receiver
    amount: Money
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Shares:
    """The operator's commission, the tax and any partners' parts in basis points; the supplier gets all the rest.

    `version` names the rule that was in force when the order was made; a bill keeps it. Parts that are negative or
    exceed the whole are refused.
    """

    version: str
    operator: BasisPoints = NONE
    tax: BasisPoints = NONE
    partners: tuple[tuple[str, BasisPoints], ...] = ()

    def __post_init__(self) -> None:
        taken = (self.operator, self.tax, *(bp for _, bp in self.partners))
        if min(taken) < 0 or sum(taken) > WHOLE:
            raise invalid("shares", "各方份额不得为负，合计不超过 100%", "no part may be negative, nor all together exceed 100%")
        if len({party for party, _ in self.partners}) < len(self.partners):
            raise invalid("shares", "同一合作方只能出现一次", "a partner may appear only once")

    @property
    def supplier(self) -> BasisPoints:
        return BasisPoints(WHOLE - self.operator - self.tax - sum(bp for _, bp in self.partners))

    def split(self, amount: Money) -> tuple[Part, ...]:
        """The parts of `amount`, by largest remainder; receivers that get nothing are left out."""
        names: list[tuple[Receiver, str | None, BasisPoints]] = [
            (Receiver.SUPPLIER, None, self.supplier),
            (Receiver.OPERATOR, None, self.operator),
            (Receiver.TAX, None, self.tax),
            *((Receiver.PARTNER, party, bp) for party, bp in self.partners),
        ]
        amounts = amount.split([bp for _, _, bp in names])
        return tuple(Part(who, part, party) for (who, party, _), part in zip(names, amounts, strict=True) if part)

    def snapshot(self) -> dict[str, Any]:
        """Plain values to keep with an order; `read` brings them back."""
        return {
            "version": self.version,
            "operator": self.operator,
            "tax": self.tax,
            "partners": [list(pair) for pair in self.partners],
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Shares:
        partners = tuple((party, BasisPoints(bp)) for party, bp in kept["partners"])
        return cls(kept["version"], BasisPoints(kept["operator"]), BasisPoints(kept["tax"]), partners)
