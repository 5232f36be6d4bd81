"""One purchase through all the rooms, with a real program on a real site: what it did, what it cost, what was left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from suanshi.catalog.offer import Ask
from suanshi.fleet import store as fleet
from suanshi.flows import buy, follow, quote, retention
from suanshi.flows.buy import Purchase
from suanshi.kit import clock, ids
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal
from suanshi.ledger import books
from suanshi.ledger import store as ledger
from suanshi.orders.lifecycle import OrderState, Outcome
from suanshi.orders.order import Job
from suanshi.settlement import store as settlement


def script(text: str, **options) -> Job:  # type: ignore[no-untyped-def]
    return Job("python", script=text, **options)


def test_a_job_runs_its_result_comes_back_and_the_bill_is_to_the_second(town) -> None:  # type: ignore[no-untyped-def]
    text = (
        "import os, time, pathlib\nprint(open('数据.txt').read())\ntime.sleep(2)\n"
        "pathlib.Path(os.environ['SUANSHI_OUTPUT'], 'r.txt').write_text('42')"
    )
    before = town.db.read(ledger.wallet_of, town.buyer.party)
    order = town.settled(town.buy(script(text), inputs={"数据.txt": "你好".encode()}))
    assert (order.state, order.outcome, order.exit_code) == (OrderState.SETTLED, Outcome.SUCCEEDED, 0)
    assert "你好" in town.log(order)
    assert follow.read_file(town.db, town.house.engines, town.buyer, order.id, "r.txt", 0, 100) == b"42"
    seconds = -(-(order.ended_at - order.started_at).total_seconds() // 1)
    assert 2 <= seconds <= 60
    assert order.charged_micro == seconds * 100_000  # 360 yuan an hour is a tenth of a yuan a second
    after = town.db.read(ledger.wallet_of, town.buyer.party)
    assert before.balance - after.balance == Money(order.charged_micro)
    assert after.held == before.held
    bill = town.db.read(settlement.bill_of, order.id)
    assert bill.total == Money(order.charged_micro)
    assert bill.got("operator") == Money(order.charged_micro * 8 // 100)
    assert town.db.read(books.proof).ok
    assert order.lease not in town.db.read(fleet.ongoing, order.quote.site)


@pytest.mark.parametrize(
    ("text", "options", "outcome"),
    [
        ("raise SystemExit(7)", {}, Outcome.FAILED),
        ("x = []\nwhile True: x.append(bytearray(10_000_000))", {}, Outcome.OUT_OF_MEMORY),
        ("import time\ntime.sleep(600)", {"seconds": 3}, Outcome.TIME_LIMIT),
        ("import time\ntime.sleep(600)", {"spend_limit_micro": 300_000}, Outcome.SPEND_LIMIT),
    ],
)
def test_each_end_has_its_name_and_what_ran_is_paid(town, text, options, outcome) -> None:  # type: ignore[no-untyped-def]
    order = town.settled(town.buy(script(text, **options), seconds=50))
    assert (order.state, order.outcome) == (OrderState.SETTLED, outcome)
    assert 0 < order.charged_micro <= order.quote.most_micro
    if "spend_limit_micro" in options:
        assert order.charged_micro <= options["spend_limit_micro"]


def test_a_start_that_fails_costs_nothing(town) -> None:  # type: ignore[no-untyped-def]
    before = town.db.read(ledger.wallet_of, town.buyer.party)
    order = town.settled(town.buy(Job("python", argv=("/no/such/program",))))
    assert (order.state, order.outcome, order.charged_micro) == (OrderState.REFUSED, Outcome.FAILED_TO_START, 0)
    assert town.db.read(ledger.wallet_of, town.buyer.party) == before


def test_cancelling_a_running_order_ends_it_and_twice_is_once(town) -> None:  # type: ignore[no-untyped-def]
    order = town.until(town.buy(script("import time\ntime.sleep(600)")), OrderState.RUNNING)
    for _ in range(2):
        buy.cancel(town.db, town.buyer, order.id)
    ended = town.settled(order)
    assert (ended.state, ended.outcome) == (OrderState.SETTLED, Outcome.CANCELLED)
    assert ended.charged_micro < ended.quote.most_micro


def test_the_same_wish_twice_is_one_order_and_another_under_its_key_is_refused(town) -> None:  # type: ignore[no-untyped-def]
    made = quote.quote(town.db, town.house.seats, town.buyer, Ask(town.offer.id, 1, 30, 500))
    wish = Purchase(ids.new("key"), made.id, script("print(1)"), {})
    first = buy.purchase(town.db, town.house.seats, town.buyer, wish)
    again = buy.purchase(town.db, town.house.seats, town.buyer, wish)
    assert first.id == again.id
    with pytest.raises(Refusal, match="idempotency-conflict"):
        buy.purchase(town.db, town.house.seats, town.buyer, Purchase(wish.key, made.id, script("print(2)"), {}))
    with pytest.raises(Refusal, match="quote-used"):
        buy.purchase(town.db, town.house.seats, town.buyer, Purchase(ids.new("key"), made.id, wish.job, {}))
    town.settled(first)


def test_an_idle_program_is_stopped(town) -> None:  # type: ignore[no-untyped-def]
    order = town.settled(town.buy(script("import time\ntime.sleep(600)", idle_seconds=12)))
    assert order.outcome is Outcome.IDLE


def test_an_empty_wallet_buys_nothing_and_is_told_how_much_is_missing(town) -> None:  # type: ignore[no-untyped-def]
    from suanshi.identity.party import PartyKind

    poor = town.join(PartyKind.BUYER, "穷学生")
    town.pay_in(poor, "1")
    with pytest.raises(Refusal, match=r"wallet-empty.*5 CNY is missing"):
        town.buy(script("print(1)"), seconds=60, who=poor)
    assert follow.bought(town.db, poor, None, None, 10).items == ()


def test_results_are_removed_after_their_time_and_not_before(town, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    order = town.settled(town.buy(script("print('kept')")))
    site, engine = order.quote.site, town.house.local
    assert retention.remove_expired(town.db, site, engine) == 0
    assert "kept" in town.log(order)
    monkeypatch.setattr(retention, "now", lambda: clock.now() + retention.KEPT + timedelta(seconds=1))
    while retention.remove_expired(town.db, site, engine):
        pass
    assert town.log(order) == ""
    assert retention.kept_until(order) == order.ended_at + retention.KEPT
