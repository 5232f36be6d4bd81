"""Quantities that carry their unit in the type, so that hours are never added to seconds or P of FP8 to P of FP16."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

CardSeconds = NewType("CardSeconds", int)
"""One whole card for one second. A share of a card counts in proportion (see `MilliCardSeconds`)."""

MilliCardSeconds = NewType("MilliCardSeconds", int)
"""A thousandth of a card for one second: what a slice of a card uses, as a whole number."""

MilliCards = NewType("MilliCards", int)
"""Share of cards: 1000 is one whole card, 250 a quarter."""

Tokens = NewType("Tokens", int)
Bytes = NewType("Bytes", int)
Joules = NewType("Joules", int)

BasisPoints = NewType("BasisPoints", int)
"""A hundredth of a percent: 10_000 is the whole."""

WHOLE = BasisPoints(10_000)
CARD = MilliCards(1000)
HOUR = 3600
GIB = 2**30
MIB = 2**20


@dataclass(frozen=True, slots=True)
class Speed:
    """Arithmetic speed in GFLOP/s (10^9 floating-point operations a second), always with its precision ("fp16")."""

    gflops: float
    precision: str

    @property
    def p(self) -> float:
        """The same in P (10^15 FLOP/s)."""
        return self.gflops / 1e6
