"""Booking ahead on a real site of two cores: work begins when it was promised, moves up when cards come free, and never later."""

from __future__ import annotations

import random
from datetime import timedelta

import httpx
import pytest
from tests.flows.conftest import Town

from suanshi.catalog.offer import Ask
from suanshi.catalog.when import AT_ONCE, When
from suanshi.db import events
from suanshi.fleet import store as fleet
from suanshi.flows import ahead, buy, join, quote, redispatch
from suanshi.flows.buy import Purchase
from suanshi.flows.seats import Seats
from suanshi.identity.party import PartyKind
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.refusal import Refusal
from suanshi.ledger import books
from suanshi.orders.lifecycle import OrderState, Outcome
from suanshi.orders.order import Job, Order

QUICK = Job("python", script="print('done')")
LONG = Job("python", script="import time; time.sleep(600)")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", autouse=True)
def money(town: Town) -> None:
    town.pay_in(town.buyer, "100000")


def order(town: Town, cards: int, seconds: int, when: When = AT_ONCE, job: Job = QUICK) -> Order:
    made = quote.quote(town.db, town.house.seats, town.buyer, Ask(town.offer.id, cards, seconds, when=when))
    return buy.purchase(town.db, town.house.seats, town.buyer, Purchase(ids.new("key"), made.id, job, {}))


def cancelled(town: Town, *bought: Order) -> None:
    for one in bought:
        buy.cancel(town.db, town.buyer, one.id)
    for one in bought:
        town.settled(one)


def test_a_firm_booking_begins_then_and_not_before(town: Town) -> None:
    start = now() + timedelta(seconds=4)
    booked = order(town, 2, 30, When(start=start))
    assert booked.starts_at == start
    done = town.settled(booked)
    assert done.outcome is Outcome.SUCCEEDED
    assert done.started_at is not None
    assert start <= done.started_at < start + timedelta(seconds=60)


def test_a_firm_booking_ends_on_time_though_its_program_runs_on(town: Town) -> None:
    start = now() + timedelta(seconds=2)
    done = town.settled(order(town, 1, 6, When(start=start), LONG))
    assert done.outcome is Outcome.TIME_LIMIT
    lease = town.db.read(fleet.get, done.lease)
    assert lease is not None
    assert lease.end == start + timedelta(seconds=6) + ahead.STOPPING
    assert done.ended_at is not None
    assert done.ended_at <= lease.end


def test_work_at_once_goes_before_a_booking_only_if_it_is_over_by_then(town: Town) -> None:
    start = now() + 2 * HOUR
    booked = order(town, 2, 600, When(start=start))
    assert town.settled(order(town, 2, 600)).outcome is Outcome.SUCCEEDED
    with pytest.raises(Refusal) as no:
        order(town, 1, 2 * 3600)
    assert no.value.code == "no-capacity"
    earliest = (start + timedelta(seconds=600) + ahead.STOPPING + 8 * HOUR).strftime("%Y-%m-%d %H:%M")
    assert any(earliest in reason.en for reason in no.value.reasons)
    cancelled(town, booked)


def test_a_booking_cancelled_before_it_begins_costs_nothing_and_frees_its_cards(town: Town) -> None:
    start = now() + HOUR
    booked = order(town, 2, 600, When(start=start))
    with pytest.raises(Refusal, match="no-room-then"):
        order(town, 1, 600, When(start=start))
    cancelled(town, booked)
    again = order(town, 2, 600, When(start=start))
    cancelled(town, again)
    for one in (booked, again):
        found = town.settled(one)
        assert (found.state, found.outcome, found.charged_micro) == (OrderState.REFUSED, Outcome.CANCELLED, 0)
    assert town.db.read(books.proof).ok


def test_bookings_follow_each_other_and_move_to_other_cards_when_only_that_makes_room(town: Town) -> None:
    base = now() + 3 * HOUR
    first = order(town, 1, 3600, When(start=base))
    second = order(town, 1, 3600, When(start=base + timedelta(minutes=30)))
    third = order(town, 1, 3600, When(start=base + timedelta(minutes=62)))
    both = order(town, 2, 600, When(start=base + timedelta(hours=3)))
    assert town.db.read(fleet.overlaps) == []
    with pytest.raises(Refusal, match="no-room-then"):
        order(town, 1, 600, When(start=base + timedelta(minutes=40)))
    cancelled(town, first, second, third, both)


def test_a_queued_order_moves_up_when_cards_come_free_and_really_runs(town: Town) -> None:
    running = order(town, 2, 1200, job=LONG)
    town.until(running, OrderState.RUNNING)
    queued = order(town, 1, 60, When(start_by=now() + 4 * HOUR))
    behind = order(town, 2, 60, When(start_by=now() + 4 * HOUR))
    assert queued.starts_at is not None
    assert behind.starts_at is not None
    assert now() + timedelta(minutes=15) < queued.starts_at < behind.starts_at
    cancelled(town, running)
    for one in (queued, behind):
        done = town.settled(one)
        assert done.outcome is Outcome.SUCCEEDED
        assert done.started_at is not None
        assert one.starts_at is not None
        assert done.started_at < one.starts_at
        kinds = [event.kind for event in town.db.read(events.since, one.id)]
        assert "brought-forward" in kinds


def test_moving_up_twice_or_with_nothing_free_changes_nothing(town: Town) -> None:
    firm = order(town, 2, 1800, When(start=now() + timedelta(minutes=5)))
    queued = order(town, 1, 1200, When(start_by=now() + 5 * HOUR))
    before = town.db.read(fleet.get, queued.lease)
    for _ in range(2):
        town.db.write(redispatch.move_up, town.offer.site, now())
    assert town.db.read(fleet.get, queued.lease) == before
    cancelled(town, firm, queued)


def test_any_sequence_of_purchases_and_cancellations_keeps_every_promise(town: Town) -> None:
    rich = town.join(PartyKind.BUYER, "很多订单")
    town.pay_in(rich, "100000")
    chance, alive = random.Random(7), list[Order]()
    pictures = (Seats(), Seats())

    def ask() -> Ask:
        when = chance.choice((When(start=now() + timedelta(minutes=chance.randint(30, 600))), When(start_by=now() + 9 * HOUR)))
        share = chance.choice((1000, 1000, 500))
        cards = 1 if share < 1000 else chance.randint(1, 2)
        return Ask(town.offer.id, cards, chance.randint(600, 7200), share, when)

    made = 0
    for _ in range(60):
        if alive and chance.random() < 0.35:
            buy.cancel(town.db, rich, alive.pop(chance.randrange(len(alive))).id)
        else:
            seats = chance.choice(pictures)
            try:
                quoted = quote.quote(town.db, seats, rich, ask())
                bought = buy.purchase(town.db, seats, rich, Purchase(ids.new("key"), quoted.id, QUICK, {}))
            except Refusal as refusal:
                assert refusal.code in ("no-room-then", "no-capacity")
                continue
            made += 1
            if not bought.quote.flexible:
                lease = town.db.read(fleet.get, bought.lease)
                assert lease is not None
                assert lease.start == bought.quote.starts_at
            alive.append(bought)
        assert town.db.read(fleet.overlaps) == []
        for one in alive:
            lease = town.db.read(fleet.get, one.lease)
            assert lease is not None
            assert one.starts_at is not None
            assert lease.start == one.starts_at or (one.quote.flexible and lease.start <= one.starts_at)
    assert made > 15
    for one in alive:
        buy.cancel(town.db, rich, one.id)


@pytest.mark.parametrize(
    ("times", "field"),
    [
        ({"start": "2020-01-01T00:00:00Z"}, "start"),
        ({"start": "2031-01-01T00:00:00Z"}, "start"),
        ({"start": "9999-12-31T23:59:59Z"}, "start"),
        ({"start": "2031-01-01T00:00:00"}, "start"),
        ({"start": "tomorrow"}, "start"),
        ({"start": "@soon", "start_by": "@soon"}, "start"),
        ({"finish_by": "@soon", "seconds": 86_400}, "finish_by"),
        ({"seconds": 60, "term": {"count": 1, "unit": "day"}}, "seconds"),
        ({"seconds": None}, "seconds"),
        ({"seconds": None, "term": {"count": 0, "unit": "day"}}, "term.count"),
        ({"seconds": None, "term": {"count": 1, "unit": "year"}}, "term.unit"),
    ],
)
def test_times_that_cannot_be_are_refused_by_name(town: Town, door: str, times: dict[str, object], field: str) -> None:
    soon = (now() + HOUR).isoformat()
    body = {"cards": 1, "seconds": 60, **{k: soon if v == "@soon" else v for k, v in times.items()}}
    answer = quoted(town, door, body)
    assert (answer.status_code, answer.json().get("where")) == (422, field), answer.text


def test_a_term_is_counted_in_calendar_units(town: Town, door: str) -> None:
    start = (now() + 200 * HOUR).isoformat()
    answer = quoted(town, door, {"cards": 1, "start": start, "term": {"count": 1, "unit": "week"}})
    assert answer.json()["seconds"] == 7 * 86_400
    assert answer.json()["starts_at"] is not None
    assert quoted(town, door, {"cards": 1, "start": start, "term": {"count": 1, "unit": "month"}}).json()["where"] == "seconds"


def quoted(town: Town, door: str, body: dict[str, object]) -> httpx.Response:
    session = join.register(town.db, PartyKind.BUYER, "x", f"{ids.new('m')}@example.com", "correct horse battery")
    headers = {"Accept-Language": "en", "Authorization": f"Bearer {session.token}"}
    with httpx.Client(base_url=f"{door}/api/v1", headers=headers, timeout=60) as client:
        return client.post("/quotes", json={"offer_id": town.offer.id, **body})
