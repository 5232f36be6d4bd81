"""How a model is spread over cards: reads what a table says ("TP4PP2DP1", "FSDP") and chooses where nobody said."""

from __future__ import annotations

import re

from suanshi.advice.model import ModelFacts
from suanshi.advice.workload import Layout, Resource


def parse(text: str, cards: int) -> Layout | None:
    """The layout named in `text` over `cards` cards; None when it names none."""
    if "layer split" in text:
        return Layout(pp=cards)
    if re.search(r"FSDP FULL|ZeRO-?3", text):
        return Layout(dp=cards, zero=3)
    if re.search(r"FSDP SHARD_GRAD|ZeRO-?2", text):
        return Layout(dp=cards, zero=2)
    degree = {name: int(value) for name, value in re.findall(r"(TP|PP|DP|EP)(\d+)", text)}
    if not degree:
        return None
    tp, pp, ep = degree.get("TP", 1), degree.get("PP", 1), degree.get("EP", 1)
    span = min(max(tp, ep) * pp, cards)
    # A table without DP leaves it to what remains; with PP in it, EP lives inside DP (Megatron).
    dp = degree["DP"] if "DP" in degree and "PP" in degree else max(cards // span, 1)
    return Layout(tp=min(tp, cards), pp=pp, dp=dp, ep=ep, zero=1 if degree.keys() & {"PP", "DP"} else 0)


def for_serving(
    model: ModelFacts, weight_bits: float, capacity: float, resource: Resource, together: bool = False, joined: int = 1
) -> Layout:
    """One replica over all cards when few requests must be quick (`together`), else the smallest that leaves room.

    The smallest keeps a quarter of the memory for the cache and is repeated over the cards. `joined` cards share the fast
    fabric: within it experts need not stay in one server.
    """
    cards, node = resource.cards, min(resource.cards, resource.per_node)
    if together and model.moe and node < cards <= joined:  # experts over all cards, attention by requests, no stages
        return Layout(tp=1, ep=cards, zero=0)
    if together:
        return Layout(tp=node, pp=max(cards // node, 1), ep=node if model.moe and node > 1 else 1, zero=0)
    weights, tp = model.total * weight_bits / 8, 1
    while tp * 2 <= cards and weights / tp > 0.75 * capacity:
        tp *= 2
    return Layout(tp=tp, dp=max(cards // tp, 1), ep=tp if model.moe and tp > 1 else 1, zero=0)


def for_training(model: ModelFacts, frozen_bits: float | None, capacity: float, resource: Resource) -> Layout:
    """Fully sharded data parallel, which needs no tuning; beyond a node a large model is cut by tensors and stages.

    Adapters over weights frozen at `frozen_bits` need no sharding where a card holds the weights.
    """
    cards, node = resource.cards, min(resource.per_node, resource.cards)
    if frozen_bits is not None and model.total * frozen_bits / 8 < 0.8 * capacity:
        return Layout(dp=cards, zero=1)
    if cards == node or model.total < 2e10:
        return Layout(dp=cards, zero=3)
    tp, pp = node, 1
    state = 8 if frozen_bits is None else frozen_bits / 8  # bytes a parameter before sharding over replicas
    while tp * pp * 2 <= cards and model.total * state / (tp * pp) > 0.6 * capacity:
        pp *= 2
    return Layout(tp=tp, pp=pp, dp=max(cards // (tp * pp), 1), ep=node if model.moe else 1, zero=1)
