"""Bills, top-ups and reconciliation runs in the database: written once, never changed (a top-up is confirmed once)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Index, Integer, Row, Table, Text, select, text
from sqlalchemy.dialects.postgresql import insert

from suanshi.db.engine import Tx
from suanshi.db.tables import Json, Micro, key, metadata, moment
from suanshi.kit.money import Money
from suanshi.kit.refusal import Text as Words
from suanshi.kit.refusal import not_found
from suanshi.kit.span import Span
from suanshi.settlement.bill import Bill, BillLine, Portion
from suanshi.settlement.reconcile import Difference
from suanshi.settlement.topup import Topup, TopupState

bill_table = Table(
    "bill",
    metadata,
    key(),
    Column("order", Text, nullable=False, unique=True),
    Column("buyer", Text, nullable=False),
    Column("buyer_name", Text, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("accelerator", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("share_milli", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    moment("started_at", nullable=True),
    moment("ended_at", nullable=True),
    moment("issued_at"),
    Column("metered", Micro, nullable=False),
    Column("lines", Json, nullable=False),
    Column("total_micro", Micro, nullable=False),
    Column("held_micro", Micro, nullable=False),
    Column("currency", Text, nullable=False),
    Column("portions", Json, nullable=False),
    Column("shares", Text, nullable=False),
    Index("ix_bill_buyer", "buyer", "issued_at"),
    Index("ix_bill_supplier", "supplier", "issued_at"),
)
topup_table = Table(
    "topup",
    metadata,
    key(),
    Column("party", Text, nullable=False),
    Column("party_name", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("amount_micro", Micro, nullable=False),
    Column("currency", Text, nullable=False),
    Column("state", Text, nullable=False),
    moment("requested_at"),
    Column("confirmed_by", Text),
    moment("confirmed_at", nullable=True),
    Index("ix_topup_party", "party", "id"),
    Index("ix_topup_requested", "id", postgresql_where=text("state = 'requested'")),
)
# The daily run of a day is unique; an operator may compare a day again as often as he likes.
reconciliation_table = Table(
    "reconciliation",
    metadata,
    key(),
    Column("day", Date, nullable=False),
    moment("at"),
    Column("asked_by", Text),
    Column("orders", Integer, nullable=False),
    Column("differences", Json, nullable=False),
    Index("uq_reconciliation_daily", "day", unique=True, postgresql_where=text("asked_by IS NULL")),
)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One comparison of a day's orders; `asked_by` is None for the daily run."""

    id: str
    day: date
    at: datetime
    asked_by: str | None
    orders: int
    differences: tuple[Difference, ...]


def add_bill(tx: Tx, bill: Bill) -> None:
    """Issue a bill; an order has one, so a second raises IntegrityError."""
    plain = {name: getattr(bill, name) for name in _PLAIN}
    money = {"total_micro": bill.total.micro, "held_micro": bill.held.micro, "currency": bill.total.currency}
    lines = [
        {
            "cause": line.cause,
            "zh": line.text.zh,
            "en": line.text.en,
            "micro": line.amount.micro,
            "quantity": line.quantity,
            "price_micro": line.price.micro if line.price else None,
        }
        for line in bill.lines
    ]
    portions = [{"receiver": p.receiver, "micro": p.amount.micro, "party": p.party} for p in bill.portions]
    tx.execute(bill_table.insert(), {**plain, **money, "lines": lines, "portions": portions})


_PLAIN = tuple(c.name for c in bill_table.columns if c.name not in {"lines", "portions", "total_micro", "held_micro", "currency"})


def bill_of(tx: Tx, order_id: str) -> Bill | None:
    row = tx.execute(select(bill_table).where(bill_table.c.order == order_id)).first()
    return _bill(row) if row else None


def bills(tx: Tx, order_ids: Sequence[str]) -> dict[str, Bill]:
    """The bills of many orders by order; orders without one are left out."""
    rows = tx.execute(select(bill_table).where(bill_table.c.order.in_(order_ids)))
    return {row.order: _bill(row) for row in rows}


def earned(tx: Tx, supplier: str, within: Span) -> list[Bill]:
    """A supplier's bills issued in a period, oldest first."""
    b = bill_table.c
    query = select(bill_table).where(b.supplier == supplier, b.issued_at >= within.start, b.issued_at < within.end)
    return [_bill(row) for row in tx.execute(query.order_by(b.issued_at, b.id))]


def add_topup(tx: Tx, topup: Topup) -> None:
    tx.execute(
        topup_table.insert().values(
            id=topup.id,
            party=topup.party,
            party_name=topup.party_name,
            member=topup.member,
            amount_micro=topup.amount.micro,
            currency=topup.amount.currency,
            state=topup.state.value,
            requested_at=topup.requested_at,
        )
    )


def topup(tx: Tx, id_: str) -> Topup:
    """Refuses an unknown id."""
    row = tx.execute(select(topup_table).where(topup_table.c.id == id_)).first()
    if row is None:
        raise not_found("topup", id_)
    return _topup(row)


def confirm_topup(tx: Tx, id_: str, member: str, at: datetime) -> Topup | None:
    """Mark a top-up as confirmed; None when it was before. Refuses an unknown id."""
    t = topup_table.c
    row = tx.execute(
        topup_table.update()
        .where(t.id == id_, t.state == TopupState.REQUESTED.value)
        .values(state=TopupState.CONFIRMED.value, confirmed_by=member, confirmed_at=at)
        .returning(topup_table)
    ).first()
    if row is not None:
        return _topup(row)
    topup(tx, id_)
    return None


def topups(
    tx: Tx, party: str | None = None, state: TopupState | None = None, before: str | None = None, limit: int = 50
) -> list[Topup]:
    """Top-ups newest first, those with an id below `before`."""
    t = topup_table.c
    query = select(topup_table).order_by(t.id.desc()).limit(limit)
    for column, value in ((t.party, party), (t.state, state.value if state else None)):
        if value is not None:
            query = query.where(column == value)
    return [_topup(row) for row in tx.execute(query if before is None else query.where(t.id < before))]


def add_reconciliation(tx: Tx, run: Reconciliation) -> Reconciliation:
    """Keep a run; for a day that had its daily run already, that one stands and is returned."""
    differences = [{"order": d.order, "kind": d.kind, "zh": d.text.zh, "en": d.text.en} for d in run.differences]
    row = {"id": run.id, "day": run.day, "at": run.at, "asked_by": run.asked_by, "orders": run.orders}
    tx.execute(insert(reconciliation_table).values({**row, "differences": differences}).on_conflict_do_nothing())
    return run if run.asked_by else daily(tx, run.day) or run


def daily(tx: Tx, day: date) -> Reconciliation | None:
    """The daily run of `day`."""
    r = reconciliation_table.c
    row = tx.execute(select(reconciliation_table).where(r.day == day, r.asked_by.is_(None))).first()
    return _reconciliation(row) if row else None


def reconciliations(tx: Tx, before: str | None = None, limit: int = 50) -> list[Reconciliation]:
    """Runs newest first, those with an id below `before`."""
    r = reconciliation_table.c
    query = select(reconciliation_table).order_by(r.id.desc()).limit(limit)
    return [_reconciliation(row) for row in tx.execute(query if before is None else query.where(r.id < before))]


def _bill(row: Row[Any]) -> Bill:
    def money(micro: int) -> Money:
        return Money(micro, row.currency)

    return Bill(
        **{name: getattr(row, name) for name in _PLAIN},
        lines=tuple(_line(kept, row.currency) for kept in row.lines),
        total=money(row.total_micro),
        held=money(row.held_micro),
        portions=tuple(Portion(p["receiver"], money(p["micro"]), p["party"]) for p in row.portions),
    )


def _line(kept: Mapping[str, Any], currency: str) -> BillLine:
    price = None if kept["price_micro"] is None else Money(kept["price_micro"], currency)
    return BillLine(kept["cause"], Words(kept["zh"], kept["en"]), Money(kept["micro"], currency), kept["quantity"], price)


def _topup(row: Row[Any]) -> Topup:
    amount, state = Money(row.amount_micro, row.currency), TopupState(row.state)
    asked = Topup(row.id, row.party, row.party_name, row.member, amount, state, row.requested_at)
    return replace(asked, confirmed_by=row.confirmed_by, confirmed_at=row.confirmed_at)


def _reconciliation(row: Row[Any]) -> Reconciliation:
    differences = tuple(Difference(d["order"], d["kind"], Words(d["zh"], d["en"])) for d in row.differences)
    return Reconciliation(row.id, row.day, row.at, row.asked_by, row.orders, differences)
