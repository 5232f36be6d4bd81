"""The money side: wallet, entries, top-ups, bills, statements, and the operator's ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from suanshi.kit.money import yuan
from suanshi.kit.page import Page
from suanshi.kit.refusal import Language
from suanshi.kit.refusal import Text as Sentence
from suanshi.ledger import account as ledger
from suanshi.ledger import books
from suanshi.ledger import posting as postings
from suanshi.ledger.books import Movement
from suanshi.settlement import bill as bills
from suanshi.settlement import statement as statements
from suanshi.settlement import store as settlement
from suanshi.settlement import topup as topups
from suanshi.settlement.wording import causes
from suanshi.web.shapes.fields import Amount, Answer, Ask, Currency, Yuan

_CARD_SECONDS = Sentence("卡秒", "card-seconds")


class Wallet(Answer):
    balance: Yuan
    held: Yuan
    available: Yuan
    currency: Currency

    @classmethod
    def of(cls, wallet: ledger.Wallet) -> Wallet:
        balance, held, available = (yuan(amount.micro) for amount in (wallet.balance, wallet.held, wallet.available))
        return cls(balance=balance, held=held, available=available, currency=wallet.balance.currency)


class Entry(Answer):
    id: str
    at: datetime
    kind: str
    subject: str
    amount: Yuan
    currency: Currency
    text: str

    @classmethod
    def of(cls, move: Movement, language: Language) -> Entry:
        return cls(
            id=move.posting,
            at=move.at,
            kind=move.cause,
            subject=move.subject,
            amount=yuan(move.amount.micro),
            currency=move.amount.currency,
            text=causes(language).get(move.cause, move.cause),
        )


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

    @classmethod
    def of(cls, topup: topups.Topup) -> Topup:
        return cls(
            id=topup.id,
            party=topup.party,
            party_name=topup.party_name,
            amount=yuan(topup.amount.micro),
            currency=topup.amount.currency,
            state=topup.state.value,
            requested_at=topup.requested_at,
            confirmed_at=topup.confirmed_at,
        )


class TopupPage(Answer):
    items: list[Topup]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page[topups.Topup]) -> TopupPage:
        return cls(items=[Topup.of(topup) for topup in page.items], next_cursor=page.next_cursor)


class BillLine(Answer):
    text: str
    quantity: float | None = Field(description="Card-seconds, to the thousandth.")
    unit: str
    unit_price: Yuan | None = Field(description="Per card-hour.")
    amount: Yuan

    @classmethod
    def of(cls, line: bills.BillLine, language: Language) -> BillLine:
        measured = line.quantity is not None
        return cls(
            text=line.text.in_(language),
            quantity=line.quantity / 1000 if line.quantity is not None else None,
            unit=_CARD_SECONDS.in_(language) if measured else "",
            unit_price=yuan(line.price.micro) if line.price else None,
            amount=yuan(line.amount.micro),
        )


class Bill(Answer):
    id: str
    order_id: str
    outcome: str
    started_at: datetime | None
    ended_at: datetime | None
    settled_at: datetime
    seconds: int = Field(description="How long it ran; a second begun counts.")
    milli_card_seconds: int = Field(description="What was metered, in thousandths of a card-second.")
    lines: list[BillLine]
    hold: Yuan
    charged: Yuan
    released: Yuan
    currency: Currency

    @classmethod
    def of(cls, bill: bills.Bill, language: Language) -> Bill:
        return cls(
            id=bill.id,
            order_id=bill.order,
            outcome=bill.outcome,
            started_at=bill.started_at,
            ended_at=bill.ended_at,
            settled_at=bill.issued_at,
            seconds=-(-bill.metered // (bill.cards * bill.share_milli)),
            milli_card_seconds=bill.metered,
            lines=[BillLine.of(line, language) for line in bill.lines],
            hold=yuan(bill.held.micro),
            charged=yuan(bill.total.micro),
            released=yuan(bill.released.micro),
            currency=bill.total.currency,
        )


class StatementLine(Answer):
    at: datetime
    kind: str
    subject: str
    text: str
    amount: Yuan
    balance: Yuan = Field(description="The wallet's balance after it.")


class Statement(Answer):
    """One month of a buyer's wallet."""

    party: str
    month: str
    opening: Yuan
    closing: Yuan
    currency: Currency
    lines: list[StatementLine]

    @classmethod
    def of(cls, statement: statements.WalletStatement, language: Language) -> Statement:
        named = causes(language)
        return cls(
            party=statement.name,
            month=statement.month,
            opening=yuan(statement.opening.micro),
            closing=yuan(statement.closing.micro),
            currency=statement.closing.currency,
            lines=[
                StatementLine(
                    at=change.at,
                    kind=change.cause,
                    subject=change.subject,
                    text=named.get(change.cause, change.cause),
                    amount=yuan(change.amount.micro),
                    balance=yuan(change.after.micro),
                )
                for change in statement.changes
            ],
        )


class SupplierLine(Answer):
    order_id: str
    settled_at: datetime
    offer: str
    milli_card_seconds: int
    gross: Yuan
    commission: Yuan
    others: Yuan = Field(description="Tax and partners.")
    net: Yuan


class SupplierStatement(Answer):
    """What one month's orders earned a supplier."""

    party: str
    month: str
    gross: Yuan
    commission: Yuan
    others: Yuan
    net: Yuan
    currency: Currency
    lines: list[SupplierLine]

    @classmethod
    def of(cls, statement: statements.SupplierStatement) -> SupplierStatement:
        return cls(
            party=statement.name,
            month=statement.month,
            currency=statement.gross.currency,
            lines=[
                SupplierLine(
                    order_id=earning.order,
                    settled_at=earning.settled_at,
                    offer=earning.title,
                    milli_card_seconds=earning.metered,
                    **_split(earning),
                )
                for earning in statement.earnings
            ],
            **_split(statement),
        )


def _split(of: statements.Earning | statements.SupplierStatement) -> dict[str, str]:
    """How what buyers paid divides."""
    return {name: yuan(getattr(of, name).micro) for name in ("gross", "commission", "others", "net")}


class ProofLine(Answer):
    currency: Currency
    postings: int = Field(description="Postings in the whole ledger.")
    sum: Yuan


class Proof(Answer):
    """The ledger's own evidence: every currency sums to zero and every balance is what its postings say."""

    ok: bool
    entries: int
    currencies: list[ProofLine]
    unbalanced_postings: int
    wrong_balances: int
    wrong_holds: int

    @classmethod
    def of(cls, proof: books.Proof) -> Proof:
        sums = proof.sums or {"CNY": 0}
        return cls(
            ok=proof.ok,
            entries=proof.entries,
            currencies=[ProofLine(currency=c, postings=proof.postings, sum=yuan(total)) for c, total in sums.items()],
            unbalanced_postings=len(proof.unbalanced_postings),
            wrong_balances=len(proof.wrong_balances),
            wrong_holds=len(proof.wrong_holds),
        )


class PostingLine(Answer):
    account: str
    amount: Yuan
    currency: Currency


class Posting(Answer):
    id: str
    at: datetime
    kind: str
    subject: str
    corrects: str | None
    lines: list[PostingLine]

    @classmethod
    def of(cls, posting: postings.Posting) -> Posting:
        return cls(
            id=posting.id,
            at=posting.at,
            kind=posting.cause,
            subject=posting.subject,
            corrects=posting.corrects,
            lines=[
                PostingLine(account=entry.account.id, amount=yuan(entry.amount.micro), currency=entry.amount.currency)
                for entry in posting.entries
            ],
        )


class PostingPage(Answer):
    items: list[Posting]
    next_cursor: str | None


class Account(Answer):
    id: str
    party: str
    kind: str
    currency: Currency
    balance: Yuan
    held: Yuan

    @classmethod
    def of(cls, of: books.Balance) -> Account:
        account = of.account
        return cls(
            id=account.id,
            party=account.party,
            kind=account.kind.value,
            currency=account.currency,
            balance=yuan(of.balance.micro),
            held=yuan(of.held.micro),
        )


class AccountPage(Answer):
    items: list[Account]
    next_cursor: str | None


class ReconciliationAsk(Ask):
    day: Annotated[date, Field(strict=False)] | None = None


class Difference(Answer):
    subject: str
    kind: str
    text: str


class Reconciliation(Answer):
    """Metered = rated = posted = billed, or where not."""

    id: str
    day: date
    at: datetime
    ok: bool
    orders: int
    differences: list[Difference]

    @classmethod
    def of(cls, run: settlement.Reconciliation, language: Language) -> Reconciliation:
        found = [Difference(subject=d.order, kind=d.kind, text=d.text.in_(language)) for d in run.differences]
        return cls(id=run.id, day=run.day, at=run.at, ok=not found, orders=run.orders, differences=found)


class ReconciliationPage(Answer):
    items: list[Reconciliation]
    next_cursor: str | None
