"""Quotes, orders and their inputs in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from suanshi.db import events
from suanshi.db.engine import Tx
from suanshi.db.life import move as move_life
from suanshi.db.tables import Json, Micro, Moment, key, metadata, moment
from suanshi.db.together import Added, Gate, Writes, together
from suanshi.kit.refusal import Text as Sentence
from suanshi.kit.span import Span
from suanshi.orders.lifecycle import LIFE, OrderState, Outcome
from suanshi.orders.order import Job, Order, Quote
from suanshi.orders.promise import Promise

quote_table = Table(
    "quote",
    metadata,
    key(),
    Column("buyer", Text, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("offer", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("accelerator", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("share_milli", Integer, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("price_micro", Micro, nullable=False),
    Column("minimum_micro", Micro, nullable=False),
    Column("commission_bp", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("cpu_milli", BigInteger, nullable=False),
    Column("memory_mib", BigInteger, nullable=False),
    Column("environments", ARRAY(Text), nullable=False),
    Column("most_micro", Micro, nullable=False),
    moment("created_at"),
    moment("valid_until"),
    Column("order", Text),
    moment("starts_at", nullable=True),
    Column("flexible", Boolean, nullable=False, server_default=text("false")),
    Column("preemptible", Boolean, nullable=False, server_default=text("false")),
    Column("after_notice", Boolean, nullable=False, server_default=text("false")),
)

# The quote's columns stand in the order too: an order must stay readable as sold, whatever becomes of quotes and offers.
order_table = Table(
    "order",
    metadata,
    key(),
    Column("quote", Text, nullable=False, unique=True),
    Column("buyer", Text, nullable=False),
    Column("supplier", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("terms", Json, nullable=False),
    Column("job", Json, nullable=False),
    Column("lease", Text, nullable=False, unique=True),
    Column("hold", Text, nullable=False),
    moment("created_at"),
    moment("starts_at", nullable=True),
    moment("cancel_asked_at", nullable=True),
    moment("started_at", nullable=True),
    moment("ended_at", nullable=True),
    moment("settled_at", nullable=True),
    Column("outcome", Text),
    Column("exit_code", Integer),
    Column("detail", Text, nullable=False, server_default=""),
    Column("charged_micro", Micro, nullable=False, server_default="0"),
    moment("preempt_at", nullable=True),
    Column("resumes", Text),
    Column("resumed_as", Text),
    Index("ix_order_buyer", "buyer", "id"),
    Index("ix_order_supplier", "supplier", "id"),
)

input_table = Table(
    "job_input",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("order", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("order", "name"),
)

promise_table = Table(
    "promise",
    metadata,
    key(),
    Column("accelerator", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("metric", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("promised", Float, nullable=False),
    Column("lo", Float, nullable=False),
    Column("hi", Float, nullable=False),
    Column("probe", Boolean, nullable=False),
    moment("made_at"),
    Column("order", Text, unique=True),
    Column("measured", Float),
    moment("measured_at", nullable=True),
    Index("ix_promise_measured", "measured_at", postgresql_where=text("measured is not null")),
)


def add_quote(tx: Tx, quote: Quote) -> None:
    together(tx, quoting(quote))


def quoting(quote: Quote) -> Added:
    """What `add_quote` writes."""
    return Added(quote_table, {**_plain(quote), "environments": list(quote.environments)})


_ONE_QUOTE = select(quote_table).where(quote_table.c.id == bindparam("id"))
_LOCKED_QUOTE = _ONE_QUOTE.with_for_update()


def quote(tx: Tx, id_: str, lock: bool = False) -> Quote | None:
    row = tx.execute(_LOCKED_QUOTE if lock else _ONE_QUOTE, {"id": id_}).first()
    return Quote(**{**row._mapping, "environments": tuple(row.environments)}) if row else None


def _plain(value: Quote | Job | Promise) -> dict[str, Any]:
    """The fields by name; unlike `asdict`, without a copy of each."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


_MOMENTS = ("created_at", "valid_until", "starts_at")


def _terms(quote: Quote) -> dict[str, Any]:
    terms = _plain(quote)
    return terms | {name: terms[name].isoformat() for name in _MOMENTS if terms[name] is not None}


def _quote_of(terms: Mapping[str, Any]) -> Quote:
    values = dict(terms)
    values["environments"] = tuple(values["environments"])
    values |= {name: datetime.fromisoformat(values[name]) for name in _MOMENTS if values.get(name) is not None}
    return Quote(**values)


def _job_of(values: Mapping[str, Any]) -> Job:
    return Job(**{**values, "argv": tuple(values["argv"]), "env": tuple((k, v) for k, v in values["env"])})


def _order(row: Row[Any]) -> Order:
    return Order(
        id=row.id,
        quote=_quote_of(row.terms),
        member=row.member,
        state=OrderState(row.state),
        version=row.version,
        job=_job_of(row.job),
        lease=row.lease,
        hold=row.hold,
        created_at=row.created_at,
        starts_at=row.starts_at,
        cancel_asked_at=row.cancel_asked_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        settled_at=row.settled_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        exit_code=row.exit_code,
        detail=row.detail,
        charged_micro=row.charged_micro,
        preempt_at=row.preempt_at,
        resumes=row.resumes,
        resumed_as=row.resumed_as,
    )


_USED = (
    quote_table.update()
    .where(
        quote_table.c.id == bindparam("used_quote"),
        quote_table.c.order.is_(None),
        quote_table.c.valid_until > bindparam("used_at", type_=Moment),
    )
    .values(order=bindparam("used_order"))
)


def using(order: Order) -> Gate:
    """The order's quote marked as used, as a gate: shut when another order has used it, or it has expired."""
    return Gate(_USED, {"used_quote": order.quote.id, "used_order": order.id, "used_at": order.created_at})


def adding(order: Order, inputs: Mapping[str, bytes]) -> Writes:
    """A new order: its row, its inputs, and the first line of its story; to be written with `using` its quote."""
    same = ("id", "member", "version", "lease", "hold", "created_at", "starts_at", "resumes")
    row = {name: getattr(order, name) for name in same}
    of_quote = {"quote": order.quote.id, "buyer": order.quote.buyer, "supplier": order.quote.supplier}
    written = {"state": order.state.value, "terms": _terms(order.quote), "job": _plain(order.job)}
    files = (Added(input_table, {"order": order.id, "name": name, "content": content}) for name, content in inputs.items())
    return (
        Added(order_table, {**row, **of_quote, **written}),
        *files,
        events.line(order.id, "booked", order.created_at, {"state": order.state.value}),
    )


def get(tx: Tx, id_: str) -> Order | None:
    row = tx.execute(select(order_table).where(order_table.c.id == id_)).first()
    return _order(row) if row else None


def page(
    tx: Tx,
    buyer: str | None = None,
    supplier: str | None = None,
    state: OrderState | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[Order]:
    """Orders newest first, those with an id below `before`."""
    o = order_table.c
    query = select(order_table).order_by(o.id.desc()).limit(limit)
    for column, value in ((o.buyer, buyer), (o.supplier, supplier), (o.state, state.value if state else None)):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(o.id < before)
    return [_order(row) for row in tx.execute(query)]


def many(tx: Tx, ids: Sequence[str]) -> list[Order]:
    return [_order(row) for row in tx.execute(select(order_table).where(order_table.c.id.in_(ids)))]


def over(tx: Tx, within: Span) -> list[Order]:
    """Orders that ended in a period, and those that ended before it and are not settled yet."""
    o = order_table.c
    unsettled = o.state == OrderState.ENDED.value
    query = select(order_table).where(o.ended_at < within.end, or_(o.ended_at >= within.start, unsettled)).order_by(o.id)
    return [_order(row) for row in tx.execute(query)]


def inputs(tx: Tx, order_id: str) -> dict[str, bytes]:
    query = select(input_table.c.name, input_table.c.content).where(input_table.c.order == order_id)
    return {row.name: row.content for row in tx.execute(query)}


def input_names(tx: Tx, order_id: str) -> tuple[str, ...]:
    query = select(input_table.c.name).where(input_table.c.order == order_id).order_by(input_table.c.id)
    return tuple(tx.execute(query).scalars())


def ask_to_cancel(tx: Tx, order_id: str, at: datetime) -> None:
    """Remember the wish; the worker acts on it. The first asking counts."""
    o = order_table.c
    tx.execute(order_table.update().where(o.id == order_id, o.cancel_asked_at.is_(None)).values(cancel_asked_at=at))
    events.write(tx, order_id, "cancel-asked", at)


def give_notice(tx: Tx, order_id: str, preempt_at: datetime, at: datetime) -> None:
    """A preemptible order has to be gone by a moment; told again, the sooner one counts."""
    o = order_table.c
    ongoing = o.state.in_((OrderState.BOOKED.value, OrderState.RUNNING.value))
    sooner = or_(o.preempt_at.is_(None), o.preempt_at > preempt_at)
    told = tx.execute(order_table.update().where(o.id == order_id, ongoing, sooner).values(preempt_at=preempt_at))
    if told.rowcount:
        events.write(tx, order_id, "notice", at, {"preempt_at": preempt_at.isoformat()})


def continued(tx: Tx, order_id: str, by: str, at: datetime) -> None:
    """An order that had to leave goes on as another."""
    tx.execute(order_table.update().where(order_table.c.id == order_id).values(resumed_as=by))
    events.write(tx, order_id, "resumed", at, {"order": by})


def not_continued(tx: Tx, order_id: str, why: Sentence, at: datetime) -> None:
    """An order that had to leave goes on nowhere; its buyer reads why in either language."""
    said = f"未能续排：{why.zh} Not queued again: {why.en}"
    tx.execute(order_table.update().where(order_table.c.id == order_id).values(detail=said))
    events.write(tx, order_id, "not-resumed", at, {"zh": why.zh, "en": why.en})


def bring_forward(tx: Tx, order_id: str, starts_at: datetime, at: datetime) -> None:
    """A queued order begins sooner than it was promised."""
    tx.execute(order_table.update().where(order_table.c.id == order_id).values(starts_at=starts_at))
    events.write(tx, order_id, "brought-forward", at, {"starts_at": starts_at.isoformat()})


def move(tx: Tx, order_id: str, event: str, at: datetime, **values: Any) -> bool:
    """One step of the order's life, with its line in the event log; False where the event cannot happen."""
    state = move_life(tx, order_table, LIFE, order_id, event, **values)
    if state is None:
        return False
    outcome = values.get("outcome")
    events.write(tx, order_id, event, at, {"state": state, **({"outcome": outcome} if outcome else {})})
    return True


def counts(tx: Tx) -> dict[str, int]:
    """Orders by state."""
    query = select(order_table.c.state, func.count().label("orders")).group_by(order_table.c.state)
    return {row.state: row.orders for row in tx.execute(query)}


def promising(promise: Promise) -> Added:
    return Added(promise_table, _plain(promise))


def promise_of(tx: Tx, order_id: str) -> Promise | None:
    """What advice promised of this order, if it came from a plan."""
    row = tx.execute(select(promise_table).where(promise_table.c.order == order_id)).first()
    return Promise(**row._mapping) if row else None


def measure(tx: Tx, promise_id: str, measured: float, at: datetime) -> None:
    """Set the run's figure beside the promise; the first one stands."""
    p = promise_table.c
    query = promise_table.update().where(p.id == promise_id, p.measured.is_(None))
    tx.execute(query.values(measured=measured, measured_at=at))


def kept_promises(tx: Tx, probes_only: bool = False, limit: int = 5000) -> list[Promise]:
    """Promises with their measurements, latest first."""
    p = promise_table.c
    query = select(promise_table).where(p.measured.is_not(None)).order_by(p.measured_at.desc()).limit(limit)
    return [Promise(**row._mapping) for row in tx.execute(query.where(p.probe) if probes_only else query)]
