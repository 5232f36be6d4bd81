"""The money side: wallet, entries, top-ups, bills, statements, and the operator's ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from suanshi.web.shapes.fields import Amount, Answer, Ask, Currency, Yuan


class Wallet(Answer):
    balance: Yuan
    held: Yuan
    available: Yuan
    currency: Currency


class Entry(Answer):
    id: str
    at: datetime
    kind: str
    subject: str
    amount: Yuan
    currency: Currency
    text: str


class EntryPage(Answer):
    items: list[Entry]
    next_cursor: str | None


class TopupAsk(Ask):
    amount: Amount


class Topup(Answer):
    id: str
    party: str
    party_name: str
    amount: Yuan
    currency: Currency
    state: Literal["requested", "confirmed"]
    requested_at: datetime
    confirmed_at: datetime | None


class TopupPage(Answer):
    items: list[Topup]
    next_cursor: str | None


class BillLine(Answer):
    text: str
    quantity: int
    unit: str
    unit_price: Yuan
    amount: Yuan


class Bill(Answer):
    order_id: str
    state: str
    outcome: str | None
    started_at: datetime | None
    ended_at: datetime | None
    settled_at: datetime | None
    seconds: int
    milli_card_seconds: int
    lines: list[BillLine]
    hold: Yuan
    charged: Yuan
    released: Yuan
    currency: Currency


class StatementLine(Answer):
    at: datetime
    kind: str
    subject: str
    text: str
    amount: Yuan


class Statement(Answer):
    """One month of a buyer's wallet."""

    party: str
    month: str
    opening: Yuan
    closing: Yuan
    currency: Currency
    lines: list[StatementLine]


class SupplierLine(Answer):
    order_id: str
    settled_at: datetime
    offer: str
    milli_card_seconds: int
    gross: Yuan
    commission: Yuan
    net: Yuan


class SupplierStatement(Answer):
    """What one month's orders earned a supplier."""

    party: str
    month: str
    gross: Yuan
    commission: Yuan
    net: Yuan
    currency: Currency
    lines: list[SupplierLine]


class ProofLine(Answer):
    currency: Currency
    postings: int
    sum: Yuan


class Proof(Answer):
    """The ledger's own evidence: every currency sums to zero and every balance is what its postings say."""

    ok: bool
    currencies: list[ProofLine]
    unbalanced_postings: int
    wrong_balances: int


class PostingLine(Answer):
    account: str
    amount: Yuan
    currency: Currency


class Posting(Answer):
    id: str
    at: datetime
    kind: str
    subject: str
    lines: list[PostingLine]


class PostingPage(Answer):
    items: list[Posting]
    next_cursor: str | None


class Account(Answer):
    id: str
    party: str
    kind: str
    currency: Currency
    balance: Yuan


class AccountPage(Answer):
    items: list[Account]
    next_cursor: str | None


class ReconciliationAsk(Ask):
    day: Annotated[date, Field(strict=False)] | None = None


class Difference(Answer):
    subject: str
    text: str


class Reconciliation(Answer):
    """Metered = rated = posted, or where not."""

    id: str
    day: date
    at: datetime
    ok: bool
    orders: int
    differences: list[Difference]


class ReconciliationPage(Answer):
    items: list[Reconciliation]
    next_cursor: str | None
