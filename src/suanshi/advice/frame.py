"""The work in the frame of one purchase: what is counted, over how long, and what an estimate of it has to satisfy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from suanshi.advice.estimate import Estimate
from suanshi.advice.failure import Failure, FailureKind
from suanshi.advice.probe import Correction, corrected, family
from suanshi.advice.wishes import Wishes
from suanshi.advice.workload import Batch, Embeddings, Hpc, OtherDeepLearning, Resource, Serving, Training, Workload
from suanshi.catalog.accelerator import Accelerator, accelerators
from suanshi.kit.refusal import Text
from suanshi.kit.units import GIB

HORIZON_HOURS = 720.0  # what endless work is priced over when nobody says for how long: a month of 30 days
SETUP_SECONDS = 60.0  # bringing an environment up
LOAD_BYTES_PER_SECOND = 1e9  # reading weights from the site's storage, per card
SPEED_TOKENS, SPEED_SAMPLES = 1e8, 1e6  # amounts that options are compared on when none is given
TTFT_MS, TPOT_MS = 2000.0, 100.0  # delays a chat may have where none are asked for
IDLE_POWER = 0.3  # share of its full power that a card draws while it waits for requests

Estimator = Callable[[Workload, Resource], Estimate]


@dataclass(frozen=True, slots=True)
class Shape:
    """Hardware of one order, wherever it stands: everything an estimate depends on."""

    accelerator: str
    cards: int
    share_milli: int = 1000
    memory_gib: float | None = None
    per_node: int = 8
    fabric_gb_s: float | None = None

    @property
    def milli(self) -> int:
        """Thousandths of cards."""
        return self.cards * self.share_milli

    @property
    def card(self) -> Accelerator:
        return accelerators()[self.accelerator]

    def resource(self) -> Resource:
        share = self.share_milli / 1000
        memory = None if self.memory_gib is None else self.memory_gib * share
        return Resource(self.card, self.cards, share, memory, None, self.fabric_gb_s, self.per_node)

    def failed(self, kind: FailureKind, need: float, have: float) -> Failure:
        """This shape falls short: it needs so much where there is so much."""
        return Failure(kind, str(self), need, have, self.cards, self.share_milli)

    def __str__(self) -> str:
        piece = f"{self.share_milli / 10:g}%" if self.share_milli < 1000 else str(self.cards)
        return f"{self.card.name} x {piece}"


@dataclass(frozen=True, slots=True)
class Frame:
    """`horizon` is seconds that endless work is priced over; `peak` output tokens per second it must reach."""

    work: Workload
    horizon: float | None
    peak: float | None
    setup: float
    notes: tuple[Text, ...]
    corrections: tuple[Correction, ...] = ()

    @property
    def endless(self) -> bool:
        return self.horizon is not None


def frame(work: Workload, wishes: Wishes, corrections: Iterable[Correction] = ()) -> Frame:
    """Completes what a purchase needs and the workload leaves open; each completion is a note."""
    notes = []
    if isinstance(work, Training) and work.tokens is None:
        work = replace(work, tokens=SPEED_TOKENS)
        notes.append(Text("没有数据量：按 1 亿 token 比较各方案", "no amount of data: plans are compared on 100 million tokens"))
    if isinstance(work, OtherDeepLearning) and work.samples is None:
        work = replace(work, samples=SPEED_SAMPLES)
        notes.append(Text("没有样本数：按 100 万个样本比较各方案", "no number of samples: plans are compared on one million"))
    setup = SETUP_SECONDS + _weights(work) / LOAD_BYTES_PER_SECOND
    notes.append(Text(f"已计入启动和载入约 {setup / 60:.0f} 分钟", f"about {setup / 60:.0f} min to start and load are included"))
    if not isinstance(work, Serving):
        return Frame(work, None, None, setup, tuple(notes), tuple(corrections))
    hours = wishes.hours or HORIZON_HOURS
    work = _at_peak(work, notes)
    notes.append(Text(f"持续运行的服务按 {hours:g} 小时计价", f"a service without end is priced over {hours:g} hours"))
    return Frame(work, hours * 3600, _peak(work), setup, tuple(notes), tuple(corrections))


def _at_peak(work: Serving, notes: list[Text]) -> Serving:
    """The service in its busiest hour: by Little's law as many requests are in flight as arrive while one is answered."""
    if work.concurrency is not None or work.requests_per_day is None:
        return work
    ttft, tpot = work.ttft_ms or TTFT_MS, work.tpot_ms or TPOT_MS
    if not (work.ttft_ms and work.tpot_ms):
        notes.append(
            Text(
                f"首 token {ttft:.0f} 毫秒、其后每个 {tpot:.0f} 毫秒以内",
                f"first token within {ttft:.0f} ms, then {tpot:.0f} each",
            )
        )
    rate = work.requests_per_day / 86400 * work.peak_factor
    inflight = max(rate * (ttft + tpot * work.osl) / 1e3, 1.0)
    notes.append(Text(f"高峰时约 {inflight:.0f} 个请求同时处理", f"about {inflight:.0f} requests are in flight at the peak"))
    return replace(work, concurrency=inflight, ttft_ms=ttft, tpot_ms=tpot)


def _weights(work: Workload) -> float:
    """Bytes that have to be loaded before the first step."""
    match work:
        case Training():
            return work.model.total * (0.5 if work.method == "qlora" else 2)
        case Serving() | Batch() | Embeddings():
            return work.model.total * work.weight_bits / 8
        case OtherDeepLearning():
            return work.parameters * 2
        case Hpc():
            return 0.0


def least_bytes(work: Workload) -> float:
    """Bytes that all cards together hold at the very least: a quick look before anything is sized."""
    if isinstance(work, Training):
        per_parameter = {"pretrain": 12.0, "full_ft": 12.0, "full_ft_8bit": 6.0, "lora": 2.0, "qlora": 0.5}
        return work.model.total * per_parameter[work.method]
    return work.memory_bytes if isinstance(work, Hpc) else _weights(work)


def _peak(work: Serving) -> float | None:
    if work.requests_per_day is None:
        return None
    return work.requests_per_day * work.osl / 86400 * work.peak_factor


@dataclass(frozen=True, slots=True)
class Sized:
    """A shape with its estimate; `seconds` of card time to be paid, set-up included, with the 80 % interval."""

    shape: Shape
    estimate: Estimate
    seconds: float
    lo: float
    hi: float
    failure: Failure | None


def size(framed: Frame, shape: Shape, estimator: Estimator) -> Sized:
    """What the work takes on `shape`, corrected by probes, and whether it can be done there at all."""
    found = estimator(framed.work, shape.resource())
    if measured := _measured(framed, shape.card):
        found = corrected(found, measured)
    if framed.horizon is not None or found.seconds is None:
        seconds = lo = hi = framed.horizon or framed.setup
    else:
        seconds, lo, hi = (s + framed.setup for s in (found.seconds.value, found.seconds.lo, found.seconds.hi))
    return Sized(shape, found, seconds, lo, hi, _failure(framed, shape, found))


def _measured(framed: Frame, card: Accelerator) -> Correction | None:
    """What probes say of this card and engine; an engine without a version is any release of it, the best probed one."""
    engine = typical_engine(framed.work, card).lower()
    fitting = [
        known
        for known in framed.corrections
        if known.accelerator == card.id and engine in (known.engine.lower(), family(known.engine))
    ]
    return max(fitting, key=lambda known: known.probes, default=None)


def typical_engine(work: Workload, card: Accelerator) -> str:
    """The program that usually runs such work on such a card, unless the workload names one."""
    if isinstance(work, Hpc):
        return "MPI"
    if work.engine:
        return work.engine
    if isinstance(work, OtherDeepLearning):
        return "PyTorch"
    if isinstance(work, Training):
        return "MindSpeed" if card.vendor == "Huawei" else "PyTorch FSDP"
    if card.kind == "cpu":
        return "llama.cpp"
    return "MindIE" if card.vendor == "Huawei" else "vLLM"


def _failure(framed: Frame, shape: Shape, found: Estimate) -> Failure | None:
    if not found.fits:
        return shape.failed("memory", found.memory.total / GIB, found.memory.capacity / GIB)
    worst = max(_demands(framed, found), key=lambda demand: demand[1] / max(demand[2], 1e-9), default=None)
    return shape.failed(*worst) if worst and worst[1] > worst[2] * 1.001 else None


def _demands(framed: Frame, found: Estimate) -> list[tuple[FailureKind, float, float]]:
    """What a service has to reach, each as need and have that must cover it."""
    work = framed.work
    if not isinstance(work, Serving):
        return []
    limits: tuple[tuple[FailureKind, float | None], ...] = (("ttft", work.ttft_ms), ("tpot", work.tpot_ms))
    delays = [(kind, found.figures.get(f"{kind}_ms"), limit) for kind, limit in limits]
    demands = [(kind, figure.value, limit) for kind, figure, limit in delays if figure and limit]
    return demands + ([("capacity", framed.peak, output_speed(found))] if framed.peak else [])


def strain(framed: Frame, found: Estimate) -> float:
    """How hard pressed a service is in the worst of its demands: above one it fails. Zero for work without limits."""
    return max((need / max(have, 1e-9) for _, need, have in _demands(framed, found)), default=0.0)


def output_speed(found: Estimate) -> float:
    """Output tokens per second of the whole resource."""
    figure = found.figures.get("out_tok_s_total")
    return figure.value if figure else found.speed.value


def load(framed: Frame, found: Estimate) -> float:
    """Mean share of its speed that a service is asked for; one where the work has an end or fills the cards."""
    if not isinstance(framed.work, Serving) or not framed.peak:
        return 1.0
    return min(framed.peak / framed.work.peak_factor / max(output_speed(found), 1e-9), 1.0)
