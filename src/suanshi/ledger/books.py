"""Reading the ledger: balances, entries, postings, and the proof that all of it adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from suanshi.db.engine import Tx
from suanshi.kit.money import Money
from suanshi.ledger.account import Account, AccountKind
from suanshi.ledger.hold import HoldState
from suanshi.ledger.posting import Entry, Posting
from suanshi.ledger.store import account_table, entry_table, hold_table, posting_table

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Balance:
    """`held` is zero for all but wallets."""

    account: Account
    balance: Money
    held: Money


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of an account with the posting it belongs to; `id` grows with time and serves as a cursor."""

    id: int
    posting: str
    cause: str
    subject: str
    at: datetime
    amount: Money
    corrects: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What was checked and what is off. `sums` is zero in every currency, and the three lists are empty, when all is well."""

    postings: int
    entries: int
    sums: dict[str, int]
    unbalanced_postings: tuple[str, ...]
    wrong_balances: tuple[str, ...]
    wrong_holds: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not (any(self.sums.values()) or self.unbalanced_postings or self.wrong_balances or self.wrong_holds)


_COUNTS = text("SELECT (SELECT count(*) FROM posting), (SELECT count(*) FROM entry)")
_SUMS = text("SELECT split_part(account_id, ':', 3), sum(amount) FROM entry GROUP BY 1 ORDER BY 1")
_UNBALANCED = text("""
SELECT posting.id FROM posting LEFT JOIN entry ON entry.posting_id = posting.id
GROUP BY posting.id, split_part(account_id, ':', 3) HAVING coalesce(sum(amount), 1) <> 0 ORDER BY 1 LIMIT :limit
""")
_BALANCES = text("""
SELECT coalesce(account.id, counted.account_id) FROM account FULL JOIN (
    SELECT account_id, sum(amount) FILTER (WHERE folded) AS amount FROM entry GROUP BY account_id
) AS counted ON counted.account_id = account.id
WHERE account.id IS NULL OR account.balance <> coalesce(counted.amount, 0) ORDER BY 1 LIMIT :limit
""")
_HOLDS = text("""
SELECT coalesce(account.id, promised.account_id) FROM account FULL JOIN (
    SELECT account_id, sum(amount) AS amount FROM hold WHERE state = 'open' AND amount > 0 GROUP BY account_id
) AS promised ON promised.account_id = account.id
WHERE coalesce(account.held, 0) <> coalesce(promised.amount, 0) ORDER BY 1 LIMIT :limit
""")


def proof(tx: Tx) -> Proof:
    """Check the whole ledger: zero in every currency, each posting zero, balances equal entries, held equals open holds."""
    limit = {"limit": _SHOWN}
    postings, entries = tx.execute(_COUNTS).one()
    return Proof(
        postings,
        entries,
        {currency: int(amount) for currency, amount in tx.execute(_SUMS)},
        tuple(tx.execute(_UNBALANCED, limit).scalars()),
        tuple(tx.execute(_BALANCES, limit).scalars()),
        tuple(tx.execute(_HOLDS, limit).scalars()),
    )


def balances(tx: Tx, *accounts: Account) -> tuple[Balance, ...]:
    """The balances of `accounts` by name; an account nobody has used yet is left out."""
    query = _balances().where(account_table.c.id.in_([account.id for account in accounts]))
    return tuple(_balance(row) for row in tx.execute(query))


def all_balances(tx: Tx, after: str | None = None, limit: int = 50) -> list[Balance]:
    """Every account by name, those that come after `after`."""
    query = _balances().limit(limit)
    return [_balance(row) for row in tx.execute(query if after is None else query.where(account_table.c.id > after))]


def movements(tx: Tx, account: Account, before: int | None = None, limit: int = 50) -> list[Movement]:
    """An account's entries newest first, those with an id below `before`."""
    e = entry_table.c
    query = _movements(account).order_by(e.id.desc()).limit(limit)
    return [_movement(row, account) for row in tx.execute(query if before is None else query.where(e.id < before))]


def movements_within(tx: Tx, account: Account, start: datetime, end: datetime) -> list[Movement]:
    """An account's entries of a period, oldest first."""
    query = _movements(account).where(posting_table.c.at >= start, posting_table.c.at < end)
    return [_movement(row, account) for row in tx.execute(query.order_by(posting_table.c.at, entry_table.c.id))]


def balance_before(tx: Tx, account: Account, moment: datetime) -> Money:
    """What stood in an account just before `moment`."""
    e, p = entry_table.c, posting_table.c
    query = select(func.coalesce(func.sum(e.amount), 0)).join(posting_table, p.id == e.posting_id)
    return Money(int(tx.execute(query.where(e.account_id == account.id, p.at < moment)).scalar_one()), account.currency)


def postings(tx: Tx, before: str | None = None, limit: int = 50) -> list[Posting]:
    """Postings newest first, those with an id below `before`."""
    p = posting_table.c
    query = select(posting_table).order_by(p.id.desc()).limit(limit)
    return _with_entries(tx, tx.execute(query if before is None else query.where(p.id < before)).all())


def posting(tx: Tx, id_: str) -> Posting | None:
    found = _with_entries(tx, tx.execute(select(posting_table).where(posting_table.c.id == id_)).all())
    return found[0] if found else None


def paid(tx: Tx, subjects: Sequence[str]) -> dict[str, Money]:
    """What wallets paid for each subject, corrections included; a subject without postings is left out."""
    e, p = entry_table.c, posting_table.c
    currency = func.split_part(e.account_id, ":", 3)
    query = (
        select(p.subject, currency, func.sum(-e.amount))
        .join(posting_table, p.id == e.posting_id)
        .where(p.subject.in_(subjects), e.account_id.startswith(f"{AccountKind.WALLET}:"))
        .group_by(p.subject, currency)
    )
    return {subject: Money(int(micro), code) for subject, code, micro in tx.execute(query)}


def subjects(tx: Tx, cause: str, start: datetime, end: datetime) -> set[str]:
    """What the postings of a cause in a period were about."""
    p = posting_table.c
    return set(tx.execute(select(p.subject).distinct().where(p.cause == cause, p.at >= start, p.at < end)).scalars())


def open_holds(tx: Tx, ids: Sequence[str]) -> set[str]:
    """Those of the holds that are still open."""
    h = hold_table.c
    return set(tx.execute(select(h.id).where(h.id.in_(ids), h.state == HoldState.OPEN.value)).scalars())


def _balances() -> Any:
    a, e = account_table.c, entry_table.c
    waiting = select(func.sum(e.amount)).where(e.account_id == a.id, ~e.folded).scalar_subquery()
    return select(a.id, a.balance + func.coalesce(waiting, 0), a.held).order_by(a.id)


def _balance(row: Any) -> Balance:
    id_, balance, held = row
    account = Account.read(id_)
    return Balance(account, Money(int(balance), account.currency), Money(held, account.currency))


def _movements(account: Account) -> Any:
    e, p = entry_table.c, posting_table.c
    query = select(e.id, p.id, p.cause, p.subject, p.at, e.amount, p.corrects)
    return query.join(posting_table, p.id == e.posting_id).where(e.account_id == account.id)


def _movement(row: Any, account: Account) -> Movement:
    id_, posting_id, cause, subject, at, amount, corrects = row
    return Movement(id_, posting_id, cause, subject, at, Money(amount, account.currency), corrects)


def _with_entries(tx: Tx, rows: Sequence[Any]) -> list[Posting]:
    e = entry_table.c
    query = select(e.posting_id, e.account_id, e.amount).where(e.posting_id.in_([row.id for row in rows]))
    entries: dict[str, list[Entry]] = {}
    for posting_id, account_id, amount in tx.execute(query.order_by(e.posting_id, e.n)):
        account = Account.read(account_id)
        entries.setdefault(posting_id, []).append(Entry(account, Money(amount, account.currency)))
    return [Posting(row.key, row.cause, row.subject, row.at, tuple(entries[row.id]), row.corrects, row.id) for row in rows]
