"""A bill: what one order cost, why, and who got which part; written once when the order settles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from suanshi.kit.money import Money
from suanshi.kit.refusal import Text
from suanshi.kit.units import MilliCardSeconds


@dataclass(frozen=True, slots=True)
class BillLine:
    """An amount and its cause. `quantity` is in thousandths of a card-second, `price` per card-hour, where there are any."""

    cause: str
    text: Text
    amount: Money
    quantity: int | None = None
    price: Money | None = None


@dataclass(frozen=True, slots=True)
class Portion:
    """What one receiver (supplier, operator, partner, tax) got; `party` where the receiver is one of several."""

    receiver: str
    amount: Money
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """Names stand as they were when it was issued, so it stays readable whatever becomes of parties and offers.

    `metered` is what the site measured, `held` what the purchase had reserved. Raises ValueError when the lines do not add
    up to the total, or the portions do not.
    """

    id: str
    order: str
    buyer: str
    buyer_name: str
    supplier: str
    supplier_name: str
    title: str
    site: str
    accelerator: str
    cards: int
    share_milli: int
    outcome: str
    started_at: datetime | None
    ended_at: datetime | None
    issued_at: datetime
    metered: MilliCardSeconds
    lines: tuple[BillLine, ...]
    total: Money
    held: Money
    portions: tuple[Portion, ...]
    shares: str

    def __post_init__(self) -> None:
        for parts in (self.lines, self.portions):
            if sum((part.amount for part in parts), Money(0, self.total.currency)) != self.total:
                raise ValueError(f"the bill of {self.order} does not add up to {self.total}")

    @property
    def released(self) -> Money:
        return self.held - self.total

    def got(self, *receivers: str) -> Money:
        """What the named receivers got together."""
        return sum((p.amount for p in self.portions if p.receiver in receivers), Money(0, self.total.currency))
