"""Cards closed by their supplier: nothing is sold over a closure, what has not begun makes way, and what runs is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.flows.conftest import MODEL, Town

from suanshi.catalog.offer import Ask
from suanshi.catalog.when import When
from suanshi.fleet import store as fleet
from suanshi.fleet.closure import Closure, ClosureKind
from suanshi.flows import buy, closing, quote
from suanshi.flows.buy import Purchase
from suanshi.flows.seats import Seats
from suanshi.identity.party import PartyKind
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.refusal import Refusal
from suanshi.orders.lifecycle import OrderState, Outcome
from suanshi.orders.order import Job, Order

QUICK = Job("python", script="print('done')")
LONG = Job("python", script="import time; time.sleep(600)")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", autouse=True)
def money(town: Town) -> None:
    town.pay_in(town.buyer, "100000")


def order(town: Town, cards: int, seconds: int, when: When, job: Job = QUICK, seats: Seats | None = None) -> Order:
    seats = seats or town.house.seats
    made = quote.quote(town.db, seats, town.buyer, Ask(town.offer.id, cards, seconds, when=when))
    return buy.purchase(town.db, seats, town.buyer, Purchase(ids.new("key"), made.id, job, {}))


def draft(town: Town, cards: int, begins: timedelta, lasts: timedelta) -> Closure:
    start = now() + begins
    return Closure("", town.offer.site, MODEL, cards, ClosureKind.MAINTENANCE, "换风扇", start, start + lasts, "")


def cancelled(town: Town, *bought: Order) -> None:
    for one in bought:
        buy.cancel(town.db, town.buyer, one.id)
        town.settled(one)


def reopened(town: Town, *closures: Closure) -> None:
    for one in closures:
        assert closing.reopen(town.db, town.supplier, one.site, one.id).lifted_at is not None


def test_nothing_is_sold_over_a_closure_even_from_an_old_picture(town: Town) -> None:
    old = Seats()
    warm = [order(town, 1, 60, When(), seats=old) for _ in range(2)]
    for one in warm:
        town.settled(one)
    (closed,) = closing.close(town.db, town.supplier, draft(town, 2, timedelta(minutes=5), HOUR))
    for seats in (old, Seats()):
        with pytest.raises(Refusal, match=r"no-capacity|card-taken"):
            order(town, 1, 600, When(), seats=seats)
    with pytest.raises(Refusal, match="no-room-then"):
        order(town, 1, 600, When(start=closed.start + timedelta(minutes=10)))
    after = order(town, 2, 600, When(start=closed.end))
    assert town.db.read(fleet.overlaps) == []
    assert closing.closures(town.db, town.supplier, closed.site) == [closed]
    cancelled(town, after)
    reopened(town, closed)
    reopened(town, closed)
    assert closing.closures(town.db, town.supplier, closed.site) == []
    assert town.settled(order(town, 1, 60, When(), seats=old)).outcome is Outcome.SUCCEEDED


def test_a_booking_goes_to_another_card_and_keeps_its_time(town: Town) -> None:
    base = now() + 2 * HOUR
    first = order(town, 1, 3600, When(start=base))
    second = order(town, 1, 3600, When(start=base + timedelta(minutes=70)))
    (closed,) = closing.close(town.db, town.supplier, draft(town, 1, 2 * HOUR - timedelta(minutes=30), 4 * HOUR))
    for one in (first, second):
        lease = town.db.read(fleet.get, one.lease)
        assert lease is not None
        assert lease.start == one.starts_at
    assert town.db.read(fleet.overlaps) == []
    cancelled(town, first, second)
    reopened(town, closed)


def test_running_work_is_in_the_way_and_is_named(town: Town) -> None:
    running = order(town, 1, 1800, When(), LONG)
    town.until(running, OrderState.RUNNING)
    with pytest.raises(Refusal, match="no-room-then") as no:
        closing.close(town.db, town.supplier, draft(town, 2, timedelta(minutes=1), HOUR))
    assert any(running.id in reason.en for reason in no.value.reasons)
    assert closing.closures(town.db, town.supplier, town.offer.site) == []
    cancelled(town, running)


def test_power_is_short_at_the_same_hours_of_several_days(town: Town) -> None:
    made = closing.close(town.db, town.supplier, draft(town, 1, 20 * HOUR, 4 * HOUR), days=3)
    assert [one.start - made[0].start for one in made] == [timedelta(days=n) for n in range(3)]
    with pytest.raises(Refusal, match="no-room-then"):
        order(town, 2, 600, When(start=made[1].start + HOUR))
    one = order(town, 1, 600, When(start=made[1].start + HOUR))
    cancelled(town, one)
    reopened(town, *made)


def test_a_closure_ends_by_itself_and_the_queue_moves_up_when_it_is_lifted(town: Town) -> None:
    (closed,) = closing.close(town.db, town.supplier, draft(town, 2, timedelta(0), 3 * HOUR))
    queued = order(town, 1, 60, When(start_by=now() + 9 * HOUR))
    assert queued.starts_at is not None
    assert queued.starts_at >= closed.end
    reopened(town, closed)
    assert town.settled(queued).outcome is Outcome.SUCCEEDED


@pytest.mark.parametrize(
    ("cards", "begins", "lasts", "days", "field"),
    [
        (0, HOUR, HOUR, 1, "cards"),
        (3, HOUR, HOUR, 1, "cards"),
        (1, HOUR, timedelta(minutes=4), 1, "end"),
        (1, -2 * HOUR, HOUR, 1, "end"),
        (1, HOUR, timedelta(days=400), 1, "end"),
        (1, HOUR, timedelta(days=2), 2, "days"),
    ],
)
def test_closures_that_cannot_be(town: Town, cards: int, begins: timedelta, lasts: timedelta, days: int, field: str) -> None:
    with pytest.raises(Refusal) as no:
        closing.close(town.db, town.supplier, draft(town, cards, begins, lasts), days)
    assert no.value.where == field


def test_only_the_sites_own_supplier_closes_it(town: Town) -> None:
    stranger = town.join(PartyKind.SUPPLIER, "别家")
    with pytest.raises(Refusal, match="not-found"):
        closing.close(town.db, stranger, draft(town, 1, HOUR, HOUR))
    with pytest.raises(Refusal, match="not-found"):
        closing.closures(town.db, stranger, town.offer.site)
