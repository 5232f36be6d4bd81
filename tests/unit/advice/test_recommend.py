"""Plans out of live offers: none is beaten, none breaks a wish, and every offer is accounted for."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.advice.alternatives import TokenPrice, published_token_prices
from suanshi.advice.estimate import Estimate
from suanshi.advice.frame import Estimator, Shape, frame, size
from suanshi.advice.front import Aims, beats, front
from suanshi.advice.market import SPOT_ALLOWANCE, MarketOffer, price, stretched, voucher
from suanshi.advice.model import find
from suanshi.advice.plan import Plan
from suanshi.advice.probe import Correction
from suanshi.advice.recommend import recommend
from suanshi.advice.wishes import Wishes
from suanshi.advice.words import parse
from suanshi.advice.workload import Batch, Embeddings, Hpc, OtherDeepLearning, Resource, Serving, Training, Workload
from suanshi.catalog.accelerator import accelerators

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
TUNING = Training(find("llama2-7b"), "lora", 3e7, seq_len=2048)
CHAT = Serving(find("qwen3-8b"), isl=500, osl=300, requests_per_day=20_000, tpot_ms=200, ttft_ms=5000)
CARDS = ["rtx4090", "a100-sxm-80g", "h100-sxm-80g", "ascend-910b3", "hygon-k100-ai", "t4", "cpu-core-x86", "no-such-card"]
REGIONS = ["安徽芜湖", "Qingyang, Gansu", "beijing"]


@st.composite
def markets(draw: st.DrawFn) -> list[MarketOffer]:
    """Up to a dozen offers of a few cards, cheap and dear, full and empty."""
    offers = []
    for number in range(draw(st.integers(0, 12))):
        full = draw(st.integers(200_000, 30_000_000))
        offers.append(
            MarketOffer(
                id=f"off_{number}",
                supplier=f"par_{number % 3}",
                site=f"site_{number % 4}",
                region=draw(st.sampled_from(REGIONS)),
                accelerator=draw(st.sampled_from(CARDS)),
                price_micro=full,
                free_cards=draw(st.sampled_from([0, 1, 2, 6, 8, 32])),
                off_peak_micro=draw(st.none() | st.just(full // 2)),
                off_peak_from=draw(st.integers(0, 23)),
                spot_micro=draw(st.none() | st.just(full // 3)),
                minimum_micro=draw(st.sampled_from([0, 500_000])),
                available_from=draw(st.none() | st.just(NOW + timedelta(hours=30))),
                max_seconds=draw(st.sampled_from([3600, 30 * 86400])),
                share_milli=draw(st.sampled_from([1000, 250])),
                memory_gib=4.0,
                pue_milli=draw(st.integers(1100, 1900)),
                green_bp=draw(st.integers(0, 10_000)),
                voucher_micro=draw(st.sampled_from([0, 3_000_000])),
                voucher_bp=draw(st.sampled_from([3000, 10_000])),
            )
        )
    return offers


WORK = st.sampled_from(
    [TUNING, CHAT, OtherDeepLearning("resnet50", 8.2, 6e5, training=True, parameters=25.6e6), replace(TUNING, tokens=3e9)]
)
WISHES = st.builds(
    Wishes,
    budget_micro=st.none() | st.integers(0, 500_000_000),
    budget_per=st.sampled_from(["", "hour", "month"]),
    deadline=st.none() | st.integers(-2, 200).map(lambda h: NOW + timedelta(hours=h)),
    cards=st.none() | st.sampled_from([1, 2, 8]),
    domestic_only=st.booleans(),
    regions=st.sampled_from([(), ("安徽",), ("gansu",)]),
    not_regions=st.sampled_from([(), ("北京",)]),
    prefer=st.sampled_from(["balanced", "cheapest", "fastest", "greenest"]),
    interruptible=st.booleans(),
    whole_cards=st.booleans(),
)


class Recorder:
    """Passes questions on and remembers the hardware that was asked about."""

    def __init__(self, estimator: Estimator) -> None:
        self.estimator, self.seen = estimator, set()

    def __call__(self, work: Workload, resource: Resource) -> Estimate:
        self.seen.add((resource.card.id, resource.cards, round(resource.share * 1000)))
        return self.estimator(work, resource)


def everything(work: Workload, wishes: Wishes, offers: list[MarketOffer], estimator: Estimator):
    """Every admissible option of a market by plain enumeration: (offer, cards, milli, term, aims)."""
    framed = frame(work, wishes)
    for offer in offers:
        if offer.accelerator not in accelerators() or (wishes.domestic_only and not accelerators()[offer.accelerator].domestic):
            continue
        shapes = [(2**i, 1000) for i in range(8) if 2**i <= min(offer.free_cards, offer.max_cards)]
        shapes += [(1, 250), (1, 500)] if offer.share_milli == 250 and offer.free_cards else []
        for cards, milli in shapes:
            sized = size(framed, Shape(offer.accelerator, cards, milli, offer.memory_gib), estimator)
            for term, hourly in offer.terms():
                if sized.failure or (term != "on_demand" and framed.endless):
                    continue
                paid = sized.seconds * (SPOT_ALLOWANCE if term == "spot" else 1)
                cost = price(offer, hourly, cards * milli, paid)
                wait = (offer.start(NOW, term) - NOW).total_seconds()
                if not framed.endless and stretched(offer, term, sized.seconds) > offer.max_seconds:
                    continue
                yield offer, cards, milli, cost - voucher(offer, cost), wait + stretched(offer, term, sized.seconds)


def aims(plan: Plan) -> Aims:
    time = plan.tpot_ms if plan.endless else (plan.finish - NOW).total_seconds()
    return (plan.pay_micro, time or 0.0, plan.kwh, plan.co2_kg)


@given(markets(), WORK, WISHES)
@settings(deadline=None, max_examples=120)
def test_plans_keep_every_wish_and_can_be_ordered(estimator, offers, work, wishes) -> None:
    advice = recommend(work, wishes, offers, now=NOW, estimator=estimator)
    by_id = {offer.id: offer for offer in offers}
    assert len(advice.plans) <= 6
    for plan in advice.plans:
        offer = by_id[plan.offer]
        card = accelerators()[plan.accelerator]
        assert plan.cards <= min(offer.free_cards, offer.max_cards)
        assert plan.share_milli == 1000 or (plan.cards == 1 and plan.share_milli % offer.share_milli == 0)
        assert plan.term in dict(offer.terms())
        assert plan.pay_micro == plan.price_micro - plan.voucher_micro
        assert 0 <= plan.voucher_micro <= offer.voucher_micro
        assert plan.price_micro <= plan.price_hi_micro
        assert plan.wall_lo_seconds <= plan.wall_seconds <= plan.wall_hi_seconds
        assert plan.start >= (offer.available_from or NOW)
        assert not (wishes.domestic_only and not card.domestic)
        assert wishes.cards in (None, plan.cards)
        assert not (wishes.whole_cards and plan.share_milli < 1000)
        assert wishes.interruptible or plan.term == "on_demand"
        assert not wishes.not_regions or plan.region != "beijing"
        if wishes.regions:
            assert {"安徽": "安徽芜湖", "gansu": "Qingyang, Gansu"}[wishes.regions[0]] == plan.region
        if wishes.budget_micro is not None and not wishes.budget_per:
            assert plan.pay_micro <= wishes.budget_micro
        if wishes.deadline is not None and not plan.endless:
            assert plan.finish <= wishes.deadline + timedelta(seconds=1)


@given(markets(), WORK, WISHES)
@settings(deadline=None, max_examples=100)
def test_no_plan_is_beaten_by_another_but_a_domestic_one_by_foreign_cards(estimator, offers, work, wishes) -> None:
    plans = recommend(work, wishes, offers, now=NOW, estimator=estimator).plans
    for plan in plans:
        for other in plans:
            if beats(aims(other), aims(plan)):
                assert plan.labels == ("domestic",)
                assert not other.domestic


@given(markets(), st.sampled_from([TUNING, replace(TUNING, tokens=3e9)]))
@settings(deadline=None, max_examples=80)
def test_nothing_in_the_market_is_much_cheaper_or_faster(estimator, offers, work) -> None:
    advice = recommend(work, Wishes(), offers, now=NOW, estimator=estimator)
    options = list(everything(work, Wishes(), offers, estimator))
    assert bool(advice.plans) == bool(options)
    if options:
        # A slice saves at most a part of the set-up; steps of 1 % are the same to a buyer.
        assert min(p.pay_micro for p in advice.plans) <= 1.08 * min(option[3] for option in options) + 1
        assert min(aims(p)[1] for p in advice.plans) <= 1.06 * min(option[4] for option in options)


@given(markets(), WORK, WISHES)
@settings(deadline=None, max_examples=100)
def test_every_offer_stands_in_exactly_one_verdict(estimator, offers, work, wishes) -> None:
    advice = recommend(work, wishes, offers, now=NOW, estimator=estimator)
    told = [id_ for verdict in advice.verdicts for id_ in verdict.offers]
    assert sorted(told) == sorted(offer.id for offer in offers)
    carrying = {id_ for verdict in advice.verdicts if verdict.outcome == "plan" for id_ in verdict.offers}
    assert {plan.offer for plan in advice.plans} <= carrying
    for verdict in advice.verdicts:
        assert verdict.text.zh
        assert verdict.text.en
        if verdict.outcome == "rejected":
            assert any(char.isdigit() for char in verdict.text.en)
    json.dumps(asdict(advice), default=str)


@given(markets(), WORK, WISHES)
@settings(deadline=None, max_examples=60)
def test_the_chart_shows_the_plans_and_the_labels_are_true(estimator, offers, work, wishes) -> None:
    advice = recommend(work, wishes, offers, now=NOW, estimator=estimator)
    assert sum(point.chosen for point in advice.points) == len(advice.plans)
    best = [plan for plan in advice.plans if plan.labels != ("domestic",)]
    for plan in best:
        if "cheapest" in plan.labels:
            assert plan.pay_micro == min(p.pay_micro for p in best)
        if "fastest" in plan.labels:
            assert aims(plan)[1] == min(aims(p)[1] for p in best)
        if "greenest" in plan.labels:
            assert plan.co2_kg == min(p.co2_kg for p in best)
    if advice.plans and wishes.prefer in {label for plan in best for label in plan.labels}:
        assert wishes.prefer in advice.plans[0].labels


@given(st.lists(st.tuples(*[st.floats(0, 1e6)] * 4), max_size=40))
@settings(deadline=None, max_examples=100)
def test_the_front_holds_no_beaten_option_and_covers_the_rest(options: list[Aims]) -> None:
    kept = front(options, lambda aims: aims)
    assert not any(beats(option, best) for option in options for best in kept)
    for option in options:
        assert any(all(k <= o * 1.11 + 1e-9 for k, o in zip(best, option, strict=True)) for best in kept)


def offer(accelerator: str, **changes) -> MarketOffer:
    base = MarketOffer("off_1", "par_1", "site_1", "安徽芜湖", accelerator, 2_000_000, 8)
    return replace(base, **changes)


def test_a_rejection_has_a_number_and_the_least_change() -> None:
    large = replace(TUNING, model=find("qwen3-14b"))
    advice = recommend(large, Wishes(cards=1), [offer("rtx4090")], now=NOW)
    (verdict,) = advice.verdicts
    assert (verdict.outcome, verdict.kind) == ("rejected", "memory")
    assert "needs" in verdict.text.en
    assert verdict.least_change is not None
    assert "QLoRA" in verdict.least_change.en
    assert "2 cards" in verdict.least_change.en
    assert "No plan is possible" in advice.notes[-1].en


def test_a_zero_budget_and_a_past_deadline_buy_nothing_and_say_what_it_would_take(estimator) -> None:
    for wishes, kind in ((Wishes(budget_micro=0), "budget"), (Wishes(deadline=NOW - timedelta(days=1)), "deadline")):
        advice = recommend(TUNING, wishes, [offer("rtx4090")], now=NOW, estimator=estimator)
        assert advice.plans == ()
        assert advice.verdicts[0].kind == kind
        assert advice.verdicts[0].least_change is not None


def test_vouchers_pay_first_and_can_bring_a_plan_within_the_budget(estimator) -> None:
    plain = recommend(TUNING, Wishes(), [offer("rtx4090", free_cards=1)], now=NOW, estimator=estimator).plans[0]
    budget = Wishes(budget_micro=plain.price_micro // 2)
    assert not recommend(TUNING, budget, [offer("rtx4090", free_cards=1)], now=NOW, estimator=estimator).plans
    helped = offer("rtx4090", free_cards=1, voucher_micro=10**12, voucher_bp=6000)
    plan = recommend(TUNING, budget, [helped], now=NOW, estimator=estimator).plans[0]
    assert plan.voucher_micro == plan.price_micro * 6000 // 10_000
    assert plan.pay_micro <= budget.budget_micro


def test_a_service_gets_as_many_cards_as_its_busiest_hour_needs() -> None:
    few, many = (
        recommend(replace(CHAT, requests_per_day=n), Wishes(), [offer("rtx4090", free_cards=64)], now=NOW).plans
        for n in (10_000, 400_000)
    )
    cheapest = [next(p for p in plans if "cheapest" in p.labels) for plans in (few, many)]
    assert cheapest[0].cards < cheapest[1].cards
    assert cheapest[0].micro_per_mtok > cheapest[1].micro_per_mtok
    for plan in cheapest:
        assert plan.tpot_ms <= CHAT.tpot_ms * 1.01
        assert plan.speed > 0


def test_tokens_instead_of_cards_break_even_where_both_cost_the_same() -> None:
    tokens = TokenPrice("qwen3-8b", "somebody", 1_000_000, 4_000_000, "a list")
    advice = recommend(CHAT, Wishes(), [offer("rtx4090")], now=NOW, token_prices=[tokens])
    found = next(a for a in advice.alternatives if a.kind == "tokens")
    cheapest = min(advice.plans, key=lambda p: p.pay_micro)
    mixed = (CHAT.isl * 1_000_000 + CHAT.osl * 4_000_000) / (CHAT.isl + CHAT.osl) / 1e6
    per_day = cheapest.pay_micro / (advice.horizon_hours / 24)
    assert found.break_even_tokens_per_day * mixed == pytest.approx(per_day, rel=0.02)


def test_published_token_prices_carry_their_source() -> None:
    prices = published_token_prices()
    assert prices
    assert all(p.source and p.in_micro > 0 and p.out_micro >= p.in_micro for p in prices)


def test_alternatives_name_what_they_save() -> None:
    listed = offer("a100-sxm-80g", spot_micro=700_000, off_peak_micro=1_200_000)
    batch = Batch(find("qwen3-14b"), 100_000, 800, 256)
    kinds = {a.kind for a in recommend(batch, Wishes(), [listed], now=NOW, token_prices=published_token_prices()).alternatives}
    assert {"tokens", "quantised", "smaller_model", "spot", "off_peak"} <= kinds


def test_measured_speed_moves_the_plan() -> None:
    slow = Correction("PyTorch FSDP 2.9", "rtx4090", 0.5, 0.05, 9)
    before, after = (recommend(TUNING, Wishes(cards=1), [offer("rtx4090")], c, now=NOW).plans[0] for c in ((), (slow,)))
    assert after.price_micro > 1.8 * before.price_micro
    assert (before.grade, after.grade) == ("B", "A")


def test_a_machine_with_nothing_but_cpu_cores_trains_a_classifier() -> None:
    cores = offer("cpu-core-x86", price_micro=50_000, memory_gib=4.0, isolation="soft", share_milli=1000)
    form = parse("train a classifier on 20,000 images", NOW)
    advice = recommend(form.workload, form.wishes, [cores], now=NOW)
    assert advice.plans
    assert advice.plans[0].accelerator == "cpu-core-x86"
    assert advice.plans[0].price_micro > 0
    tuned = recommend(TUNING, Wishes(), [cores], now=NOW)
    assert tuned.plans or tuned.verdicts[0].kind == "memory"


def test_scientific_work_and_embeddings_find_their_hardware() -> None:
    market = [offer("cpu-core-x86", price_micro=20_000, free_cards=64, memory_gib=4.0), offer("h100-sxm-80g", id="off_2")]
    for work in (Hpc(flop=1e18, bytes=1e18, memory_bytes=1e10), Embeddings(find("qwen3-0.6b"), 1e6, 256)):
        advice = recommend(work, Wishes(), market, now=NOW)
        assert advice.plans
        assert all(plan.kwh > 0 and plan.effective_p > 0 for plan in advice.plans)
    assert advice.plans[0].micro_per_mtok is not None


@given(st.integers(0, 23), st.integers(1, 24), st.floats(1, 1e6))
@settings(deadline=None, max_examples=80)
def test_off_peak_work_starts_in_its_hours_and_takes_no_less_time(opens: int, hours: int, seconds: float) -> None:
    listed = offer("rtx4090", off_peak_micro=1, off_peak_from=opens, off_peak_hours=hours)
    start = listed.start(NOW, "off_peak")
    assert NOW <= start <= NOW + timedelta(days=1)
    since = (start.astimezone(UTC).hour + 8 - opens) % 24
    assert since < hours
    assert stretched(listed, "off_peak", seconds) >= seconds - 1e-6
