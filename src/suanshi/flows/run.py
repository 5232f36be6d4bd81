"""From a booked order to work that has really run: one durable step per order, carried out again and again until it is over.

Each turn looks at the site, acts there if need be (start, stop), and writes what it saw: the order and the lease move, a
sample is metered, and at the end the bill is asked for. Killed at any point, the next turn finds the site as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from suanshi.catalog import store as catalog
from suanshi.db import steps
from suanshi.db.engine import Database, Tx
from suanshi.db.steps import Step
from suanshi.fleet import store as fleet
from suanshi.fleet.executor import Executor, Look, Seat, State, Work
from suanshi.fleet.executor import Outcome as Ended
from suanshi.fleet.lease import Lease
from suanshi.flows.ahead import NOTICE, START_ALLOWANCE, STOPPING
from suanshi.flows.measurement import measured
from suanshi.kit.clock import now
from suanshi.kit.refusal import Refusal
from suanshi.kit.span import Span
from suanshi.kit.units import MIB, Bytes, MilliCards
from suanshi.ledger import store as ledger
from suanshi.metering import store as metering
from suanshi.metering.sample import Sample
from suanshi.orders import store as orders
from suanshi.orders.lifecycle import OrderState, Outcome
from suanshi.orders.order import Order

STEP = "run"
BILL = "bill"
RESUME = "resume"
REDISPATCH = "redispatch"
SAMPLE_EVERY = timedelta(seconds=10)
FIRST_LOOK = timedelta(milliseconds=200)
SLOWEST_LOOK = timedelta(seconds=1)
IDLE_CPU = timedelta(seconds=1)  # less computing than this over the whole idle time counts as none

Engines = Callable[[str], Executor]
"""The engine that serves a site, by the site's id. Raises a refusal for a site that none serves."""


def turn(db: Database, engines: Engines, step: Step) -> None:
    """One turn of the step "run": look, act, write. Any exception gives the step back for later."""
    order, lease = db.read(_load, step.key)
    if order.state not in (OrderState.BOOKED, OrderState.RUNNING):
        db.write(steps.finish, step)
        return
    seen_at = now()  # before the look: what is seen running now was running then
    if db.read(_waits, order, lease, seen_at) is not None:
        db.write(_put_off, step, seen_at)
        return
    engine = engines(lease.site)
    look = _act(db, engine, order, lease, seen_at)
    shown = measured(db, engine, order, look) if look.final else None
    db.write(_apply, step, look, seen_at, shown)


def _load(tx: Tx, order_id: str) -> tuple[Order, Lease]:
    order = orders.get(tx, order_id)
    lease = fleet.get(tx, order.lease) if order else None
    assert order is not None
    assert lease is not None  # both are written in the transaction that adds the step
    return order, lease


def _waits(tx: Tx, order: Order, lease: Lease, at: datetime) -> datetime | None:
    """Until when there is nothing to do: work that was booked ahead begins on time, once the cards' earlier work is gone."""
    if order.state is not OrderState.BOOKED or order.cancel_asked_at is not None or lease.end == lease.start:
        return None
    if at < lease.start:
        return lease.start
    booked_ahead = order.starts_at is not None and time_left(lease, at) > timedelta(0)
    return at + FIRST_LOOK if booked_ahead and fleet.in_the_way(tx, lease.id) else None


def _put_off(tx: Tx, step: Step, at: datetime) -> None:
    """Come again when there is something to do, by what is booked now: meanwhile the order may have been brought forward."""
    steps.later(tx, step, _waits(tx, *_load(tx, step.key), at) or at)


def _act(db: Database, engine: Executor, order: Order, lease: Lease, at: datetime) -> Look:
    """See how the work stands and do what is due: start it, stop it, or let it be."""
    if order.cancel_asked_at is not None:
        return engine.stop(lease.id, Outcome.CANCELLED)
    if order.preempt_at is not None and (at >= order.preempt_at or lease.end == lease.start):
        return engine.stop(lease.id, Outcome.PREEMPTED)
    look = engine.look(lease.id)
    if look.state is State.ABSENT:
        if order.state is OrderState.RUNNING:
            return Look(State.ENDED, Ended.LOST, started_at=order.started_at, ended_at=at)
        if time_left(lease, at) <= timedelta(0):  # nobody came to start it in time, and others have the cards by now
            return engine.stop(lease.id, Outcome.FAILED_TO_START)
        return _start(db, engine, order, lease, at)
    if look.state is State.STARTING and at > lease.start + START_ALLOWANCE:
        return engine.stop(lease.id, Outcome.FAILED_TO_START)
    if look.state is State.RUNNING and db.read(_idle, order, lease, look, at):
        return engine.stop(lease.id, Outcome.IDLE)
    if order.preempt_at is not None and at >= order.preempt_at - NOTICE:
        engine.warn(lease.id, (order.preempt_at - at) // timedelta(seconds=1))
    return look


def time_left(lease: Lease, at: datetime) -> timedelta:
    """How long work that starts now may run before the cards are somebody else's."""
    return lease.end - STOPPING - at


def _start(db: Database, engine: Executor, order: Order, lease: Lease, at: datetime) -> Look:
    """Start the work; a refusal of the site's is a failed start, and costs nothing."""
    materials = db.read(_materials, order)
    try:
        engine.prepare(order.job.environment)
        return engine.start(lease.id, work(order, lease, at, *materials))
    except Refusal as refusal:
        look = engine.stop(lease.id, Outcome.FAILED_TO_START)
        # Should the program have begun all the same, it is gone by the site's fault.
        outcome = Ended.FAILED_TO_START if look.started_at is None else Ended.LOST
        return replace(look, outcome=outcome, detail=str(refusal))


def _materials(tx: Tx, order: Order) -> tuple[dict[int, str], dict[str, bytes]]:
    """What the site calls its cards, and the job's input files."""
    return {card.id: card.name for card in catalog.cards(tx, order.quote.site)}, orders.inputs(tx, order.id)


def work(order: Order, lease: Lease, at: datetime, names: Mapping[int, str], inputs: Mapping[str, bytes]) -> Work:
    """The order's job in the engine's words: the lease's cards, the memory that comes with them, the time it may take."""
    share = sum(piece.high - piece.low for piece in lease.pieces)
    milli: dict[str, int] = {}
    for piece in lease.pieces:
        milli[names[piece.card]] = milli.get(names[piece.card], 0) + piece.high - piece.low
    return Work(
        command=order.job.argv,
        script=order.job.script or None,
        inputs=inputs,
        variables=dict(order.job.env),
        environment=order.job.environment,
        seats=tuple(Seat(name, MilliCards(part)) for name, part in milli.items()),
        memory=Bytes(order.quote.memory_mib * MIB * share // 1000),
        time_limit=min(timedelta(seconds=limit_seconds(order)), time_left(lease, at)),
    )


def limit_seconds(order: Order) -> int:
    """How long the work may run: the time bought, the job's own limit, or what its spend limit pays for, if that is less."""
    limit = order.job.seconds or order.quote.seconds
    return min(limit, _affordable(order)) if order.job.spend_limit_micro is not None else limit


def _affordable(order: Order) -> int:
    quote = order.quote
    per_second = quote.price_micro * quote.cards * quote.share_milli  # micro-yuan x 3,600,000
    return max(1, (order.job.spend_limit_micro or 0) * 3_600_000 // per_second)


def _idle(tx: Tx, order: Order, lease: Lease, look: Look, at: datetime) -> bool:
    """Whether the program has computed next to nothing for its whole idle time. Forgetting to stop is the dearest mistake."""
    window = timedelta(seconds=order.job.idle_seconds)
    if not window or look.started_at is None or at - look.started_at < window:
        return False
    earlier = [s for s in metering.samples(tx, lease.id) if s.span.end is not None and s.span.end <= at - window]
    return bool(earlier) and look.usage.cpu - timedelta(microseconds=sum(s.cpu_micros for s in earlier)) < IDLE_CPU


def _apply(tx: Tx, step: Step, look: Look, seen_at: datetime, shown: tuple[str, float] | None) -> None:
    """Write what was seen, unless another worker holds the step by now."""
    if not steps.holds(tx, step):
        return
    order, lease = _load(tx, step.key)
    if look.started_at is not None and order.state is OrderState.BOOKED:
        orders.move(tx, order.id, "start", seen_at, started_at=look.started_at)
        fleet.move(tx, lease.id, "start", seen_at)
    if not look.final:
        _meter(tx, order, lease, look, seen_at, at_least=SAMPLE_EVERY)
        age = seen_at - lease.start
        soon = now() + min(SLOWEST_LOOK, max(FIRST_LOOK, age / 20))
        steps.later(tx, step, soon if order.preempt_at is None else min(soon, max(order.preempt_at, now())))
        return
    if look.started_at is None:
        _never_ran(tx, order, look, seen_at)
    else:
        _ended(tx, order, lease, look, seen_at)
    if shown is not None:
        orders.measure(tx, *shown, seen_at)
    steps.finish(tx, step)


def _meter(tx: Tx, order: Order, lease: Lease, look: Look, until: datetime, at_least: timedelta = timedelta(0)) -> None:
    """A sample from the end of the last one to `until`, unless that is shorter than `at_least`."""
    if look.started_at is None:
        return
    earlier = metering.samples(tx, lease.id)
    since = max((s.span.end for s in earlier if s.span.end is not None), default=look.started_at)
    if until - since < at_least or until <= since:
        return
    cpu = look.usage.cpu // timedelta(microseconds=1) - sum(s.cpu_micros for s in earlier)
    cards = MilliCards(order.quote.cards * order.quote.share_milli)
    metering.record(tx, Sample(lease.id, len(earlier), Span(since, until), cards, max(0, cpu), look.usage.peak_memory))


def _never_ran(tx: Tx, order: Order, look: Look, at: datetime) -> None:
    """The program never began: the order is refused, the money is free again, and nothing is charged."""
    told = Outcome.FAILED_TO_START if order.preempt_at is None else Outcome.PREEMPTED
    outcome = Outcome.CANCELLED if order.cancel_asked_at else told
    orders.move(tx, order.id, "refuse", at, outcome=outcome.value, ended_at=at, detail=look.detail)
    fleet.move(tx, order.lease, "void", at)
    ledger.release(tx, order.hold, at)
    move_up_at(tx, order.quote.site, order.lease, at)
    _resumed(tx, order, outcome, at)


def _ended(tx: Tx, order: Order, lease: Lease, look: Look, at: datetime) -> None:
    """The program ran and is over: meter the rest by the site's own times, free the cards, and ask for the bill."""
    ended_at = look.ended_at or at
    _meter(tx, order, lease, look, ended_at)
    metering.seal(tx, lease.id, ended_at, look.started_at)
    outcome = outcome_of(order, look)
    orders.move(tx, order.id, "end", at, outcome=outcome.value, ended_at=ended_at, exit_code=look.exit_code, detail=look.detail)
    fleet.move(tx, lease.id, "end", at)
    steps.add(tx, BILL, order.id, at)
    move_up_at(tx, order.quote.site, order.lease, at)
    _resumed(tx, order, outcome, at)


def move_up_at(tx: Tx, site: str, freed: str, at: datetime) -> None:
    """Let those who wait at the site move up, as the lease `freed` is over. A step for each lease: one that is being carried
    out may have looked too early.
    """
    if fleet.queue_waits(tx, site, at):
        steps.add(tx, REDISPATCH, freed, at, {"site": site})


def _resumed(tx: Tx, order: Order, outcome: Outcome, at: datetime) -> None:
    """Work that had to leave is queued again, if its buyer said so."""
    if outcome is Outcome.PREEMPTED and order.job.resume:
        steps.add(tx, RESUME, order.id, at)


def outcome_of(order: Order, look: Look) -> Outcome:
    """The engine's word for how it ended, and where we stopped it, our reason."""
    if look.outcome is Ended.TIME_LIMIT and order.job.spend_limit_micro is not None:
        limit = order.job.seconds or order.quote.seconds
        return Outcome.SPEND_LIMIT if _affordable(order) < limit else Outcome.TIME_LIMIT
    if order.preempt_at is not None and order.cancel_asked_at is None and look.outcome in (Ended.CANCELLED, Ended.FAILED):
        return Outcome.PREEMPTED  # stopped, or gone by itself when it was told
    if look.outcome is Ended.CANCELLED and order.cancel_asked_at is None:
        return Outcome.IDLE
    return Outcome(look.outcome or Ended.LOST)


def sweep(db: Database, site: str, engine: Executor) -> tuple[str, ...]:
    """Stop whatever runs on a site for no lease of ours, and name it: it costs the supplier's cards and nobody pays."""
    return engine.sweep(lambda _: db.read(fleet.ongoing, site))
