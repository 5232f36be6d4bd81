"""Cards that come free go at once to the queued order they fit best, and those behind it move up: the step "redispatch".

A queued order was promised a time at the latest and holds cards for it; moving up gives it an earlier time, never a later one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from suanshi.db import steps
from suanshi.db.engine import Database, Tx
from suanshi.db.steps import Step
from suanshi.fleet import store as fleet
from suanshi.fleet.lease import Held
from suanshi.flows import ahead
from suanshi.flows.ahead import IMMINENT, Seen, Slot
from suanshi.flows.quote import wanted
from suanshi.flows.run import STEP
from suanshi.kit.clock import now
from suanshi.orders import store as orders
from suanshi.orders.order import Order
from suanshi.placement import redispatch as placement

WORTH_MOVING = timedelta(seconds=1)

Queued = tuple[Held, Order]


def turn(db: Database, step: Step) -> None:
    """One turn of the step. Where another buyer was faster, it is refused, given back, and looks again."""
    db.write(_turn, step)


def _turn(tx: Tx, step: Step) -> None:
    if not steps.holds(tx, step):
        return
    site, at = step.payload["site"], now()
    fleet.alone(tx, site)
    with fleet.contested():
        move_up(tx, site, at)
    steps.finish(tx, step)


def move_up(tx: Tx, site: str, at: datetime) -> None:
    """First whoever can begin now, the best fit each time; then each of the others, in order of purchase, as soon as it can."""
    while (found := _next(tx, _queue(tx, site, at), at)) is not None:
        _bring_forward(tx, *found, at)
    for queued in _queue(tx, site, at):
        held, order = queued
        slot = _slot(tx, queued, at, held.start - WORTH_MOVING)
        if slot is not None:
            _bring_forward(tx, held, order, slot, at)


def _queue(tx: Tx, site: str, at: datetime) -> list[Queued]:
    """Who waits at a site, in order of purchase."""
    waiting = {h.order: h for h in fleet.held(tx, site) if h.flexible and not h.begun and h.start > at + IMMINENT}
    found = [order for order in orders.many(tx, list(waiting)) if order.cancel_asked_at is None]
    return [(waiting[order.id], order) for order in sorted(found, key=lambda order: (order.created_at, order.id))]


def _slot(tx: Tx, queued: Queued, at: datetime, latest: datetime) -> Slot | None:
    """The first slot of a queued order, as if it held none yet."""
    held, order = queued
    if latest < at:
        return None
    want = wanted(order.quote)
    seen = ahead.see(tx, want, at)
    return ahead.first(want, Seen(seen.cards, [h for h in seen.held if h.lease != held.lease]), at, latest, firm=False)


def _next(tx: Tx, queue: Sequence[Queued], at: datetime) -> tuple[Held, Order, Slot] | None:
    """Of those who can begin now, the one that placement prefers for what is free."""
    able = {order.id: (held, order, slot) for held, order in queue if (slot := _slot(tx, (held, order), at, at)) is not None}
    if not able:
        return None
    waiting = [_asked(order) for _, order, _ in able.values()]
    free = placement.Node("", "", max(order.cards for order in waiting))
    fit = placement.best_fit(free, waiting, round(at.timestamp()))
    assert fit is not None  # every one of them fits
    return able[fit.order.id]


def _asked(order: Order) -> placement.Order:
    """A queued order in the words of placement, in thousandths of a card."""
    quote = order.quote
    since = round(order.created_at.timestamp())
    return placement.Order(order.id, quote.cards * quote.share_milli, quote.price_micro, since, quote.seconds)


def _bring_forward(tx: Tx, held: Held, order: Order, slot: Slot, at: datetime) -> None:
    fleet.unseat(tx, [held.lease])
    ahead.take(tx, slot)
    fleet.reseat(tx, held.lease, slot.pieces, slot.start, slot.end)
    orders.bring_forward(tx, order.id, slot.start, at)
    steps.hasten(tx, STEP, order.id, slot.start)
