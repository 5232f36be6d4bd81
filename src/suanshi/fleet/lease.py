"""A lease and the pieces of cards it holds, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from suanshi.fleet.lifecycle import LeaseState
from suanshi.kit.refusal import kind

NO_CAPACITY = kind(
    "no-capacity",
    409,
    (
        "{site} 现在没有足够的空闲：需要 {need}，最多可给 {free}。",
        "{site} has too little free now: {need} asked, {free} to be had.",
    ),
    (
        "减少数量或份额，选择其他商品，或稍后再试；没有扣费。",
        "Ask for less, choose another offer, or try again later; nothing was charged.",
    ),
)
CARD_TAKEN = kind(
    "card-taken",
    409,
    ("这些卡刚被别的买家租下。", "Another buyer took these cards a moment ago."),
    ("请重试：系统会另选空闲的卡；没有扣费。", "Try again: other free cards will be chosen; nothing was charged."),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of one card: thousandths [low, high) of it, so that two pieces of a card never overlap."""

    card: int
    low: int = 0
    high: int = 1000

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high <= 1000:
            raise ValueError(f"[{self.low}, {self.high}) is no part of a card")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to `pieces` of a site's cards from `start` until `end` at the latest; a `flexible` one may begin sooner.

    A `preemptible` one may be cut short, with notice.
    """

    id: str
    order: str
    site: str
    pieces: tuple[Piece, ...]
    start: datetime
    end: datetime
    state: LeaseState = LeaseState.BOOKED
    flexible: bool = False
    preemptible: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What one lease holds or has booked, as placement needs to know it; `begun` once its work may be on the cards."""

    lease: str
    order: str
    pieces: tuple[Piece, ...]
    start: datetime
    end: datetime
    begun: bool
    flexible: bool
    preemptible: bool = False
