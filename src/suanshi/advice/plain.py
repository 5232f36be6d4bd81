"""The physics of everything that is no language model: samples of a known cost, and scientific computing."""

from __future__ import annotations

from suanshi.advice.card import Rates
from suanshi.advice.workload import Hpc, OtherDeepLearning, Resource

_ARITHMETIC = 0.4  # share of peak that a tuned network reaches
_VECTOR = 0.6  # share of peak that a tuned solver reaches
_STREAM = 0.75  # share of bandwidth that a streaming kernel reaches


def samples_per_second(work: OtherDeepLearning, card: Rates, cards: int) -> float:
    """Samples per second of all cards; they share nothing but the queue of samples."""
    cost = work.gflop * 1e9 * (3 if work.training else 1)
    return cards * card.flops * _ARITHMETIC / max(cost, 1.0)


def hpc_seconds(work: Hpc, card: Rates, resource: Resource) -> tuple[float, float, float]:
    """Seconds of arithmetic, of memory traffic and of exchange between ranks."""
    cards = resource.cards
    link = card.link if cards <= resource.per_node else card.fabric
    exchange = work.exchanged_bytes * max(work.ranks / cards, 1.0) / link if work.ranks > 1 else 0.0
    return work.flop / (cards * card.flops * _VECTOR), work.bytes / (cards * card.bandwidth * _STREAM), exchange
