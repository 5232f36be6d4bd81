"""Laws of the estimate: more of what helps never hurts, memory adds up, and every pair gets a finite, ordered answer."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.advice import basis, memory
from suanshi.advice.estimate import estimate
from suanshi.advice.model import from_parameters, models
from suanshi.advice.workload import Hpc, Layout, OtherDeepLearning, Resource, Serving, Training
from suanshi.catalog.accelerator import Accelerator, accelerators
from suanshi.kit.units import GIB

CARDS = st.sampled_from(sorted(accelerators())).map(accelerators().__getitem__)
MODELS = st.sampled_from(sorted(models())).map(models().__getitem__)
COUNTS = st.sampled_from([1, 2, 3, 4, 8, 16, 64, 512])
LENGTHS = st.integers(1, 131_072)

serving = st.builds(
    Serving,
    MODELS,
    isl=LENGTHS,
    osl=st.integers(1, 16_384),
    concurrency=st.none() | st.floats(1, 4096),
    tpot_ms=st.none() | st.floats(1, 1000),
    weight_bits=st.sampled_from([4, 4.5, 4.85, 8, 16]),
    engine=st.sampled_from(["", "vLLM 0.9", "llama.cpp", "MindIE 2.0", "my own"]),
)
training = st.builds(
    Training,
    MODELS,
    method=st.sampled_from(["pretrain", "full_ft", "full_ft_8bit", "lora", "qlora"]),
    tokens=st.none() | st.floats(1, 1e14),
    seq_len=LENGTHS,
    micro_batch=st.none() | st.integers(1, 64),
    act_ckpt=st.none() | st.booleans(),
    precision=st.sampled_from(["fp16", "bf16", "fp8"]),
)
other = st.builds(OtherDeepLearning, st.text(max_size=9), st.floats(1e-6, 1e9), st.none() | st.floats(1, 1e12))
hpc = st.builds(Hpc, st.floats(1, 1e24), st.floats(0, 1e20), ranks=st.integers(1, 10_000))


@settings(deadline=None, max_examples=80)
@given(serving | training | other | hpc, CARDS, COUNTS)
def test_every_pair_has_a_finite_ordered_answer(
    work: Serving | Training | OtherDeepLearning | Hpc, card: Accelerator, cards: int
) -> None:
    found = estimate(work, Resource(card, cards))
    for figure in (found.speed, found.seconds, found.joules, found.watts, *found.figures.values()):
        if figure is not None:
            assert 0 <= figure.lo <= figure.value <= figure.hi < math.inf
    assert min(found.memory.weights, found.memory.kv, found.memory.activations, found.memory.reserve) >= 0


@settings(deadline=None, max_examples=60)
@given(serving, CARDS, st.floats(1, 500))
def test_more_requests_never_need_less_memory(work: Serving, card: Accelerator, more: float) -> None:
    few, many = replace(work, concurrency=2.0), replace(work, concurrency=2.0 + more)
    assert estimate(many, Resource(card)).memory.total >= estimate(few, Resource(card)).memory.total


@settings(deadline=None, max_examples=60)
@given(serving, CARDS)
def test_fewer_bits_never_need_more_memory(work: Serving, card: Accelerator) -> None:
    held = [estimate(replace(work, weight_bits=bits, concurrency=1.0), Resource(card)).memory.weights for bits in (4, 8, 16)]
    assert held == sorted(held)


@settings(deadline=None, max_examples=60)
@given(training, CARDS, st.sampled_from([1, 2, 4, 8]))
def test_sharding_further_never_needs_more_memory(work: Training, card: Accelerator, cards: int) -> None:
    work = replace(work, micro_batch=1, act_ckpt=True)
    needs = [memory.of_training(work, Layout(dp=n, zero=3), 80.0 * GIB).optimiser for n in (cards, 2 * cards)]
    assert needs[1] <= needs[0]


@settings(deadline=None, max_examples=60)
@given(serving, CARDS, COUNTS)
def test_physics_is_no_faster_on_a_card_with_half_of_everything(work: Serving, card: Accelerator, cards: int) -> None:
    whole = Resource(card, cards, layout=Layout(tp=cards), memory_gib=1e6)
    half = replace(card, mem_bw_gb_s=(card.mem_bw_gb_s or 1) / 2, flops={name: rate / 2 for name, rate in card.flops.items()})
    work = replace(work, concurrency=8.0, tpot_ms=None)
    fast, _ = basis.generation(work, whole)
    slow, _ = basis.generation(work, replace(whole, card=half))
    assert slow.metrics["out_tok_s_total"] <= fast.metrics["out_tok_s_total"] * 1.0001


@settings(deadline=None, max_examples=60)
@given(st.floats(0.05, 2000), st.floats(1.01, 4))
def test_a_larger_model_weighs_more(size: float, times: float) -> None:
    small, large = from_parameters(size), from_parameters(size * times)
    assert memory.weight_bytes(large, 16) > memory.weight_bytes(small, 16)
