"""What an order may cost at most, what it did cost, and why: the one place where use becomes money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from suanshi.kit.money import Money
from suanshi.kit.refusal import invalid
from suanshi.kit.units import CARD, BasisPoints, MilliCards, MilliCardSeconds
from suanshi.rating.line import Cause, Line
from suanshi.rating.plan import CardSecond, Plan, Use, read_plan
from suanshi.rating.share import Part, Shares


@dataclass(frozen=True, slots=True)
class Terms:
    """The money side of an order, frozen when it was quoted: the plan, the least a started run costs, who shares."""

    plan: Plan
    minimum: Money
    shares: Shares

    def __post_init__(self) -> None:
        if self.minimum.currency != self.plan.currency:
            raise invalid("minimum", "币种须与单价相同", "must be in the currency of the price")
        if self.minimum.micro < 0:
            raise invalid("minimum", "最低消费不能为负", "the minimum charge must not be negative")

    @classmethod
    def per_card_hour(cls, price: Money, minimum: Money, commission: BasisPoints, version: str = "1") -> Terms:
        """The common case: a price per card-hour of which the operator keeps `commission`."""
        return cls(CardSecond(price), minimum, Shares(version, commission))

    def snapshot(self) -> dict[str, Any]:
        return {"plan": self.plan.snapshot(), "minimum_micro": self.minimum.micro, "shares": self.shares.snapshot()}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Terms:
        plan = read_plan(kept["plan"])
        return cls(plan, Money(kept["minimum_micro"], plan.currency), Shares.read(kept["shares"]))


@dataclass(frozen=True, slots=True)
class Charge:
    """The price of what was used: lines that add up to the total, and parts that add up to it too."""

    lines: tuple[Line, ...]
    total: Money
    parts: tuple[Part, ...]
    shares: str

    def __post_init__(self) -> None:
        if _sum(self.lines, self.total.currency) != self.total:
            raise ValueError("the lines do not add up to the total")
        if sum((part.amount for part in self.parts), Money(0, self.total.currency)) != self.total:
            raise ValueError("the parts do not make the whole")
        if self.total.micro < 0:
            raise ValueError("a charge is never negative")


def ceiling(terms: Terms, cards: int, share_milli: int, seconds: int) -> Money:
    """The most that using `cards` pieces of `share_milli` for up to `seconds` can cost: what a buyer must have."""
    if cards < 1:
        raise invalid("cards", "至少为 1", "must be at least 1")
    if not 1 <= share_milli <= CARD:
        raise invalid("share_milli", f"应在 1 到 {CARD} 之间", f"must lie between 1 and {CARD}")
    if seconds < 1:
        raise invalid("seconds", "至少为 1", "must be at least 1")
    try:
        return charge(terms, MilliCardSeconds(MilliCards(cards * share_milli) * seconds)).total
    except ValueError as error:
        raise invalid("seconds", "数量过大，金额无法表示", "so much of it costs more than can be written down") from error


def charge(terms: Terms, used: MilliCardSeconds, chargeable: bool = True, at_most: Money | None = None) -> Charge:
    """The charge for `used`. A run that started costs at least the minimum; one that did not, or was lost, costs nothing.

    `at_most` is the agreed ceiling (the hold): what lies beyond it is shown and not charged.
    """
    lines = list(terms.plan.lines(Use(used)))
    total = _sum(lines, terms.plan.currency)
    if not chargeable:
        lines.append(Line(Cause.NOT_CHARGEABLE, -total))
    elif total < terms.minimum:
        lines.append(Line(Cause.MINIMUM, terms.minimum - total))
    total = _sum(lines, terms.plan.currency)
    if at_most is not None and at_most < total:
        lines.append(Line(Cause.CEILING, at_most - total))
        total = at_most
    return Charge(tuple(lines), total, terms.shares.split(total), terms.shares.version)


def _sum(lines: Iterable[Line], currency: str) -> Money:
    return sum((line.amount for line in lines), Money(0, currency))
