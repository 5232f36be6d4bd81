"""What advice promised is held against what the run then showed; a probe is a short paid run that measures on purpose."""

from __future__ import annotations

from importlib.resources import files

from suanshi.advice.estimate import Figure, estimate
from suanshi.advice.frame import Shape, Sized, frame, size, typical_engine
from suanshi.advice.wishes import Wishes
from suanshi.advice.workload import OtherDeepLearning, Workload
from suanshi.catalog.offer import Ask
from suanshi.db.engine import Database
from suanshi.flows import market
from suanshi.flows.advise import corrections, on_sale
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.refusal import invalid, kind, refuse
from suanshi.orders.order import Job
from suanshi.orders.promise import Promise

PROBE_SECONDS = 120
PROBE_SCRIPT = "probe_network.py"

NO_PROBE = kind(
    "no-probe",
    409,
    ("目前只能在 CPU 核上试跑按算量描述的网络。", "Probes exist for networks given by their arithmetic, on CPU cores, so far."),
    (
        "可直接下单：运行结束后会对照预估与实测。",
        "Order the plan itself: after the run, promise and measurement stand side by side.",
    ),
)


def promise(db: Database, workload: Workload, ask: Ask) -> Promise:
    """How long the work will take on what is asked, as advice says now. Raises a refusal when it cannot be done there."""
    sized = _sized(db, workload, ask)
    if sized.estimate.seconds is None:
        raise invalid("workload", "没有终点的工作无法承诺时长", "has no end, so there is no duration to promise")
    return _promise(workload, sized, "wall_seconds", "s", sized.estimate.seconds, False)


def probe(db: Database, workload: Workload, ask: Ask) -> tuple[Job, Promise]:
    """What to run to measure the speed behind a plan on the very cards it names, and the speed it promised."""
    sized = _sized(db, workload, ask)
    if not isinstance(workload, OtherDeepLearning) or sized.shape.card.kind != "cpu":
        raise refuse(NO_PROBE)
    script = files("suanshi.flows").joinpath("data", PROBE_SCRIPT).read_text("utf-8")
    env = (("PROBE_GFLOP", repr(workload.gflop)), ("PROBE_TRAINING", str(int(workload.training))))
    job = Job("scientific", script=script, env=env, seconds=PROBE_SECONDS)
    speed = sized.estimate.speed
    return job, _promise(workload, sized, "samples_s_total", speed.unit, speed, True)


def _sized(db: Database, workload: Workload, ask: Ask) -> Sized:
    offer = on_sale(market.offer(db, ask.offer))
    size_ = (ask.cards, ask.share_milli, offer.memory_gib, offer.per_node, offer.fabric_gb_s)
    sized = size(frame(workload, Wishes(), db.read(corrections)), Shape(offer.accelerator, *size_), estimate)
    if sized.failure is not None:
        raise invalid("workload", sized.failure.text.zh, sized.failure.text.en)
    return sized


def _promise(work: Workload, sized: Sized, metric: str, unit: str, figure: Figure, is_probe: bool) -> Promise:
    engine = typical_engine(work, sized.shape.card)
    value = (figure.value, figure.lo, figure.hi)
    return Promise(ids.new("prm"), sized.shape.accelerator, engine, metric, unit, *value, is_probe, now())
