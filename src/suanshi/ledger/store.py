"""The ledger in the database: every operation is one or two statements, and a wallet is locked for no longer than that.

Wallets carry their balance in their row, so spending is one conditional update. All other accounts only gather entries,
so that a thousand sales a second do not queue for the operator's one revenue row; `fold` adds them up now and then.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from suanshi.db.engine import Tx, sqlstate
from suanshi.db.tables import Micro, key, metadata, moment
from suanshi.db.together import Added, Gate
from suanshi.kit.ids import new
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal, invalid, not_found, refuse
from suanshi.ledger.account import Account, AccountKind, Wallet, wallet
from suanshi.ledger.hold import EMPTY_WALLET, HOLD_CLOSED, HOLD_EXCEEDED, OVERDRAWN, STATES_ZH, Hold, HoldState
from suanshi.ledger.posting import Entry, Posting

account_table = Table(
    "account",
    metadata,
    key(),
    Column("kind", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("balance", Micro, nullable=False, server_default="0"),
    Column("held", Micro, nullable=False, server_default="0"),
    CheckConstraint("held >= 0 AND (kind <> 'wallet' OR balance >= held)", name="covered"),
)
posting_table = Table(
    "posting",
    metadata,
    key(),
    Column("key", Text, nullable=False, unique=True),
    Column("cause", Text, nullable=False),
    Column("subject", Text, nullable=False),
    moment("at"),
    Column("corrects", Text, ForeignKey("posting.id")),
    Index("ix_posting_subject", "subject"),
    Index("ix_posting_at", "at", postgresql_using="brin"),
)
entry_table = Table(
    "entry",
    metadata,
    Column("posting_id", Text, ForeignKey("posting.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("id", BigInteger, Identity(), nullable=False),
    Column("account_id", Text, nullable=False),
    Column("amount", Micro, nullable=False),
    Column("folded", Boolean, nullable=False),  # whether the account's row already counts it
    PrimaryKeyConstraint("posting_id", "n"),
    CheckConstraint("amount <> 0", name="moves"),
    Index("ix_entry_account", "account_id", "id"),
    Index("ix_entry_unfolded", "account_id", postgresql_where=text("NOT folded")),
)
hold_table = Table(
    "hold",
    metadata,
    key(),
    Column("key", Text, nullable=False, unique=True),
    Column("account_id", Text, nullable=False),
    Column("amount", Micro, nullable=False),
    Column("captured", Micro, nullable=False, server_default="0"),
    Column("state", Text, nullable=False),
    moment("at"),
    moment("closed_at", nullable=True),
    CheckConstraint("amount >= 0 AND captured BETWEEN 0 AND amount", name="covered"),
    Index("ix_hold_open", "account_id", postgresql_where=text("state = 'open'")),
)

# A wallet that is credited may be new; one that is debited must exist, and the table's check keeps it above what is held.
_POST = text("""
WITH fresh AS (
    INSERT INTO posting (id, key, cause, subject, at, corrects)
    SELECT * FROM jsonb_to_recordset(CAST(:postings AS jsonb))
        AS p (id text, key text, cause text, subject text, at timestamptz, corrects text)
    ON CONFLICT (key) DO NOTHING RETURNING id
), line AS (
    SELECT l.* FROM jsonb_to_recordset(CAST(:lines AS jsonb))
        AS l (posting text, n int, account text, kind text, party text, currency text, amount bigint)
    JOIN fresh ON fresh.id = l.posting
), named AS (
    INSERT INTO account (id, kind, party, currency)
    SELECT DISTINCT account, kind, party, currency FROM line WHERE kind <> 'wallet' ORDER BY account
    ON CONFLICT (id) DO NOTHING
), moved AS (
    SELECT account, party, currency, CAST(sum(amount) AS bigint) AS amount
    FROM line WHERE kind = 'wallet' GROUP BY account, party, currency
), credited AS (
    INSERT INTO account (id, kind, party, currency, balance)
    SELECT account, 'wallet', party, currency, amount FROM moved WHERE amount > 0 ORDER BY account
    ON CONFLICT (id) DO UPDATE SET balance = account.balance + excluded.balance
), debited AS (
    UPDATE account SET balance = balance + moved.amount FROM moved
    WHERE account.id = moved.account AND moved.amount < 0 RETURNING account.id
), written AS (
    INSERT INTO entry (posting_id, n, account_id, amount, folded)
    SELECT posting, n, account, amount, kind = 'wallet' FROM line
)
SELECT (SELECT count(*) FROM fresh) AS fresh,
       (SELECT count(*) FROM moved WHERE amount < 0) - (SELECT count(*) FROM debited) AS missing
""")
_LOCK = text("SELECT id FROM account WHERE id = ANY(CAST(:ids AS text[])) ORDER BY id FOR UPDATE")
_HOLD = text("""
WITH fresh AS (
    INSERT INTO hold (id, key, account_id, amount, state, at) VALUES (:id, :key, :account, :amount, 'open', :at)
    ON CONFLICT (key) DO NOTHING RETURNING id
), taken AS (
    UPDATE account SET held = held + :amount
    WHERE id = :account AND balance - held >= :amount AND (SELECT count(*) FROM fresh) = 1 RETURNING id
)
SELECT (SELECT count(*) FROM fresh) AS fresh, (SELECT count(*) FROM taken) AS taken
""")
_CLOSE = text("""
WITH closed AS (
    UPDATE hold SET state = :state, captured = :taken, closed_at = :at
    WHERE id = :id AND state = 'open' AND amount >= :taken AND (CAST(:account AS text) IS NULL OR account_id = :account)
    RETURNING account_id, amount
), freed AS (
    UPDATE account SET held = held - closed.amount FROM closed WHERE account.id = closed.account_id
)
SELECT count(*) FROM closed
""")
_FOLD = text("""
WITH waiting AS MATERIALIZED (
    SELECT posting_id, n FROM entry WHERE NOT folded LIMIT :limit
), counted AS (
    UPDATE entry SET folded = true FROM waiting WHERE entry.posting_id = waiting.posting_id AND entry.n = waiting.n
    RETURNING account_id, amount
), added AS (
    UPDATE account SET balance = balance + total.amount FROM (
        SELECT account_id, CAST(sum(amount) AS bigint) AS amount FROM counted GROUP BY account_id
    ) AS total WHERE account.id = total.account_id
)
SELECT count(*) FROM counted
""")
_FOLD_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('ledger:fold', 0))")


def post(tx: Tx, posting: Posting) -> bool:
    """Book a posting; False when its key was booked before, and then nothing changes. Refuses to overdraw a wallet."""
    return post_many(tx, (posting,)) == 1


def post_many(tx: Tx, postings: Sequence[Posting]) -> int:
    """Book postings together, all or none, in one statement; those whose key is known are left out. How many were new."""
    if not postings:
        return 0
    ordered = sorted(postings, key=lambda p: p.key)  # everyone takes keys in the same order, so nobody waits in a circle
    lines = [_line(p, n, entry) for p in ordered for n, entry in enumerate(p.entries)]
    wallets = {line["account"] for line in lines if line["kind"] == AccountKind.WALLET}
    if len(wallets) > 1:
        tx.execute(_LOCK, {"ids": sorted(wallets)})
    values = {"postings": json.dumps([_row(p) for p in ordered]), "lines": json.dumps(lines)}
    try:
        done = tx.execute(_POST, values).one()
    except IntegrityError as error:
        if sqlstate(error) == "23514":  # the table's check "covered"
            raise refuse(OVERDRAWN, key=ordered[0].key) from error
        raise
    if done.missing:
        raise refuse(OVERDRAWN, key=ordered[0].key)
    return int(done.fresh)


def _row(posting: Posting) -> dict[str, Any]:
    return {
        "id": posting.id,
        "key": posting.key,
        "cause": posting.cause,
        "subject": posting.subject,
        "at": posting.at.isoformat(),
        "corrects": posting.corrects,
    }


def _line(posting: Posting, n: int, entry: Entry) -> dict[str, Any]:
    account = entry.account
    return {
        "posting": posting.id,
        "n": n,
        "account": account.id,
        "kind": account.kind.value,
        "party": account.party,
        "currency": account.currency,
        "amount": entry.amount.micro,
    }


def hold(tx: Tx, key: str, party: str, amount: Money, at: datetime) -> str:
    """Promise `amount` of a party's wallet to the purpose named by `key`; the hold's id. The same key again: the same hold.

    Refuses when less is available, saying how much is missing. The refusal must leave the transaction.
    """
    if amount.micro < 0:
        raise invalid("amount", "金额不能为负", "the amount must not be negative")
    id_, account = new("hld"), wallet(party, amount.currency)
    done = tx.execute(_HOLD, {"id": id_, "key": key, "account": account.id, "amount": amount.micro, "at": at}).one()
    if done.taken or (done.fresh and not amount):
        return id_
    if done.fresh:
        available = wallet_of(tx, party, amount.currency).available
        raise refuse(EMPTY_WALLET, where="wallet", needed=amount, available=available, short=amount - available)
    earlier = _hold(tx, hold_table.c.key == key)
    if earlier is None or (earlier.account, earlier.amount) != (account, amount):
        raise ValueError(f"hold {key} exists with another wallet or amount")
    return earlier.id


_PROMISED = (
    account_table.update()
    .where(
        account_table.c.id == bindparam("promised_of"), account_table.c.balance - account_table.c.held >= bindparam("promised")
    )
    .values(held=account_table.c.held + bindparam("promised", type_=BigInteger))
)


def holding(key: str, party: str, amount: Money, at: datetime) -> tuple[str, Gate, Added]:
    """What `hold` writes under a new key: the hold's id, a gate that is shut when the wallet has too little, and the hold."""
    id_, account = new("hld"), wallet(party, amount.currency)
    row = {"id": id_, "key": key, "account_id": account.id, "amount": amount.micro, "state": HoldState.OPEN.value, "at": at}
    return id_, Gate(_PROMISED, {"promised_of": account.id, "promised": amount.micro}), Added(hold_table, row)


def capture(tx: Tx, hold_id: str, posting: Posting) -> bool:
    """Book `posting` out of a hold and free what it does not take; False when that was done before.

    The posting takes money from one wallet, the hold's, and at most what is held.
    """
    taken = [e for e in posting.entries if e.account.kind is AccountKind.WALLET and e.amount.micro < 0]
    if len(taken) != 1:
        raise ValueError(f"posting {posting.key} must take from exactly one wallet to capture a hold")
    amount = -taken[0].amount
    if _close(tx, hold_id, HoldState.CAPTURED, posting.at, amount, taken[0].account):
        if not post(tx, posting):
            raise ValueError(f"posting {posting.key} was booked while its hold {hold_id} was open")
        return True
    found = get_hold(tx, hold_id)
    if found.state is HoldState.CAPTURED and _posted(tx, posting.key):
        return False
    if found.state is HoldState.OPEN:
        raise refuse(HOLD_EXCEEDED, id=hold_id, held=found.amount, taken=amount)
    raise _closed(found)


def release(tx: Tx, hold_id: str, at: datetime) -> bool:
    """Give a hold's money back to its wallet; False when that was done before. Refuses when it was captured."""
    if _close(tx, hold_id, HoldState.RELEASED, at):
        return True
    found = get_hold(tx, hold_id)
    if found.state is HoldState.CAPTURED:
        raise _closed(found)
    return False


def get_hold(tx: Tx, hold_id: str) -> Hold:
    """Refuses an unknown id."""
    found = _hold(tx, hold_table.c.id == hold_id)
    if found is None:
        raise not_found("hold", hold_id)
    return found


def fold(tx: Tx, limit: int = 10_000) -> int:
    """Add up to `limit` waiting entries to their accounts' rows; how many. Balances stay the same, reading gets cheaper."""
    tx.execute(_FOLD_ALONE)
    return int(tx.execute(_FOLD, {"limit": limit}).scalar_one())


def wallet_of(tx: Tx, party: str, currency: str = "CNY") -> Wallet:
    a = account_table.c
    row = tx.execute(select(a.balance, a.held).where(a.id == wallet(party, currency).id)).first()
    balance, held = row or (0, 0)
    return Wallet(Money(balance, currency), Money(held, currency))


def _close(
    tx: Tx, hold_id: str, state: HoldState, at: datetime, taken: Money | None = None, account: Account | None = None
) -> bool:
    values = {
        "id": hold_id,
        "state": state.value,
        "at": at,
        "taken": taken.micro if taken else 0,
        "account": account.id if account else None,
    }
    return bool(tx.execute(_CLOSE, values).scalar_one())


def _hold(tx: Tx, where: Any) -> Hold | None:
    h = hold_table.c
    row = tx.execute(select(h.id, h.key, h.account_id, h.amount, h.captured, h.state).where(where)).first()
    if row is None:
        return None
    account = Account.read(row.account_id)
    amount, captured = Money(row.amount, account.currency), Money(row.captured, account.currency)
    return Hold(row.id, row.key, account, amount, captured, HoldState(row.state))


def _closed(hold: Hold) -> Refusal:
    return refuse(HOLD_CLOSED, id=hold.id, state=hold.state.value, state_zh=STATES_ZH[hold.state])


def _posted(tx: Tx, key: str) -> bool:
    return tx.execute(select(posting_table.c.id).where(posting_table.c.key == key)).first() is not None
