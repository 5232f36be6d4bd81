"""Closing cards for maintenance or for want of power: a booking of the supplier's own, so that nothing is sold over it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from suanshi.catalog import store as catalog
from suanshi.catalog.site import Site
from suanshi.catalog.when import HORIZON
from suanshi.db import steps
from suanshi.db.engine import Database, Tx
from suanshi.db.steps import Step
from suanshi.fleet import store as fleet
from suanshi.fleet.closure import Closure
from suanshi.fleet.lease import Lease
from suanshi.flows import ahead
from suanshi.flows.ahead import STOPPING, Seen, Want
from suanshi.flows.run import move_up_at
from suanshi.identity import store as identity
from suanshi.identity.principal import Principal, Role
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.refusal import Refusal, Text, invalid, not_found

STEP = "reopen"
SHORTEST = timedelta(minutes=5)
MOST_DAYS = 31
NAMED = 10
DAY = timedelta(days=1)


def close(db: Database, who: Principal, draft: Closure, days: int = 1) -> list[Closure]:
    """Close cards of one's own site, on so many days at the same hours: all of it, or a refusal that says who is in the way.

    Bookings that have not begun go to other cards.
    """
    who.require("supply", Role.SUPPLIER)
    return db.write(_close, who, draft, days)


def _close(tx: Tx, who: Principal, draft: Closure, days: int) -> list[Closure]:
    site, at = _own(tx, who, draft.site), now()
    draft = replace(draft, start=max(draft.start, at))
    if (refusal := _wrong(tx, draft, days, at)) is not None:
        raise refusal
    fleet.alone(tx, site.id)
    made = [_one(tx, replace(draft, start=draft.start + day * DAY, end=draft.end + day * DAY), at) for day in range(days)]
    for closure in made:
        told = {"site": site.id, "cards": closure.cards, "kind": closure.kind.value, "start": closure.start.isoformat()}
        identity.audit(tx, who, "cards.close", closure.id, told)
    return made


def _one(tx: Tx, draft: Closure, at: datetime) -> Closure:
    length = int((draft.end - draft.start - STOPPING) / timedelta(seconds=1))
    want = Want(draft.site, draft.accelerator, draft.cards, 1000, length)
    seen = ahead.see(tx, want, at)
    slot = ahead.first(want, seen, draft.start, draft.start, firm=True)
    if slot is None:
        refusal = ahead.full(want, seen, draft.start, firm=True, now=at)
        refusal.reasons = (*refusal.reasons, *_in_the_way(seen, draft))
        raise refusal
    made = replace(draft, id=ids.new("clo"), lease=ids.new("les"))
    with fleet.contested():
        ahead.take(tx, slot)
    fleet.book(tx, Lease(made.lease, made.id, made.site, slot.pieces, made.start, made.end))
    fleet.add_closure(tx, made)
    steps.add(tx, STEP, made.id, made.end)
    return made


def _wrong(tx: Tx, draft: Closure, days: int, at: datetime) -> Refusal | None:
    installed = catalog.installed(tx).get((draft.site, draft.accelerator), 0)
    if not installed:
        return invalid("accelerator", "该站点没有这种卡", "the site has no such card")
    if not 1 <= draft.cards <= installed:
        return invalid("cards", f"应在 1 到 {installed} 之间", f"must lie between 1 and {installed}")
    if draft.start > at + HORIZON:
        return invalid("start", f"最多提前 {HORIZON.days} 天", f"lies more than {HORIZON.days} days ahead")
    if draft.end < draft.start + SHORTEST:
        return invalid("end", "至少在开始之后 5 分钟", "must lie at least 5 minutes after the start")
    if draft.end > at + HORIZON:
        return invalid("end", f"最多提前 {HORIZON.days} 天", f"lies more than {HORIZON.days} days ahead")
    if days > 1 and draft.end - draft.start > DAY:
        return invalid("days", "每天重复的时段不能超过一天", "hours that repeat daily cannot be longer than a day")
    return None


def _in_the_way(seen: Seen, draft: Closure) -> tuple[Text, ...]:
    """The orders that hold cards of the model then, and cannot go elsewhere."""
    here = {card.id for card in seen.cards}
    held = [h for h in seen.held if h.start < draft.end and draft.start < h.end and any(p.card in here for p in h.pieces)]
    names = ", ".join(h.order for h in held[:NAMED]) + (" …" if len(held) > NAMED else "")
    return (Text(f"届时在用的订单：{names}", f"held then by {names}"),) if held else ()


def closures(db: Database, who: Principal, site_id: str) -> list[Closure]:
    """What is or will be closed at one's own site, the soonest first."""
    who.require("read", Role.SUPPLIER)

    def load(tx: Tx) -> list[Closure]:
        _own(tx, who, site_id)
        return fleet.closures(tx, site_id)

    return db.read(load)


def reopen(db: Database, who: Principal, site_id: str, id_: str) -> Closure:
    """End a closure early. Doing it twice is once."""
    who.require("supply", Role.SUPPLIER)

    def write(tx: Tx) -> Closure:
        _own(tx, who, site_id)
        closure = fleet.closure(tx, id_)
        if closure is None or closure.site != site_id:
            raise not_found("closure", id_)
        if closure.lifted_at is not None:
            return closure
        identity.audit(tx, who, "cards.reopen", id_, {"site": site_id})
        return _lift(tx, closure, now())

    return db.write(write)


def turn(db: Database, step: Step) -> None:
    """The step "reopen": a closure is over by itself."""
    db.write(_turn, step)


def _turn(tx: Tx, step: Step) -> None:
    if not steps.holds(tx, step):
        return
    closure = fleet.closure(tx, step.key)
    if closure is not None and closure.lifted_at is None:
        _lift(tx, closure, now())
    steps.finish(tx, step)


def _lift(tx: Tx, closure: Closure, at: datetime) -> Closure:
    fleet.move(tx, closure.lease, "void", at)
    fleet.lift(tx, closure.id, at)
    move_up_at(tx, closure.site, closure.lease, at)
    return replace(closure, lifted_at=at)


def _own(tx: Tx, who: Principal, site_id: str) -> Site:
    site = catalog.site(tx, site_id)
    if site is None or site.supplier != who.party:
        raise not_found("site", site_id)
    return site
