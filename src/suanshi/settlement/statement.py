"""Statements: a month of a supplier's earnings, a month of a wallet, each adding up from first line to last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from suanshi.kit.money import Money
from suanshi.kit.units import MilliCardSeconds
from suanshi.settlement.bill import Bill


@dataclass(frozen=True, slots=True)
class Earning:
    """One settled order as its supplier sees it: what the buyer paid, what others kept, what is left."""

    order: str
    title: str
    settled_at: datetime
    metered: MilliCardSeconds
    gross: Money
    commission: Money
    others: Money  # tax and partners
    net: Money


@dataclass(frozen=True, slots=True)
class SupplierStatement:
    """A supplier's settled orders of one month in one currency."""

    party: str
    name: str
    month: str
    earnings: tuple[Earning, ...]
    gross: Money
    commission: Money
    others: Money
    net: Money


def supplier_statement(party: str, name: str, month: str, bills: Iterable[Bill], currency: str = "CNY") -> SupplierStatement:
    """What the month's bills earned `party`; bills in other currencies have a statement of their own."""
    earnings = tuple(_earning(bill) for bill in bills if bill.total.currency == currency)
    zero = Money(0, currency)
    return SupplierStatement(
        party,
        name,
        month,
        earnings,
        gross=sum((e.gross for e in earnings), zero),
        commission=sum((e.commission for e in earnings), zero),
        others=sum((e.others for e in earnings), zero),
        net=sum((e.net for e in earnings), zero),
    )


def _earning(bill: Bill) -> Earning:
    return Earning(
        bill.order,
        bill.title,
        bill.issued_at,
        bill.metered,
        gross=bill.total,
        commission=bill.got("operator"),
        others=bill.got("tax", "partner"),
        net=bill.got("supplier"),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A movement of a wallet and what was in it afterwards."""

    at: datetime
    cause: str
    subject: str
    amount: Money
    after: Money


@dataclass(frozen=True, slots=True)
class WalletStatement:
    party: str
    name: str
    month: str
    opening: Money
    changes: tuple[Change, ...]
    closing: Money


def wallet_statement(
    party: str, name: str, month: str, opening: Money, moves: Sequence[tuple[datetime, str, str, Money]]
) -> WalletStatement:
    """A month of a wallet from its opening balance and its movements (when, cause, subject, amount), oldest first."""
    changes, after = [], opening
    for at, cause, subject, amount in moves:
        after = after + amount
        changes.append(Change(at, cause, subject, amount, after))
    return WalletStatement(party, name, month, opening, tuple(changes), after)
