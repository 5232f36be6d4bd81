"""Idle work leaves for work that pays in full: it is told, saves, pays for its use; and the card is really the other's."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from suanshi.catalog.offer import Ask
from suanshi.catalog.when import AT_ONCE, When
from suanshi.db import events, steps
from suanshi.fleet import store as fleet
from suanshi.fleet.lifecycle import LeaseState
from suanshi.flows import buy, follow, market, quote, resume, run
from suanshi.flows.buy import Purchase
from suanshi.identity.party import PartyKind
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.refusal import Refusal
from suanshi.ledger import books
from suanshi.orders import store as orders
from suanshi.orders.lifecycle import OrderState, Outcome
from suanshi.orders.order import Job, Order, Quote
from suanshi.settlement import store as settlement

TOLD = timedelta(seconds=8)
IDLE = 180_000_000  # half the list price of 360 yuan an hour

WAITS = "import time\nprint('up', flush=True)\ntime.sleep(600)"
SAVES = """
import os, signal, time
from pathlib import Path
saved, came = Path(os.environ["SUANSHI_OUTPUT"], "step"), Path("carried/step")
step = int(came.read_text()) if came.exists() else 0
print("begins at", step, flush=True)
def save(*_):
    saved.write_text(str(step + 1000))
    print("told", Path(os.environ["SUANSHI_NOTICE"]).read_text().split()[0], flush=True)
signal.signal(signal.SIGTERM, save)
if step: print("goes on"); raise SystemExit(0)
while True: time.sleep(0.1); step += 1
"""


def job(text: str, **options: Any) -> Job:
    return Job("python", script=text, **{"idle_seconds": 0, **options})


@pytest.fixture
def cheap(town: Any) -> Any:
    """The town with an idle price, and nobody on its cards."""
    market.change_offer(town.db, town.supplier, town.offer.id, None, None, IDLE)
    yield town
    for site in town.house.local_sites():
        for held in town.db.read(fleet.held, site):
            buy.cancel(town.db, town.buyer, held.order)
            town.settled(town.db.read(orders.get, held.order))
    assert list(town.db.read(fleet.overlaps)) == []
    assert town.db.read(books.proof).ok


def quoted(town: Any, seconds: int, cards: int = 1, share: int = 1000, when: When = AT_ONCE, idle: bool = False) -> Quote:
    ask = Ask(town.offer.id, cards, seconds, share, when, idle)
    return quote.quote(town.db, town.house.seats, town.buyer, ask, TOLD)


def bought(town: Any, what: Job, made: Quote, inputs: dict[str, bytes] | None = None) -> Order:
    return buy.purchase(town.db, town.house.seats, town.buyer, Purchase(ids.new("key"), made.id, what, inputs or {}), TOLD)


def wait(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def idle(town: Any, text: str = WAITS, seconds: int = 500, cards: int = 1, share: int = 1000, **options: Any) -> Order:
    """An idle run, up and running."""
    order = bought(town, job(text, **options), quoted(town, seconds, cards, share, idle=True))
    return town.until(order, OrderState.RUNNING)


def test_idle_work_is_told_saves_leaves_and_pays_for_its_use_alone_while_the_firm_order_runs_on_its_card(cheap: Any) -> None:
    other, first = idle(cheap, cards=1, seconds=200), idle(cheap, SAVES)
    assert first.quote.price_micro == IDLE
    made = quoted(cheap, 300)
    assert made.after_notice
    assert made.starts_at == made.created_at + TOLD
    assert made.price_micro == 2 * IDLE
    assert cheap.db.read(orders.get, first.id).preempt_at is None  # a quote sends nobody away
    firm = bought(cheap, job("print('mine')"), made)
    gone = next(found for found in (cheap.db.read(orders.get, one.id) for one in (other, first)) if found.preempt_at)
    stays = other if gone.id == first.id else first
    assert gone.preempt_at == firm.starts_at == cheap.db.read(fleet.get, gone.lease).end
    assert not firm.quote.flexible
    cards = {piece.card for piece in cheap.db.read(fleet.get, gone.lease).pieces}
    assert {piece.card for piece in cheap.db.read(fleet.get, firm.lease).pieces} == cards
    done, left = cheap.settled(firm), cheap.settled(gone)
    assert (done.outcome, left.outcome, left.state) == (Outcome.SUCCEEDED, Outcome.PREEMPTED, OrderState.SETTLED)
    assert left.ended_at <= done.started_at
    assert "mine" in cheap.log(done)
    assert cheap.db.read(orders.get, stays.id).state is OrderState.RUNNING
    bill = cheap.db.read(settlement.bill_of, left.id)
    assert bill.outcome == "preempted"
    assert left.charged_micro == -(-(left.ended_at - left.started_at) // timedelta(seconds=1)) * IDLE // 3600
    happened = [event.kind for event in cheap.db.read(events.since, gone.id)]
    assert happened == ["booked", "start", "notice", "end", "settle"]


def test_a_checkpoint_written_on_notice_comes_back(cheap: Any) -> None:
    order = idle(cheap, SAVES, cards=1)
    idle(cheap, seconds=100)
    firm = bought(cheap, job("print(1)"), quoted(cheap, 400, cards=2))
    gone = cheap.settled(order)
    assert gone.outcome is Outcome.PREEMPTED
    assert "told" in cheap.log(order)
    saved = follow.read_file(cheap.db, cheap.house.engines, cheap.buyer, order.id, "step", 0, 100)
    assert int(saved) >= 1000
    cheap.settled(firm)


def test_a_run_too_short_for_the_minimum_pays_no_minimum_when_it_had_to_leave(cheap: Any) -> None:
    minimum = 500_000_000
    site = next(iter(cheap.house.local_sites()))
    draft = replace(cheap.offer, title="起收高", minimum_micro=minimum, idle_price_micro=IDLE)
    dear = market.list_offer(cheap.db, cheap.supplier, draft)
    made = quote.quote(cheap.db, cheap.house.seats, cheap.buyer, Ask(dear.offer.id, 2, 60, preemptible=True), TOLD)
    assert made.most_micro == minimum
    run_ = cheap.until(bought(cheap, job(WAITS), made), OrderState.RUNNING)
    assert run_.quote.site == site
    firm = bought(cheap, job("print(1)"), quoted(cheap, 400))
    left = cheap.settled(run_)
    assert left.outcome is Outcome.PREEMPTED
    assert 0 < left.charged_micro < minimum
    cheap.settled(firm)
    market.change_offer(cheap.db, cheap.supplier, dear.offer.id, market.OfferState.WITHDRAWN, None)


def test_firm_orders_never_leave_and_nobody_leaves_for_idle_work(cheap: Any) -> None:
    firm = [cheap.until(bought(cheap, job(WAITS), quoted(cheap, 300)), OrderState.RUNNING) for _ in range(2)]
    with pytest.raises(Refusal, match="no-capacity") as no:
        quoted(cheap, 60)
    assert any("no idle work that could leave" in reason.en for reason in no.value.reasons)
    for order in firm[:1]:
        buy.cancel(cheap.db, cheap.buyer, order.id)
        cheap.settled(order)
    idle(cheap)
    with pytest.raises(Refusal, match="no-capacity"):
        quoted(cheap, 60, idle=True)


def test_nobody_leaves_where_there_is_room_elsewhere(cheap: Any) -> None:
    order = idle(cheap)
    firm = cheap.settled(bought(cheap, job("print(1)"), quoted(cheap, 300)))
    assert firm.starts_at is None
    assert cheap.db.read(orders.get, order.id).preempt_at is None


def test_a_purchase_that_brings_less_than_the_others_lose_is_refused_and_says_so(cheap: Any) -> None:
    idle(cheap, cards=2)
    with pytest.raises(Refusal, match="no-capacity") as no:
        quoted(cheap, 5)
    assert any("loses" in reason.en and "of this order" in reason.en for reason in no.value.reasons)
    assert quoted(cheap, 400).after_notice


def test_told_twice_is_told_once_and_the_sooner_moment_counts(cheap: Any) -> None:
    order = idle(cheap, SAVES, cards=2)
    at = now()
    later, sooner = at + timedelta(seconds=30), at + timedelta(seconds=6)
    for moment in (later, sooner, later, sooner):
        cheap.db.write(orders.give_notice, order.id, moment, at)
    assert cheap.db.read(orders.get, order.id).preempt_at == sooner
    assert [event.kind for event in cheap.db.read(events.since, order.id)].count("notice") == 2
    left = cheap.settled(order)
    assert left.outcome is Outcome.PREEMPTED
    assert cheap.log(order).count("told") == 1


def test_a_booking_ahead_in_full_ends_idle_work_only_when_it_begins(cheap: Any) -> None:
    order = idle(cheap, cards=2, seconds=900)
    start = now() + timedelta(seconds=15)
    made = quoted(cheap, 300, cards=2, when=When(start=start))
    assert (made.starts_at, made.after_notice) == (start, False)
    firm = bought(cheap, job("print('on time')"), made)
    assert cheap.db.read(orders.get, order.id).preempt_at == start
    done = cheap.settled(firm)
    assert done.outcome is Outcome.SUCCEEDED
    assert start <= done.started_at
    assert cheap.settled(order).ended_at <= done.started_at


def test_an_idle_booking_that_has_not_begun_gives_way_for_nothing(cheap: Any) -> None:
    start = now() + timedelta(seconds=600)
    booked = bought(cheap, job(WAITS), quoted(cheap, 300, cards=2, when=When(start=start), idle=True))
    firm = bought(cheap, job("print(1)"), quoted(cheap, 600, cards=2, when=When(start=start - timedelta(seconds=60))))
    left = cheap.settled(booked)
    assert (left.state, left.outcome, left.charged_micro) == (OrderState.REFUSED, Outcome.PREEMPTED, 0)
    assert cheap.db.read(fleet.get, left.lease).state is LeaseState.VOID
    buy.cancel(cheap.db, cheap.buyer, firm.id)


def test_slices_leave_for_a_slice_and_only_as_many_as_must(cheap: Any) -> None:
    whole = idle(cheap, seconds=900)
    slices = [idle(cheap, seconds=900, share=500) for _ in range(2)]
    firm = bought(cheap, job("print(1)"), quoted(cheap, 400, share=300))
    told = [one for one in (whole, *slices) if cheap.db.read(orders.get, one.id).preempt_at]
    assert len(told) == 1
    assert told[0].quote.share_milli == 500
    assert cheap.settled(firm).outcome is Outcome.SUCCEEDED


def test_a_worker_killed_between_notice_and_stop_changes_nothing(cheap: Any) -> None:
    """The claim is taken away from the worker at random moments; whoever comes next goes on from what stands there."""
    order = idle(cheap, SAVES, cards=2)
    firm = bought(cheap, job("print('mine')"), quoted(cheap, 400, cards=2))
    stop, chance = threading.Event(), random.Random(7)

    def robber() -> None:
        while not stop.wait(chance.random() * 0.4):
            late = now() + timedelta(seconds=1)
            for step in cheap.db.write(steps.claim, (run.STEP,), late, 2, 1):
                run.turn(cheap.db, cheap.house.engines, step) if chance.random() < 0.3 else None
                cheap.db.write(steps.later, step, now())

    thread = threading.Thread(target=robber)
    thread.start()
    try:
        left, done = cheap.settled(order), cheap.settled(firm)
    finally:
        stop.set()
        thread.join()
    assert (left.outcome, done.outcome) == (Outcome.PREEMPTED, Outcome.SUCCEEDED)
    assert left.ended_at <= done.started_at
    assert cheap.log(order).count("told") == 1


def test_work_that_resumes_goes_on_from_its_checkpoint_within_what_it_bought(cheap: Any) -> None:
    order = idle(cheap, SAVES, cards=2, seconds=400, resume=True)
    firm = bought(cheap, job("print('mine')"), quoted(cheap, 60, cards=2))
    left = cheap.settled(order)
    assert left.outcome is Outcome.PREEMPTED
    assert cheap.settled(firm).outcome is Outcome.SUCCEEDED
    again = resumed(cheap, order)
    used = -(-(left.ended_at - left.started_at) // timedelta(seconds=1))
    assert again.quote.seconds == 400 - used
    assert again.quote.price_micro == IDLE
    assert left.charged_micro + again.quote.most_micro <= order.quote.most_micro
    assert again.quote.flexible
    assert again.quote.preemptible
    assert again.resumes == order.id
    assert cheap.db.read(orders.inputs, again.id)["carried/step"]
    ended = cheap.settled(again)
    assert ended.outcome is Outcome.SUCCEEDED
    said = cheap.log(ended)
    assert "goes on" in said
    assert int(said.split("begins at ")[1].split()[0]) >= 1000
    # Done again, it is the same one.
    found = resume.again(cheap.db, cheap.house.seats, cheap.house.local, left)
    same = cheap.db.read(orders.get, order.id)
    assert found.id == same.resumed_as == again.id
    assert len([o for o in follow.bought(cheap.db, cheap.buyer, None, None, 50).items if o.order.resumes == order.id]) == 1


def resumed(town: Any, order: Order) -> Order:
    wait(lambda: town.db.read(orders.get, order.id).resumed_as is not None)
    return town.db.read(orders.get, town.db.read(orders.get, order.id).resumed_as)


def test_what_cannot_be_bought_again_says_why(cheap: Any) -> None:
    order = idle(cheap, SAVES, cards=2, seconds=400, resume=True)
    firm = bought(cheap, job("print('mine')"), quoted(cheap, 60, cards=2))
    market.change_offer(cheap.db, cheap.supplier, cheap.offer.id, market.OfferState.PAUSED, None)
    try:
        cheap.settled(order)
        cheap.settled(firm)
        wait(lambda: "not-resumed" in [event.kind for event in cheap.db.read(events.since, order.id)])
        told = cheap.db.read(orders.get, order.id).detail
        assert "未能续排" in told
        assert "Not queued again" in told
        assert "cannot be bought now (paused)" in told
    finally:
        market.change_offer(cheap.db, cheap.supplier, cheap.offer.id, market.OfferState.LISTED, None)
    with pytest.raises(Refusal, match=r"job\.resume"):
        bought(cheap, job("print(1)", resume=True), quoted(cheap, 60))


def test_an_idle_price_stays_below_the_price(cheap: Any) -> None:
    offer = cheap.offer
    for price, idle_price in ((None, offer.price_micro), (IDLE, None), (None, 2**40)):
        with pytest.raises(Refusal, match="idle_price"):
            market.change_offer(cheap.db, cheap.supplier, offer.id, None, price, idle_price)
    assert market.change_offer(cheap.db, cheap.supplier, offer.id, None, None, 0).offer.idle_price_micro is None
    with pytest.raises(Refusal, match="preemptible"):
        quoted(cheap, 60, idle=True)


def test_many_buyers_at_once_never_share_a_card(cheap: Any) -> None:
    """Idle and firm purchases in any order from several threads: whatever is refused, no piece is held twice."""
    chance, errors = random.Random(11), list[BaseException]()
    rich = cheap.join(PartyKind.BUYER, "另一间实验室")
    cheap.pay_in(rich, "5000")

    def shop(seed: int) -> None:
        mine = random.Random(seed)
        for _ in range(12):
            try:
                cheap_one = mine.random() < 0.5
                ask = Ask(cheap.offer.id, 1, mine.randint(60, 900), mine.choice((250, 500, 1000, 1000)), AT_ONCE, cheap_one)
                made = quote.quote(cheap.db, cheap.house.seats, rich, ask, timedelta(seconds=3))
                text = "import time\ntime.sleep(2)" if cheap_one else "print(1)"
                wish = Purchase(ids.new("key"), made.id, job(text), {})
                order = buy.purchase(cheap.db, cheap.house.seats, rich, wish, timedelta(seconds=3))
                if mine.random() < 0.3:
                    buy.cancel(cheap.db, rich, order.id)
            except Refusal as refusal:
                if refusal.code not in ("no-capacity", "card-taken", "wallet-empty"):
                    errors.append(refusal)
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=shop, args=(chance.random(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert list(cheap.db.read(fleet.overlaps)) == []
        threads[0].join(0.2)
    assert errors == []
    for sale in follow.bought(cheap.db, rich, None, None, 100).items:
        if sale.order.state not in (OrderState.SETTLED, OrderState.REFUSED):
            buy.cancel(cheap.db, rich, sale.order.id)
    for sale in follow.bought(cheap.db, rich, None, None, 100).items:
        ended = _until_final(cheap, rich, sale.order.id)
        assert ended.outcome is not Outcome.PREEMPTED or ended.quote.preemptible
    assert list(cheap.db.read(fleet.overlaps)) == []


def _until_final(town: Any, who: Any, id_: str) -> Order:
    over = (OrderState.SETTLED, OrderState.REFUSED)
    wait(lambda: follow.order(town.db, who, id_).order.state in over)
    return follow.order(town.db, who, id_).order
