"""A small estimator with the shape of the real one, so that laws of recommending are tested apart from calibration."""

from __future__ import annotations

import pytest

from suanshi.advice.estimate import Estimate, Figure, Memory
from suanshi.advice.frame import Estimator
from suanshi.advice.workload import Batch, Embeddings, Hpc, Layout, OtherDeepLearning, Resource, Serving, Training, Workload
from suanshi.kit.units import GIB


def figure(value: float, unit: str = "") -> Figure:
    return Figure(value, value / 1.3, value * 1.3, unit)


def _work(work: Workload) -> tuple[float, float, float]:
    """(operations in all or per token, bytes of weights, bytes of state)."""
    match work:
        case Training():
            state = {"pretrain": 14, "full_ft": 14, "full_ft_8bit": 6, "lora": 0.3, "qlora": 0.3}[work.method]
            per = 4 if work.method in ("lora", "qlora") else 6
            weights = work.model.total * (0.5 if work.method == "qlora" else 2)
            return per * work.model.active * (work.tokens or 0), weights, state * work.model.total
        case Serving():
            return 2 * work.model.active, work.model.total * work.weight_bits / 8, GIB
        case Batch():
            return 2 * work.model.active * work.requests * (work.isl + work.osl), work.model.total * work.weight_bits / 8, GIB
        case Embeddings():
            return 2 * work.model.active * work.texts * work.tokens_each, work.model.total * work.weight_bits / 8, GIB
        case OtherDeepLearning():
            return work.gflop * 1e9 * (3 if work.training else 1) * (work.samples or 0), work.parameters * 2, 0.1 * GIB
        case Hpc():
            return work.flop, 0.0, work.memory_bytes


def roofline(work: Workload, resource: Resource) -> Estimate:
    """Perfect arithmetic at 40 % of peak, 5 % lost with every doubling of cards."""
    card, cards = resource.card, resource.cards
    scaling = 0.95 ** (cards.bit_length() - 1)
    flops = (card.gflops("bf16") or 1e3) * 1e9 * 0.4 * cards * resource.share * scaling
    operations, weights, state = _work(work)
    gib = card.memory_gib * resource.share if resource.memory_gib is None else resource.memory_gib
    memory = Memory(weights / cards, 0.0, state / cards, 0.0, 0.2 * GIB, 0.3 * GIB, gib * GIB)
    watts = (card.tdp_w or 300.0) * cards * resource.share
    endless = isinstance(work, Serving)
    seconds = 0.0 if endless else operations / flops
    speed = flops / max(operations, 1.0) if endless else 1 / max(seconds, 1e-9)
    figures = {"out_tok_s_total": figure(speed), "tpot_ms": figure(1e5 / speed)} if endless else {}
    return Estimate(
        fits=memory.total <= memory.capacity,
        memory=memory,
        layout=Layout(dp=cards),
        speed=figure(speed, "units/s"),
        seconds=None if endless else figure(seconds, "s"),
        joules=None if endless else figure(watts * seconds, "J"),
        watts=figure(watts, "W"),
        figures=figures,
        grade="C",
        steps=(),
        assumptions=(),
    )


@pytest.fixture(scope="session")
def estimator() -> Estimator:
    """The small estimator in place of the calibrated one."""
    return roofline
