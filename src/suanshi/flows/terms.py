"""The money side of every sale: the operator's commission, and a quote in the words of rating."""

from __future__ import annotations

from suanshi.kit.money import Money
from suanshi.kit.units import BasisPoints
from suanshi.orders.order import Quote
from suanshi.rating.charge import Terms

COMMISSION = BasisPoints(800)
SHARES_VERSION = "2026-11"  # changes with the rule above; a bill keeps the one it was made under


def terms(quote: Quote) -> Terms:
    """The quote's money side in the words of rating."""
    return Terms.per_card_hour(
        Money(quote.price_micro, quote.currency),
        Money(quote.minimum_micro, quote.currency),
        BasisPoints(quote.commission_bp),
        SHARES_VERSION,
    )
