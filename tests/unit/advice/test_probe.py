"""Measured speed corrects the estimate of its own pair, shrunk towards the family, and promises are kept on record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.advice.frame import Estimator
from suanshi.advice.model import find
from suanshi.advice.probe import Correction, Outcome, Probe, accuracy, corrected, correction
from suanshi.advice.workload import Resource, Training
from suanshi.catalog.accelerator import accelerators
from suanshi.kit.refusal import Refusal

CARD, KIN, STRANGER = "rtx4090", "rtx3090", "ascend-910b3"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
ratios = st.floats(0.2, 5.0)


def probes(*measured: float, engine: str = "vllm 0.9", card: str = CARD) -> list[Probe]:
    return [Probe(engine, card, 1.0, m) for m in measured]


@given(st.lists(ratios, max_size=12))
@settings(deadline=None, max_examples=80)
def test_a_correction_lies_between_the_estimate_and_what_was_measured(measured: list[float]) -> None:
    found = correction(probes(*measured), "vllm 0.9", CARD)
    assert min([1.0, *measured]) - 1e-9 <= found.factor <= max([1.0, *measured]) + 1e-9
    assert found.probes == len(measured)


@given(ratios, st.integers(1, 30))
@settings(deadline=None, max_examples=60)
def test_more_of_the_same_evidence_moves_further_and_is_surer(measured: float, count: int) -> None:
    few, more = (correction(probes(*[measured] * n), "vllm 0.9", CARD) for n in (count, count + 1))
    assert abs(few.factor - measured) >= abs(more.factor - measured) - 1e-9
    assert more.spread <= few.spread + 1e-9


def test_a_new_version_expires_the_pair_but_not_the_family() -> None:
    old = probes(*[0.5] * 20)
    fresh = correction(old, "vllm 0.10", CARD)
    assert fresh.probes == 0
    assert 0.5 < fresh.factor < 1.0
    assert correction(old, "vllm 0.9", CARD).factor < fresh.factor


def test_the_family_is_the_engine_on_the_vendors_cards() -> None:
    known = probes(*[0.5] * 20, card=KIN)
    assert correction(known, "vllm 0.9", CARD).factor < 1.0
    assert correction(known, "sglang 0.5", CARD).factor == 1.0
    assert correction(known, "vllm 0.9", STRANGER).factor == 1.0


@given(st.lists(ratios, min_size=1, max_size=6))
@settings(deadline=None, max_examples=40)
def test_a_corrected_estimate_keeps_speed_times_time(estimator: Estimator, measured: list[float]) -> None:
    before = estimator(Training(find("llama2-7b"), "lora", 1e7), Resource(accelerators()[CARD]))
    by = correction(probes(*measured), "vllm 0.9", CARD)
    after = corrected(before, by)
    assert before.seconds is not None
    assert after.seconds is not None
    assert after.speed.value * after.seconds.value == pytest.approx(before.speed.value * before.seconds.value)
    assert after.grade == "A"
    assert after.memory == before.memory
    for figure in (after.speed, after.seconds):
        assert figure.lo <= figure.value <= figure.hi
    assert after.seconds.hi / after.seconds.lo <= before.seconds.hi / before.seconds.lo * (1 + 1e-9)


def test_without_any_probe_nothing_changes(estimator: Estimator) -> None:
    before = estimator(Training(find("llama2-7b"), "lora", 1e7), Resource(accelerators()[CARD]))
    assert corrected(before, correction([], "vllm 0.9", CARD)) is before


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_a_measurement_of_nothing_is_refused(bad: float) -> None:
    with pytest.raises(Refusal):
        Probe("vllm 0.9", CARD, 1.0, bad)


def outcome(number: int, promised: float, measured: float, card: str = CARD) -> Outcome:
    at = NOW + timedelta(hours=number)
    return Outcome(f"run_{number}", card, "vllm 0.9", "tok/s", promised, promised / 1.3, promised * 1.3, measured, at)


@given(st.lists(ratios, min_size=1, max_size=40), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_record_is_the_same_in_any_order(measured: list[float], random) -> None:
    outcomes = [outcome(i, 1.0, m) for i, m in enumerate(measured)]
    page = accuracy(outcomes)
    random.shuffle(outcomes)
    assert accuracy(outcomes) == page
    assert page[0].runs == len(measured)
    errors = [abs(1 - m) / m for m in measured]
    assert min(errors) - 1e-9 <= page[0].running_error <= max(errors) + 1e-9
    assert page[0].covered == sum(1 / 1.3 <= m <= 1.3 for m in measured) / len(measured)


def test_the_worst_card_comes_first_and_recent_runs_weigh_more() -> None:
    good = [outcome(i, 1.0, 1.0, KIN) for i in range(5)]
    healed = [outcome(i, 1.0, 2.0 if i < 40 else 1.0) for i in range(80)]
    worst, best = accuracy([*good, *healed])
    assert (worst.accelerator, best.accelerator, best.running_error) == (CARD, KIN, 0.0)
    assert worst.running_error < 0.2 < worst.trail[39][1]


def test_a_correction_is_applied_as_a_factor_on_time(estimator: Estimator) -> None:
    before = estimator(Training(find("llama2-7b"), "lora", 1e7), Resource(accelerators()[CARD]))
    after = corrected(before, Correction("x", CARD, exp(0.1), 0.1, 3))
    assert after.steps[-1].layer == "probe"
    assert after.steps[-1].factor == pytest.approx(exp(-0.1))
