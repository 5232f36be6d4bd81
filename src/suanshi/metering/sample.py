"""What a site reports of a lease: numbered samples, each saying how many cards were in use from when to when."""

from __future__ import annotations

from dataclasses import dataclass

from suanshi.kit.money import LIMIT
from suanshi.kit.refusal import invalid
from suanshi.kit.span import Span
from suanshi.kit.units import MilliCards

MOST_CARDS = MilliCards(1_000_000_000)  # a million whole cards: more than any lease can hold


@dataclass(frozen=True, slots=True)
class Sample:
    """Use of a lease within `span`: the cards held, the CPU time spent in it, the memory peak seen in it.

    `seq` numbers a lease's samples; the same number means the same sample, however often and in whatever order it arrives.
    A sample that cannot be true (an open or empty span, a negative or absurd quantity) is refused.
    """

    lease_id: str
    seq: int
    span: Span
    milli_cards: MilliCards
    cpu_micros: int = 0
    peak_bytes: int = 0

    def __post_init__(self) -> None:
        if self.span.end is None or self.span.end <= self.span.start:
            raise invalid("span", "采样的结束须晚于开始", "a sample ends after it starts")
        if not 0 < self.milli_cards <= MOST_CARDS:
            raise invalid("milli_cards", f"须在 1 至 {MOST_CARDS} 之间", f"must be between 1 and {MOST_CARDS}")
        for name in ("seq", "cpu_micros", "peak_bytes"):
            if not 0 <= getattr(self, name) <= LIMIT:
                raise invalid(name, f"须在 0 至 {LIMIT} 之间", f"must be between 0 and {LIMIT}")
