"""One function answers what a workload takes on a resource: fit, speed, time, energy, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import exp
from typing import Literal

from suanshi.advice import basis as physics
from suanshi.advice import memory as memories
from suanshi.advice import reason
from suanshi.advice.basis import Basis
from suanshi.advice.calibration import METRICS, Calibration, Correction, stored
from suanshi.advice.card import rates
from suanshi.advice.generation import Generator
from suanshi.advice.memory import Memory as Memory
from suanshi.advice.plain import hpc_seconds
from suanshi.advice.reason import Step as Step
from suanshi.advice.workload import (
    Batch,
    Embeddings,
    Hpc,
    Layout,
    OtherDeepLearning,
    Resource,
    Serving,
    Training,
    Workload,
)  # fmt: skip
from suanshi.kit.refusal import Text, invalid
from suanshi.kit.units import GIB

Grade = Literal["A", "B", "C"]  # A probed on this card and engine, B a calibrated family, C roofline only

UNITS: Mapping[str, str] = {
    "out_tok_s_total": "tokens/s",
    "total_tok_s": "tokens/s",
    "decode_tok_s": "tokens/s",
    "prefill_tok_s": "tokens/s",
    "tpot_ms": "ms",
    "ttft_ms": "ms",
    "energy_j_per_out_tok": "J/token",
    "gpu_w_per_acc": "W",
    "system_w_per_acc": "W",
    "samples_s_total": "samples/s",
    "train_tok_s_per_acc": "tokens/s/acc",
    "mfu_pct": "%",
    "gpu_hours": "accelerator-hours",
    "train_minutes": "minutes",
    "peak_mem_gib_per_acc": "GiB",
    "weight_mem_gib": "GiB",
}
_UNCALIBRATED = 0.5  # half the interval's width in the logarithm where no measurement speaks: a factor of 1.65
_NEAR = 0.15  # similarity to the nearest measurement under which a card without its own is mere roofline


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its 80 % interval: lo <= value <= hi."""

    value: float
    lo: float
    hi: float
    unit: str

    def times(self, factor: float, unit: str) -> Figure:
        return Figure(self.value * factor, self.lo * factor, self.hi * factor, unit)

    def per(self, amount: float, unit: str) -> Figure:
        """How long `amount` takes at this speed."""
        return Figure(amount / self.value, amount / self.hi, amount / self.lo, unit)


@dataclass(frozen=True, slots=True)
class Estimate:
    """`speed` is of the whole resource in the workload's unit; `seconds` and `joules` are None for endless work.

    `figures` holds every metric that applies, by its name in the published tables (`tpot_ms`, `ttft_ms`, ...).
    """

    fits: bool
    memory: Memory
    layout: Layout
    speed: Figure
    seconds: Figure | None
    joules: Figure | None
    watts: Figure
    figures: Mapping[str, Figure]
    grade: Grade
    steps: tuple[Step, ...]
    assumptions: tuple[Text, ...]


def estimate(
    workload: Workload, resource: Resource, calibration: Calibration | None = None, extra: Iterable[str] = ()
) -> Estimate:
    """Pure and under 5 ms a pair. A workload that does not fit still gets its speed, as if it did, and `fits` False.

    `extra` names further metrics for `figures`, beyond those a buyer asks about.
    """
    _check(resource)
    taught = calibration or stored()
    if isinstance(workload, Training):
        return _training(workload, resource, taught, extra)
    if isinstance(workload, Serving | Batch | Embeddings):
        return _generation(workload, resource, taught, extra)
    if isinstance(workload, OtherDeepLearning):
        return _samples(workload, resource, taught, extra)
    return _hpc(workload, resource)


def _check(resource: Resource) -> None:
    if resource.cards < 1:
        raise invalid("cards", "至少需要 1 张卡", "at least one card is needed")
    if not 0 < resource.share <= 1:
        raise invalid("share", "切片比例须在 0 与 1 之间", "a share lies above 0 and at most at 1")
    if resource.share < 1 and resource.cards > 1:
        raise invalid("share", "切片只能取自一张卡", "a share is of one card")
    layout = resource.layout
    if layout and layout.tp * layout.pp > resource.cards:
        raise invalid("layout", "并行度的乘积超过卡数", "the parallel degrees multiply to more than the cards")


def _figure(basis: Basis, metric: str, taught: Calibration) -> tuple[Figure, Correction | None]:
    physical = basis.metrics[metric]
    correction = taught.correction(basis, metric)
    if correction is None:
        wide = _UNCALIBRATED if "tok" in metric or "samples" in metric else 0.3
        return Figure(physical, physical * exp(-wide), physical * exp(wide), UNITS[metric]), None
    value = physical * correction.factor
    return Figure(value, value * exp(-correction.half), value * exp(correction.half), UNITS[metric]), correction


def _figures(basis: Basis, wanted: Iterable[str], taught: Calibration) -> tuple[dict[str, Figure], dict[str, Correction | None]]:
    known = [metric for metric in dict.fromkeys(wanted) if metric in basis.metrics]
    pairs = {metric: _figure(basis, metric, taught) for metric in known}
    return {m: figure for m, (figure, _) in pairs.items()}, {m: correction for m, (_, correction) in pairs.items()}


def _grade(correction: Correction | None) -> Grade:
    if correction is None or (not correction.known and correction.nearness < _NEAR):
        return "C"
    return "B"


def _steps(basis: Basis, metric: str, correction: Correction | None, amount: float | None) -> tuple[Step, ...]:
    """The reasoning for `metric`; `amount` is how much of it has to be done, None for endless work."""
    physical = basis.metrics[metric]
    seconds = amount / physical if amount is not None else None
    names = (basis.engine.family, basis.groups["card"])
    return reason.chain(physical, correction, seconds, UNITS[metric], names, METRICS[metric][1])


def _memory_figures(memory: Memory, whole: float, reported: float, spread: float) -> dict[str, Figure]:
    peak, weights = reported / GIB, whole / GIB
    return {
        "peak_mem_gib_per_acc": Figure(peak, peak * (1 - spread), peak * (1 + spread), "GiB"),
        "weight_mem_gib": Figure(weights, weights * 0.95, weights * 1.05, "GiB"),
    }


def _generation(work: Serving | Batch | Embeddings, resource: Resource, taught: Calibration, extra: Iterable[str]) -> Estimate:
    asked = work
    said: tuple[Text, ...] = ()
    if isinstance(work, Serving) and work.tpot_ms:
        work, said = _within(work, work.tpot_ms, resource, taught)
    basis, generator = physics.generation(work, resource)
    headline = "prefill_tok_s" if isinstance(work, Embeddings) else "out_tok_s_total"
    wanted = (headline, "tpot_ms", "ttft_ms", "gpu_w_per_acc", "energy_j_per_out_tok", *extra)
    if "mfu_pct" in wanted:
        wanted = (*wanted, "prefill_tok_s")
    figures, corrections = _figures(basis, wanted, taught)
    if "mfu_pct" in wanted:  # of reading prompts: decoding is bound by memory and has no use for it
        peak = basis.rates.flops * resource.cards
        figures["mfu_pct"] = figures["prefill_tok_s"].times(100 * 2 * work.model.active / peak, "%")
    memory = _generation_memory(asked, generator)
    whole = memories.weight_bytes(work.model, work.weight_bits)
    figures |= _memory_figures(memory, whole, memory.total, 0.06)
    speed, amount = figures[headline], _amount(work)
    watts = figures["gpu_w_per_acc"].times(resource.cards, "W")
    joules = _joules(work, figures, speed, watts, amount)
    return Estimate(
        fits=memory.fits,
        memory=memory,
        layout=basis.layout,
        speed=speed,
        seconds=speed.per(amount, "s") if amount is not None else None,
        joules=joules,
        watts=watts,
        figures=figures,
        grade=_grade(corrections[headline]),
        steps=_steps(basis, headline, corrections[headline], amount),
        assumptions=(*said, *_assumptions(asked, resource, basis)),
    )


def _within(work: Serving, limit: float, resource: Resource, taught: Calibration) -> tuple[Serving, tuple[Text, ...]]:
    """The service with as many requests at once as keep the time per token under `limit` milliseconds.

    Physics proposes a number, the calibrated time corrects it; one request alone is the least.
    """
    tried, physical = work, limit
    _, generator = physics.generation(work, resource)
    most = generator.inflight(work.concurrency)  # more requests there are not, or don't fit
    for _ in range(4):
        batch = generator.inflight(work.concurrency, physical / 1e3)
        tried = replace(work, concurrency=max(batch * generator.layout.dp, 1.0), tpot_ms=None)
        basis, _ = physics.generation(tried, resource)
        reached = _token_ms(basis, tried, taught)
        if abs(reached / limit - 1) < 0.03 or (batch >= most if reached < limit else batch <= 1.0):
            break
        physical *= limit / reached
    if reached <= 1.1 * limit:
        return tried, ()
    return tried, (
        Text(
            f"每 token {limit:g} ms 的限制难以达到：并发 {tried.concurrency:.0f} 时约 {reached:.0f} ms",
            f"{limit:g} ms a token is hard to keep: about {reached:.0f} ms with {tried.concurrency:.0f} requests at once",
        ),
    )


def _token_ms(basis: Basis, work: Serving, taught: Calibration) -> float:
    """Milliseconds between two tokens of a request: a published table of speeds under a limit counts them by the speed."""
    if work.protocol and work.concurrency:
        return 1e3 * work.concurrency / _figure(basis, "out_tok_s_total", taught)[0].value
    return _figure(basis, "tpot_ms", taught)[0].value


def _amount(work: Serving | Batch | Embeddings) -> float | None:
    if isinstance(work, Batch):
        return work.requests * work.osl
    return work.texts * work.tokens_each if isinstance(work, Embeddings) else None


def _joules(
    work: Serving | Batch | Embeddings, figures: Mapping[str, Figure], speed: Figure, watts: Figure, amount: float | None
) -> Figure | None:
    if amount is None:
        return None
    if isinstance(work, Batch):
        return figures["energy_j_per_out_tok"].times(amount, "J")
    return speed.per(amount * watts.value, "J")


def _generation_memory(work: Serving | Batch | Embeddings, generator: Generator) -> Memory:
    """Memory at the stated concurrency. Without one the cache takes what is left: an engine fills it with requests."""
    stated = work.concurrency if not isinstance(work, Embeddings) else None
    if stated:
        return memories.of_generation(generator, stated / generator.layout.dp)
    least = memories.of_generation(generator, 1.0)
    spare = max(least.capacity - least.total, 0.0)
    return replace(least, kv=least.kv + min(spare, max(generator.most - 1, 0) * least.kv))


def _training(work: Training, resource: Resource, taught: Calibration, extra: Iterable[str]) -> Estimate:
    work, chosen = _tuned(work, resource)
    basis = physics.training(work, resource)
    figures, corrections = _figures(
        basis, ("train_tok_s_per_acc", "gpu_hours", "train_minutes", "mfu_pct", "gpu_w_per_acc", *extra), taught
    )
    memory = memories.of_training(work, basis.layout, basis.rates.capacity)
    whole = memories.weight_bytes(work.model, 4 if work.method == "qlora" else 16)
    figures |= _memory_figures(memory, whole, memory.reported if work.protocol else memory.total, 0.25)
    per_card = figures["train_tok_s_per_acc"]
    speed = per_card.times(resource.cards, "tokens/s")
    watts = figures["gpu_w_per_acc"].times(resource.cards, "W")
    seconds = speed.per(work.tokens, "s") if work.tokens else None
    steps = _steps(basis, "train_tok_s_per_acc", corrections["train_tok_s_per_acc"], _per_card(work, resource))
    return Estimate(
        fits=memory.fits,
        memory=memory,
        layout=basis.layout,
        speed=speed,
        seconds=seconds,
        joules=seconds.times(watts.value, "J") if seconds else None,
        watts=watts,
        figures=figures,
        grade=_grade(corrections["train_tok_s_per_acc"]),
        steps=steps,
        assumptions=(*chosen, *_assumptions(work, resource, basis)),
    )


def _per_card(work: Training, resource: Resource) -> float | None:
    return work.tokens / resource.cards if work.tokens else None


def _tuned(work: Training, resource: Resource) -> tuple[Training, list[Text]]:
    """A buyer who states no micro-batch or recomputation gets what fits: a published run is taken as it stands."""
    if work.protocol or resource.layout is not None:
        return work, []
    capacity = rates(resource, "bf16").capacity
    layout, said = physics.training_layout(work, resource, capacity), []

    def fits(tried: Training) -> bool:
        return memories.of_training(tried, layout, capacity).fits

    if work.micro_batch is None:
        micro = max(8192 // work.seq_len, 1)
        while micro > 1 and not fits(replace(work, micro_batch=micro)):
            micro //= 2
        work = replace(work, micro_batch=micro)
        said.append(Text(f"微批大小取 {micro}", f"micro-batch {micro} chosen"))
    if work.act_ckpt is None and not fits(work) and fits(replace(work, act_ckpt=True)):
        work = replace(work, act_ckpt=True)
        said.append(Text("显存不足以保留全部激活，改为重计算", "activations are recomputed, for they would not fit"))
    return work, said


def _samples(work: OtherDeepLearning, resource: Resource, taught: Calibration, extra: Iterable[str]) -> Estimate:
    if work.gflop <= 0:
        raise invalid("gflop", "每样本 GFLOP 须大于 0", "GFLOP per sample must be above zero")
    basis = physics.samples(work, resource)
    figures, corrections = _figures(basis, ("samples_s_total", "gpu_w_per_acc", *extra), taught)
    memory = memories.of_samples(work, basis.rates.capacity)
    speed, watts = figures["samples_s_total"], figures["gpu_w_per_acc"].times(resource.cards, "W")
    seconds = speed.per(work.samples, "s") if work.samples else None
    return Estimate(
        fits=memory.fits,
        memory=memory,
        layout=basis.layout,
        speed=speed,
        seconds=seconds,
        joules=seconds.times(watts.value, "J") if seconds else None,
        watts=watts,
        figures=figures,
        grade=_grade(corrections["samples_s_total"]),
        steps=_steps(basis, "samples_s_total", corrections["samples_s_total"], work.samples),
        assumptions=_assumptions(work, resource, basis),
    )


def _hpc(work: Hpc, resource: Resource) -> Estimate:
    """Roofline alone: no published measurement of a solver is in the calibration."""
    card = rates(resource, work.precision)
    arithmetic, traffic, exchange = hpc_seconds(work, card, resource)
    total = max(arithmetic, traffic) + exchange
    if not total > 0:
        raise invalid("flop", "请填写运算量或访存量", "give the operations or the bytes moved")
    seconds = Figure(total, total * exp(-_UNCALIBRATED), total * exp(_UNCALIBRATED), "s")
    flops = work.flop or work.bytes
    drawn = card.watts * resource.cards
    watts = Figure(0.75 * drawn, 0.6 * drawn, drawn, "W")
    bound = ("算力", "arithmetic") if arithmetic >= traffic else ("访存", "memory traffic")
    said = reason.lasting(total)
    memory = memories.of_hpc(work, resource.cards, card.capacity)
    return Estimate(
        fits=memory.fits or not work.memory_bytes,
        memory=memory,
        layout=Layout(dp=resource.cards),
        speed=seconds.per(flops / 1e9, "GFLOP/s" if work.flop else "GB/s"),
        seconds=seconds,
        joules=seconds.times(watts.value, "J"),
        watts=watts,
        figures={},
        grade="C",
        steps=(
            Step("physics", total, 1.0, Text(f"屋顶线：{bound[0]}决定，{said.zh}", f"roofline: {bound[1]} decides, {said.en}")),
            Step("result", total, 1.0, Text(f"合计 {said.zh}（未校准）", f"in all {said.en} (not calibrated)")),
        ),
        assumptions=card.gaps,
    )


def _assumptions(work: Workload, resource: Resource, basis: Basis) -> tuple[Text, ...]:
    """Everything that the asker did not state and the answer rests on."""
    said = list(basis.rates.gaps)
    model = getattr(work, "model", None)
    if model is not None and model.assumed:
        names = ", ".join(model.assumed)
        said.append(Text(f"模型的 {names} 为推断值", f"inferred for the model: {names}"))
    if not getattr(work, "engine", ""):
        said.append(Text(f"按引擎 {basis.engine.family} 计", f"engine {basis.engine.family} assumed"))
    if resource.layout is None and resource.cards > 1:
        layout = basis.layout
        name = f"TP{layout.tp} PP{layout.pp} DP{layout.dp}" + (f" EP{layout.ep}" if layout.ep > 1 else "")
        said.append(Text(f"并行方式取 {name}", f"layout {name} chosen"))
    if resource.cards > resource.per_node and resource.fabric_gb_s is None:
        said.append(Text("节点间按每卡 25 GB/s 计", "25 GB/s a card between nodes assumed"))
    return tuple(said)
