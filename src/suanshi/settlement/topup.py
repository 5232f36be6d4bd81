"""A top-up: a buyer announces a payment, the operator sees it in the bank and confirms it, and only then it is money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from suanshi.kit.money import MICRO, Money
from suanshi.kit.refusal import invalid

MOST = Money(100_000_000 * MICRO)  # a hundred million yuan: beyond it somebody mistyped
_FEN = MICRO // 100


class TopupState(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Topup:
    id: str
    party: str
    party_name: str
    member: str
    amount: Money
    state: TopupState
    requested_at: datetime
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None

    def __post_init__(self) -> None:
        if not 0 < self.amount.micro <= MOST.micro:
            raise invalid("amount", f"须大于 0 且不超过 {MOST}", f"must be above 0 and at most {MOST}")
        if self.amount.micro % _FEN:
            raise invalid("amount", "最多两位小数（分）", "can have two decimals at most: no bank moves less than a fen")
