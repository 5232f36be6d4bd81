"""Money as whole micro-yuan (10^-6 of the currency's unit): it never rounds on its own and never loses a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MICRO = 1_000_000
LIMIT = 2**63 - 1  # what a BIGINT holds


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in micro-units of one currency. Adding two currencies raises ValueError, as does leaving a BIGINT."""

    micro: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if abs(self.micro) > LIMIT:
            raise ValueError(f"{self.micro} micro-{self.currency} does not fit 64 bits")

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str = "CNY") -> Money:
        """Money from units ("12.34"); more than six decimals raise ValueError, because they would be lost."""
        value = Decimal(amount) * MICRO
        if not value.is_finite() or value != value.to_integral_value():
            raise ValueError(f"{amount} is finer than a micro-{currency}")
        return cls(int(value), currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.micro + other.micro, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.micro - other.micro, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.micro, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.micro * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.micro < other.micro

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.micro <= other.micro

    def __bool__(self) -> bool:
        return self.micro != 0

    def __str__(self) -> str:
        sign = "-" if self.micro < 0 else ""
        whole, part = divmod(abs(self.micro), MICRO)
        return f"{sign}{whole:,}.{part:06d}".rstrip("0").rstrip(".") + f" {self.currency}"

    def ratio(self, numerator: int, denominator: int) -> Money:
        """This amount times numerator/denominator, rounded half up once, to a whole micro-unit."""
        return Money(round_half_up(self.micro * numerator, denominator), self.currency)

    def split(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Parts in proportion to `weights` by largest remainder; the parts make the whole, to the micro-unit.

        Raises ValueError for no weights, a negative one, or a sum of zero.
        """
        total = sum(weights)
        if total <= 0 or any(w < 0 for w in weights):
            raise ValueError("weights must be non-negative and not all zero")
        sign = -1 if self.micro < 0 else 1
        shares = [divmod(abs(self.micro) * w, total) for w in weights]
        left = abs(self.micro) - sum(whole for whole, _ in shares)
        # Largest remainder first; the earlier weight wins a tie, so the split is the same every time.
        winners = set(sorted(range(len(shares)), key=lambda i: (-shares[i][1], i))[:left])
        return tuple(Money(sign * (whole + (i in winners)), self.currency) for i, (whole, _) in enumerate(shares))


def round_half_up(numerator: int, denominator: int) -> int:
    """numerator/denominator to the nearest whole number, halves away from zero, in integers alone."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def yuan(micro: int) -> str:
    """Plain decimal text of micro-units for files and APIs: 1500000 -> "1.5"."""
    value = (Decimal(micro) / MICRO).quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize()
    return f"{value:f}"
