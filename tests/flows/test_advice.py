"""Advice out of the live market: plans that can be ordered, promises kept beside runs, probes that correct what follows."""

from __future__ import annotations

from typing import Any

import pytest

from suanshi.advice.wishes import Wishes
from suanshi.advice.workload import OtherDeepLearning
from suanshi.catalog.offer import Ask
from suanshi.flows import advise, buy, promise, quote
from suanshi.flows.advise import Said
from suanshi.flows.buy import Purchase
from suanshi.kit import ids
from suanshi.kit.refusal import Refusal
from suanshi.orders import store as orders
from suanshi.orders.lifecycle import Outcome
from suanshi.orders.order import Job

NETWORK = OtherDeepLearning("mlp", gflop=0.05, samples=20_000, training=True, precision="fp32")


def test_words_lead_to_plans_that_can_be_quoted_as_they_stand(town: Any) -> None:
    answer = advise.advise(town.db, advise.heard("我想用两万张图片训练一个分类器"))
    assert answer.advice is not None
    assert answer.advice.plans
    assert answer.said.assumptions
    for plan in answer.advice.plans:
        ask = Ask(plan.offer, plan.cards, round(plan.wall_hi_seconds), plan.share_milli)
        made = quote.quote(town.db, town.house.seats, town.buyer, ask)
        assert made.most_micro >= plan.price_micro


def test_what_is_not_understood_is_asked_and_nothing_is_guessed(town: Any) -> None:
    answer = advise.advise(town.db, advise.heard("你好"))
    assert answer.advice is None
    assert any(question.blocking for question in answer.said.questions)
    with pytest.raises(Refusal, match="invalid"):
        _ = answer.said.clear


def test_a_budget_of_nothing_leaves_a_reason_for_every_offer(town: Any) -> None:
    answer = advise.advise(town.db, Said(NETWORK, Wishes(budget_micro=1)))
    assert answer.advice is not None
    assert answer.advice.plans == ()
    assert {v.outcome for v in answer.advice.verdicts} == {"rejected"}
    assert answer.advice.notes


def test_a_promise_stands_beside_what_the_run_showed(town: Any) -> None:
    ask = Ask(town.offer.id, 1, 600)
    promised = promise.promise(town.db, NETWORK, ask)
    made = quote.quote(town.db, town.house.seats, town.buyer, ask)
    job = Job("python", script="import time\ntime.sleep(1)")
    order = buy.purchase(town.db, town.house.seats, town.buyer, Purchase(ids.new("key"), made.id, job, {}, promised))
    order = town.settled(order)
    kept = town.db.read(orders.promise_of, order.id)
    assert kept.promised == promised.promised
    assert kept.measured == pytest.approx((order.ended_at - order.started_at).total_seconds())
    card = next(a for a in advise.accuracy_of_promises(town.db) if a.accelerator == kept.accelerator)
    assert card.runs >= 1
    # A buyer's own program may be anything: it is shown, and corrects nothing.
    assert town.db.read(advise.corrections) == []


def test_a_probe_measures_and_moves_the_next_estimate_towards_what_it_saw(town: Any) -> None:
    ask = Ask(town.offer.id, 1, promise.PROBE_SECONDS)
    job, promised = promise.probe(town.db, NETWORK, ask)
    made = quote.quote(town.db, town.house.seats, town.buyer, ask)
    order = buy.purchase(town.db, town.house.seats, town.buyer, Purchase(ids.new("key"), made.id, job, {}, promised))
    order = town.settled(order)
    assert order.outcome is Outcome.SUCCEEDED, (order.detail, town.log(order))
    kept = town.db.read(orders.promise_of, order.id)
    assert kept.measured > 0
    assert f"{kept.measured:.3g} samples/s" in town.log(order)
    _, after = promise.probe(town.db, NETWORK, ask)
    # One probe moves it a third of the way (in the logarithm), never past what was measured.
    low, high = sorted((promised.promised, kept.measured))
    assert low <= after.promised <= high
    if abs(kept.measured / promised.promised - 1) > 0.01:
        assert after.promised != promised.promised


def test_a_language_model_has_no_probe_yet_and_is_told_what_to_do(town: Any) -> None:
    said = advise.heard("用7B模型做LoRA微调，两万条数据")
    with pytest.raises(Refusal) as refused:
        promise.probe(town.db, said.clear, Ask(town.offer.id, 1, 60))
    assert refused.value.code in ("no-probe", "invalid")
