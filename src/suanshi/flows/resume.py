"""Work that had to leave is queued again from where it saved, within the time and money once bought: the step "resume"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from suanshi.catalog import store as catalog
from suanshi.catalog.offer import OfferState
from suanshi.catalog.when import HORIZON
from suanshi.db import steps
from suanshi.db.engine import Database, Tx
from suanshi.db.steps import Step
from suanshi.fleet.executor import Executor, ResultFile
from suanshi.fleet.lease import CARD_TAKEN
from suanshi.flows import ahead
from suanshi.flows.buy import Purchase, purchase
from suanshi.flows.quote import NOT_FOR_SALE, VALID, wanted
from suanshi.flows.run import Engines
from suanshi.flows.seats import Seats
from suanshi.flows.terms import terms
from suanshi.identity.principal import Principal, Role
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.refusal import Refusal, Text, kind, refuse
from suanshi.kit.units import MIB
from suanshi.metering import store as metering
from suanshi.orders import store as orders
from suanshi.orders.lifecycle import LIFE
from suanshi.orders.order import MAX_INPUT_BYTES, Job, Order, Quote
from suanshi.rating.charge import ceiling

SOON = timedelta(milliseconds=500)
FOLDER = "carried/"

NOTHING_LEFT = kind(
    "nothing-left",
    409,
    ("订单 {id} 买下的时间或金额已经用完。", "The time or the money that order {id} bought is used up."),
    ("如需继续，请另行购买；结果仍可下载。", "Buy again to go on; the results can still be downloaded."),
)


def resume(db: Database, seats: Seats, engines: Engines, step: Step) -> None:
    """Buy again what an order that had to leave did not use. Done twice it is one order: the key is the order's own id."""
    order = db.read(orders.get, step.key)
    assert order is not None
    if order.state not in LIFE.final:  # what is left of the money is known once the bill is written
        db.write(steps.later, step, now() + SOON)
        return
    try:
        again(db, seats, engines(order.quote.site), order)
    except Refusal as refusal:
        if refusal.kind is CARD_TAKEN or refusal.kind.status >= 500:
            raise  # not now, but later
        db.write(_given_up, step, refusal, now())
    else:
        db.write(steps.finish, step)


def _given_up(tx: Tx, step: Step, refusal: Refusal, at: datetime) -> None:
    if steps.holds(tx, step):
        orders.not_continued(tx, step.key, Text(refusal.cause("zh"), refusal.cause("en")), at)
        steps.finish(tx, step)


def again(db: Database, seats: Seats, engine: Executor, order: Order) -> Order:
    """The order that continues another. Raises the refusal that says why there is none."""
    if order.resumed_as is not None and (made := db.read(orders.get, order.resumed_as)) is not None:
        return made
    per_second = order.quote.cards * order.quote.share_milli
    used = -(-db.read(metering.usage, order.lease).milli_card_seconds // per_second)
    job = left_of(order, used)
    inputs = carried(engine, order.lease, db.read(orders.inputs, order.id))
    quoted = db.write(_quote, order, used)
    key = f"resume:{order.id}"
    return purchase(db, seats, _buyer(order), Purchase(key, quoted.id, job, inputs, asked=key, resumes=order.id))


def _buyer(order: Order) -> Principal:
    """Whoever bought the order, for this one purchase."""
    return Principal(order.quote.buyer, order.member, frozenset({Role.BUYER}), frozenset({"buy"}), "", trusted=False)


def left_of(order: Order, used: int) -> Job:
    """The job with what is left of its own limits after `used` seconds. Raises NOTHING_LEFT."""
    job = order.job
    seconds = None if job.seconds is None else job.seconds - used
    spend = None if job.spend_limit_micro is None else job.spend_limit_micro - order.charged_micro
    if order.quote.seconds <= used or any(limit is not None and limit <= 0 for limit in (seconds, spend)):
        raise refuse(NOTHING_LEFT, id=order.id)
    return replace(job, seconds=seconds, spend_limit_micro=spend)


def _quote(tx: Tx, order: Order, used: int) -> Quote:
    """The terms of old for the time that is left, queued for the first room there is."""
    old, at = order.quote, now()
    listing = catalog.listing(tx, old.offer)
    if listing is None or listing.offer.state is not OfferState.LISTED:
        raise refuse(NOT_FOR_SALE, id=old.offer, state=listing.offer.state.value if listing else OfferState.WITHDRAWN.value)
    made = replace(old, id=ids.new("quo"), seconds=old.seconds - used, created_at=at, valid_until=at + VALID, order=None)
    most = min(old.most_micro - order.charged_micro, ceiling(terms(made), made.cards, made.share_milli, made.seconds).micro)
    if most <= 0:
        raise refuse(NOTHING_LEFT, id=order.id)
    found = ahead.slot(tx, wanted(made), at, at + HORIZON, False, at)
    made = replace(made, most_micro=most, starts_at=found.start, flexible=True)
    orders.add_quote(tx, made)
    return made


def carried(engine: Executor, lease: str, inputs: Mapping[str, bytes]) -> dict[str, bytes]:
    """The inputs of the continuation: those of the order, and in the folder `carried` the results, as far as they fit.

    What an earlier run left there stays where this one left nothing of that name.
    """
    own = {name: content for name, content in inputs.items() if not name.startswith(FOLDER)}
    room = MAX_INPUT_BYTES - sum(map(len, own.values()))
    found: dict[str, bytes] = {}
    for file in _files(engine, lease):
        if file.size <= room and _can_be_input(FOLDER + file.name):
            found[FOLDER + file.name] = content = _whole(engine, lease, file)
            room -= len(content)
    for name, content in inputs.items():
        if name.startswith(FOLDER) and name not in found and len(content) <= room:
            found[name] = content
            room -= len(content)
    return own | found


def _files(engine: Executor, lease: str) -> tuple[ResultFile, ...]:
    try:
        return engine.files(lease)
    except Refusal as refusal:
        if refusal.code == "not-found":
            return ()  # it never began
        raise


def _can_be_input(name: str) -> bool:
    return len(name.encode()) <= 1024 and all(len(part.encode()) <= 255 for part in name.split("/"))


def _whole(engine: Executor, lease: str, file: ResultFile) -> bytes:
    return b"".join(engine.read_file(lease, file.name, offset, MIB) for offset in range(0, file.size, MIB))
