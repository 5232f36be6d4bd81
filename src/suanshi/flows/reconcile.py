"""Once a day, and whenever the operator asks: metered = rated = posted = billed for every order of a day, or where not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from suanshi.db.engine import Database, Tx, freeze
from suanshi.flows import bill
from suanshi.identity import store as identity
from suanshi.identity.principal import Principal, Role
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.money import Money
from suanshi.kit.page import Page, page, place
from suanshi.kit.refusal import invalid
from suanshi.kit.units import MilliCardSeconds
from suanshi.ledger import books
from suanshi.metering import store as metering
from suanshi.orders import store as orders
from suanshi.orders.lifecycle import OrderState
from suanshi.orders.order import Order
from suanshi.settlement import period
from suanshi.settlement import reconcile as comparison
from suanshi.settlement import store as settlement
from suanshi.settlement.reconcile import Facts
from suanshi.settlement.store import Reconciliation

GRACE = timedelta(hours=1)  # what ended just before midnight has this long to be billed
PIECE = 1000


def reconcile(db: Database, at: datetime | None = None) -> Reconciliation:
    """The daily run over the last whole day; a day that had it is not compared again."""
    at = at or now()
    day = period.day_of(at - GRACE) - timedelta(days=1)
    earlier = db.read(settlement.daily, day)
    return earlier or db.write(settlement.add_reconciliation, db.read(_compared, day, at, None))


def compare(db: Database, who: Principal, day: date | None = None) -> Reconciliation:
    """Compare a day again because the operator asks: yesterday's orders unless a day is named."""
    who.require("operate", Role.OPERATOR)
    at = now()
    if day is not None and day > period.day_of(at):
        raise invalid("day", "不能是将来的日期", "must not lie in the future")
    found = db.read(_compared, day or period.day_of(at) - timedelta(days=1), at, who.member)

    def write(tx: Tx) -> Reconciliation:
        identity.audit(tx, who, "reconciliation.run", found.id, {"day": found.day.isoformat()})
        return settlement.add_reconciliation(tx, found)

    return db.write(write)


def reconciliations(db: Database, who: Principal, cursor: str | None, limit: int) -> Page[Reconciliation]:
    """Earlier runs, newest first."""
    who.require("read", Role.OPERATOR, Role.AUDITOR)
    return page(db.read(settlement.reconciliations, place(cursor), limit + 1), limit, lambda run: run.id)


def _compared(tx: Tx, day: date, at: datetime, asked_by: str | None) -> Reconciliation:
    freeze(tx)
    facts = list(_facts_of(tx, day))
    return Reconciliation(ids.new("rec"), day, at, asked_by, len(facts), comparison.reconcile(facts))


def _facts_of(tx: Tx, day: date) -> Iterator[Facts]:
    """The day's orders, and whatever else the ledger took money for on that day, be it an order or not."""
    within = period.day(day)
    assert within.end is not None
    found = {order.id: order for order in orders.over(tx, within)}
    others = sorted(books.subjects(tx, "order", within.start, within.end) - found.keys())
    wanted = [*found, *others]
    for start in range(0, len(wanted), PIECE):
        piece = wanted[start : start + PIECE]
        missing = [id_ for id_ in piece if id_ not in found]
        yield from _facts(tx, piece, {**found, **{order.id: order for order in orders.many(tx, missing)}})


def _facts(tx: Tx, ids_: Sequence[str], known: dict[str, Order]) -> Iterator[Facts]:
    present = [known[id_] for id_ in ids_ if id_ in known]
    used = metering.used(tx, [order.lease for order in present])
    billed, paid = settlement.bills(tx, ids_), books.paid(tx, ids_)
    open_holds = books.open_holds(tx, [order.hold for order in present])
    for id_ in ids_:
        order, issued = known.get(id_), billed.get(id_)
        usage = used.get(order.lease) if order else None
        metered = usage.milli_card_seconds if usage else MilliCardSeconds(0)
        yield Facts(
            order=id_,
            state=order.state.value if order else None,
            metered=metered,
            billed_quantity=issued.metered if issued else None,
            rated=bill.rate(order, metered).total if order else None,
            posted=paid.get(id_),
            invoiced=issued.total if issued else None,
            charged=_charged(order),
            hold_open=order is not None and order.hold in open_holds,
        )


def _charged(order: Order | None) -> Money | None:
    settled = order is not None and order.state is OrderState.SETTLED
    return Money(order.charged_micro, order.quote.currency) if order is not None and settled else None
