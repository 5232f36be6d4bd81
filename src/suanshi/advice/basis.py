"""The physical answer in every metric that applies, and the traits by which reality departs from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, nan

from suanshi.advice import layout as layouts
from suanshi.advice.card import Rates, arithmetic, rates
from suanshi.advice.engine import FAMILIES, Engine, profile, usual
from suanshi.advice.generation import Generator
from suanshi.advice.learning import passes, token_flops, token_pass, tokens_per_step
from suanshi.advice.plain import samples_per_second
from suanshi.advice.workload import Batch, Embeddings, Layout, OtherDeepLearning, Resource, Serving, Training

PROTOCOLS = ("mlperf-inf", "mlperf-train", "mlenergy", "aic-silicon", "trtllm", "chitu", "llamacpp", "qwen3", "flagperf")
VENDORS = ("NVIDIA", "AMD", "Huawei", "Hygon", "Intel", "MetaX", "Iluvatar", "Google", "Biren")
NAMES = ("resnet", "bert", "retinanet", "sdxl", "3d-unet", "dlrm", "rnnt")
_SCENARIOS = ("offline", "server", "interactive", "single stream", "static batch", "prefill", "gpqa", "lm-arena", "limit")


@dataclass(frozen=True, slots=True)
class Basis:
    """`metrics` maps a metric to its physical value; `traits` are the numbers the learned layer looks at.

    `kind` is generation, training or samples; `groups` names what has an effect of its own beyond its traits.
    """

    kind: str
    metrics: Mapping[str, float]
    traits: Mapping[str, float]
    groups: Mapping[str, str]
    layout: Layout
    rates: Rates
    engine: Engine


def _code(names: tuple[str, ...], text: str, exact: bool = False) -> float:
    """Which of `names` `text` is (or holds), as a number a tree can split on; -1 for none of them."""
    for index, name in enumerate(names):
        if name and (text == name if exact else name in text):
            return float(index)
    return -1.0


def _protocol(name: str) -> float:
    """A buyer's own run is like none of the tables and unlike none: not a number says so."""
    return _code(PROTOCOLS, name, exact=True) if name else nan


def _log(value: float) -> float:
    return log(max(value, 1e-12))


def card_traits(resource: Resource, card: Rates) -> dict[str, float]:
    model = resource.card
    return {
        "flops": _log(card.flops / 1e12),
        "bandwidth": _log(card.bandwidth / 1e9),
        "intensity": _log(card.flops / card.bandwidth),
        "link": _log(card.link / 1e9),
        "capacity": _log(card.capacity / 2**30),
        "watts": _log(card.watts),
        "throttle": _log(card.flops / 1e12 / card.watts),  # arithmetic that a watt would have to feed
        "year": float(model.year),
        "vendor": _code(VENDORS, model.vendor),
        "cards": _log(resource.cards),
        "share": resource.share,
    }


def _groups(
    work: Serving | Batch | Embeddings | Training | OtherDeepLearning, resource: Resource, engine: Engine
) -> dict[str, str]:
    return {
        "protocol": work.protocol,
        "engine": engine.family,
        "card": resource.card.id,
        "vendor": resource.card.vendor,
    }


def generation(work: Serving | Batch | Embeddings, resource: Resource) -> tuple[Basis, Generator]:
    """Speed, delays and power of a language model that answers."""
    work = _as_serving(work)
    engine = _engine(work, resource, trains=False)
    card = rates(resource, arithmetic(work.weight_bits, work.precision))
    together = work.concurrency is not None or work.tpot_ms is not None
    spread = resource.layout or layouts.for_serving(work.model, work.weight_bits, card.capacity, resource, together, card.node)
    generator = Generator(
        work.model, card, engine, spread, resource.cards, card.node, work.weight_bits,
        work.kv_bits or 16, max(work.isl, 1), max(work.osl, 1),
    )  # fmt: skip
    tpot = work.tpot_ms / 1e3 if work.tpot_ms else None
    batch = generator.inflight(work.concurrency, tpot)
    metrics = _generation_metrics(generator, batch, work.concurrency)
    traits = card_traits(resource, card) | _model_traits(work, generator, batch) | {
        "engine": _code(FAMILIES, engine.family, exact=True),
        "version": engine.version,
        "protocol": _protocol(work.protocol),
        "scenario": _code(_SCENARIOS, work.scenario),
        "native": float(arithmetic(work.weight_bits, work.precision) in resource.card.flops),
    }  # fmt: skip
    return Basis("generation", metrics, traits, _groups(work, resource, engine), spread, card, engine), generator


def _as_serving(work: Serving | Batch | Embeddings) -> Serving:
    if isinstance(work, Serving):
        return work
    isl, osl = (work.isl, work.osl) if isinstance(work, Batch) else (work.tokens_each, 1)
    return Serving(
        work.model, isl, osl, work.concurrency if isinstance(work, Batch) else None, weight_bits=work.weight_bits,
        kv_bits=work.kv_bits if isinstance(work, Batch) else None, precision=work.precision, engine=work.engine,
        scenario=work.scenario if isinstance(work, Batch) else "prefill", protocol=work.protocol,
    )  # fmt: skip


def _generation_metrics(generator: Generator, batch: float, concurrency: float | None) -> dict[str, float]:
    speed = generator.out_tokens(batch)
    single = generator.step(1.0)
    prefill = generator.prefill(max(batch, 1.0) if concurrency is None else 1.0)
    prompts = max(batch, 1.0) if concurrency is None else 1.0
    watts = _watts(generator, batch)
    return {
        "out_tok_s_total": speed,
        "total_tok_s": speed * (generator.isl + generator.osl) / generator.osl,
        "decode_tok_s": 1 / single.total,
        "prefill_tok_s": generator.layout.dp * prompts * generator.isl / prefill.total,
        "tpot_ms": generator.token_seconds(batch) * 1e3,
        "ttft_ms": generator.first_token(concurrency) * 1e3,
        "gpu_w_per_acc": watts,
        "system_w_per_acc": watts * 1.2,
        "energy_j_per_out_tok": watts * generator.cards / speed,
    }


def _watts(generator: Generator, batch: float) -> float:
    """Power of one card: an idle part, and what memory and arithmetic draw while they are busy."""
    step = generator.step(batch)
    turn = batch / generator.osl
    prefill = generator.prefill()
    total = generator.token_seconds(batch)
    memory = min((step.memory + turn * prefill.memory) / total, 1.0)
    busy = min((step.arithmetic + turn * prefill.arithmetic) / total, 1.0)
    return float(generator.card.watts * min(0.45 + 0.2 * memory + 0.4 * busy**0.5, 1.0))


def _model_traits(work: Serving, generator: Generator, batch: float) -> dict[str, float]:
    model, step, prefill = work.model, generator.step(batch), generator.prefill()
    turn = batch / generator.osl * generator.turn
    total = step.total + turn
    asked = work.concurrency / generator.layout.dp if work.concurrency else 0.0
    return {
        "total": _log(model.total / 1e9),
        "active": _log(model.active / 1e9),
        "sparsity": _log(model.total / model.active),
        "layers": float(model.layers),
        "hidden": _log(model.hidden),
        "kv": _log(model.kv_layers * model.kv_elements),
        "attention": _code(("MHA", "MQA", "GQA+SWA", "GQA", "MLA", "hybrid"), model.attention),
        "isl": _log(generator.isl),
        "osl": _log(generator.osl),
        "batch": _log(batch),
        "asked": _log(asked) if asked else -1.0,
        "crowd": _log(max(asked / batch, 1.0)),
        "room": _log(generator.room),
        "tp": _log(generator.layout.tp),
        "pp": _log(generator.layout.pp),
        "ep": _log(generator.layout.ep),
        "dp": _log(generator.layout.dp),
        "weight_bits": work.weight_bits,
        "kv_bits": work.kv_bits or 0.0,
        "wide": _code(("fp16", "bf16", "fp8", "int8", "fp4"), arithmetic(work.weight_bits, work.precision)),
        "slo": _log(work.tpot_ms) if work.tpot_ms else -1.0,
        "memory_part": step.memory / total,
        "arithmetic_part": step.arithmetic / total,
        "links_part": step.links / total,
        "launch_part": step.launch / total,
        "prefill_part": turn / total,
        "step": _log(step.total * 1e3),
        "prompt": _log(prefill.total * 1e3),
        "prefill_arithmetic": prefill.arithmetic / prefill.total,
    }


def _engine(work: Serving | Training, resource: Resource, trains: bool) -> Engine:
    """A buyer's own run gets the usual engine; a published one that names none is left unnamed."""
    return profile(work.engine or ("" if work.protocol else usual(resource.card.vendor, trains)))


def training_layout(work: Training, resource: Resource, capacity: float) -> Layout:
    bits = {"lora": 16.0, "qlora": 4.5}.get(work.method)
    return resource.layout or layouts.for_training(work.model, bits, capacity, resource)


def training(work: Training, resource: Resource) -> Basis:
    """Speed per card, hours and utilisation of training a language model."""
    engine = _engine(work, resource, trains=True)
    precision = arithmetic(16, work.precision)
    card = rates(resource, precision)
    spread = training_layout(work, resource, card.capacity)
    cost = token_pass(work, card, spread, resource.cards, card.node)
    matrices, attention = token_flops(work)
    # Utilisation counts the arithmetic of the model alone: what recomputation repeats is no progress.
    useful = (matrices + attention) * min(passes(work), 3.0) / passes(work)
    speed = 1 / cost.total
    metrics = {"train_tok_s_per_acc": speed, "mfu_pct": 100 * useful * speed / card.flops, "gpu_w_per_acc": 0.85 * card.watts}
    if work.tokens:
        metrics["gpu_hours"] = work.tokens / speed / 3600
        metrics["train_minutes"] = work.tokens / (speed * resource.cards) / 60
    model = work.model
    traits = card_traits(resource, card) | {
        "total": _log(model.total / 1e9),
        "active": _log(model.active / 1e9),
        "layers": float(model.layers),
        "hidden": _log(model.hidden),
        "moe": float(model.moe),
        "seq_len": _log(work.seq_len),
        "micro_tokens": _log((work.micro_batch or 1) * work.seq_len),
        "micro_known": float(work.micro_batch is not None),
        "step_tokens": _log(tokens_per_step(work, resource.cards, spread)),
        "act_ckpt": -1.0 if work.act_ckpt is None else float(work.act_ckpt),
        "method": _code(("pretrain", "full_ft_8bit", "full_ft", "qlora", "lora"), work.method),
        "tp": _log(spread.tp),
        "pp": _log(spread.pp),
        "dp": _log(spread.dp),
        "zero": float(spread.zero),
        "wide": _code(("fp16", "bf16", "fp8", "int8", "fp4"), precision),
        "engine": _code(FAMILIES, engine.family, exact=True),
        "attention_part": cost.attention / cost.total,
        "links_part": cost.links / cost.total,
        "launch_part": cost.launch / cost.total,
        "bubble": cost.bubble,
    }
    return Basis("training", metrics, traits, _groups(work, resource, engine), spread, card, engine)


def samples(work: OtherDeepLearning, resource: Resource) -> Basis:
    """Speed of a network that is known by its arithmetic per sample."""
    engine = profile(work.engine)
    card = rates(resource, arithmetic(16, work.precision))
    speed = samples_per_second(work, card, resource.cards)
    traits = card_traits(resource, card) | {
        "gflop": _log(work.gflop),
        "name": _code(NAMES, work.name),
        "training": float(work.training),
        "wide": _code(("fp32", "tf32", "fp16", "bf16", "fp8", "int8"), arithmetic(16, work.precision)),
        "scenario": _code(_SCENARIOS, work.scenario),
        "protocol": _protocol(work.protocol),
        "version": engine.version,
    }
    metrics = {"samples_s_total": speed, "gpu_w_per_acc": 0.7 * card.watts, "system_w_per_acc": 0.85 * card.watts}
    return Basis("samples", metrics, traits, _groups(work, resource, engine), Layout(dp=resource.cards), card, engine)
