"""A line of a bill: an amount and the cause of it, in words that a buyer can check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from suanshi.kit.money import Money
from suanshi.kit.refusal import Text


class Cause(StrEnum):
    CARD_TIME = "card-time"
    MINIMUM = "minimum"
    CEILING = "ceiling"
    NOT_CHARGEABLE = "not-chargeable"


WORDS = {
    Cause.CARD_TIME: Text("算力使用时长", "Time of cards used"),
    Cause.MINIMUM: Text("补足最低消费", "Made up to the minimum charge"),
    Cause.CEILING: Text("超出约定上限的部分，不收费", "Beyond the agreed ceiling, not charged"),
    Cause.NOT_CHARGEABLE: Text("未能成功提供服务，不收费", "The service was not delivered, not charged"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """`quantity` is in thousandths of a card-second and `price` per card-hour, where the line has them."""

    cause: Cause
    amount: Money
    quantity: int | None = None
    price: Money | None = None
