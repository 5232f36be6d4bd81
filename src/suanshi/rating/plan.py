"""The ways a price can be stated. Each turns use into lines; today there is one, per card and second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from suanshi.kit.money import Money
from suanshi.kit.refusal import invalid
from suanshi.kit.units import CARD, HOUR, MilliCardSeconds
from suanshi.rating.line import Cause, Line


@dataclass(frozen=True, slots=True)
class Use:
    """What is to be priced. A further way to charge (tokens, traffic, P-hours) adds its quantity here."""

    milli_card_seconds: MilliCardSeconds


class Plan(Protocol):
    """A way to charge: `lines` prices a use, each line rounded once. More use never costs less."""

    @property
    def kind(self) -> str: ...

    @property
    def currency(self) -> str: ...

    def lines(self, use: Use) -> tuple[Line, ...]: ...

    def snapshot(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class CardSecond:
    """A price per card-hour, charged for the time used, to the second."""

    price: Money
    kind: ClassVar[str] = "card-second"

    def __post_init__(self) -> None:
        if self.price.micro < 0:
            raise invalid("price", "单价不能为负", "the price must not be negative")

    @property
    def currency(self) -> str:
        return self.price.currency

    def lines(self, use: Use) -> tuple[Line, ...]:
        amount = self.price.ratio(use.milli_card_seconds, CARD * HOUR)
        return (Line(Cause.CARD_TIME, amount, use.milli_card_seconds, self.price),)

    def snapshot(self) -> dict[str, Any]:
        return {"kind": self.kind, "price_micro": self.price.micro, "currency": self.currency}


def read_plan(kept: Mapping[str, Any]) -> Plan:
    """The plan an order was made under, from its snapshot."""
    if kept["kind"] != CardSecond.kind:
        raise invalid("plan", f"未知的计费方式 {kept['kind']}", f"{kept['kind']} is not a way to charge that we know")
    return CardSecond(Money(kept["price_micro"], kept["currency"]))
