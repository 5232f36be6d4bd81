"""What advice promised is held against what the run then showed; a probe is a short paid run that measures on purpose."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

from suanshi.advice.plan import Plan
from suanshi.advice.wishes import Wishes
from suanshi.advice.workload import OtherDeepLearning, Workload
from suanshi.catalog.accelerator import accelerators
from suanshi.catalog.offer import Ask
from suanshi.db.engine import Database
from suanshi.flows import market
from suanshi.flows.advise import advised
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


def plan_of(db: Database, workload: Workload, ask: Ask) -> Plan:
    """The plan that advice makes of this work on exactly what is asked. Raises a refusal when it cannot be done there."""
    shown = market.offer(db, ask.offer)
    wishes = Wishes(cards=ask.cards, whole_cards=ask.share_milli == 1000, interruptible=False)
    advice = advised(db, workload, wishes, [replace(shown, free_cards=max(shown.free_cards, ask.cards))])
    for plan in advice.plans:
        if (plan.cards, plan.share_milli) == (ask.cards, ask.share_milli):
            return plan
    reason = advice.verdicts[0].text if advice.verdicts else None
    raise invalid("workload", reason.zh if reason else "无法估算", reason.en if reason else "cannot be estimated here")


def promise(db: Database, workload: Workload, ask: Ask) -> Promise:
    """How long the work will take on what is asked, as advice says now."""
    plan = plan_of(db, workload, ask)
    if plan.endless:
        raise invalid("workload", "没有终点的工作无法承诺时长", "has no end, so there is no duration to promise")
    return _promise(plan, "wall_seconds", "s", plan.wall_seconds, plan.wall_lo_seconds, plan.wall_hi_seconds, False)


def probe(db: Database, workload: Workload, ask: Ask) -> tuple[Ask, Job, Promise]:
    """What to buy, and what to run, to measure the speed behind a plan: seconds of the very cards it names."""
    if not isinstance(workload, OtherDeepLearning) or accelerators()[market.offer(db, ask.offer).offer.accelerator].kind != "cpu":
        raise refuse(NO_PROBE)
    plan = plan_of(db, workload, ask)
    script = files("suanshi.flows").joinpath("data", PROBE_SCRIPT).read_text("utf-8")
    env = (("PROBE_GFLOP", repr(workload.gflop)), ("PROBE_TRAINING", str(int(workload.training))))
    job = Job("scientific", script=script, env=env, seconds=PROBE_SECONDS)
    low, high = (plan.speed * plan.wall_seconds / wall for wall in (plan.wall_hi_seconds, plan.wall_lo_seconds))
    promised = _promise(plan, "samples_s_total", plan.speed_unit, plan.speed, low, high, True)
    return replace(ask, seconds=PROBE_SECONDS), job, promised


def _promise(plan: Plan, metric: str, unit: str, value: float, lo: float, hi: float, is_probe: bool) -> Promise:
    return Promise(ids.new("prm"), plan.accelerator, plan.engine, metric, unit, value, lo, hi, is_probe, now())
