"""Writes an option out as a plan that can be ordered, with its figures, its reasoning and its risks."""

from __future__ import annotations

from datetime import datetime, timedelta

from suanshi.advice.card import arithmetic, rates
from suanshi.advice.estimate import Estimate, Memory
from suanshi.advice.frame import Frame, output_speed, typical_engine
from suanshi.advice.market import price, stretched
from suanshi.advice.plan import Label, Plan
from suanshi.advice.search import Option
from suanshi.advice.wishes import Wishes
from suanshi.advice.workload import Batch, Embeddings, Hpc, Layout, OtherDeepLearning, Serving, Training, Workload
from suanshi.kit.refusal import Text
from suanshi.kit.units import GIB


def plan(framed: Frame, option: Option, labels: tuple[Label, ...], wishes: Wishes, now: datetime) -> Plan:
    """The whole of an option. Pure: the same option gives the same plan."""
    shape, offer, found = option.sized.shape, option.offer, option.sized.estimate
    start = now + timedelta(seconds=option.wait)
    card, precision = shape.card, _precision(framed.work)
    hi_price = price(offer, option.per_hour_micro, shape.milli, option.sized.hi * option.price_seconds / option.sized.seconds)
    delays = {name: found.figures[name].value if name in found.figures else None for name in ("ttft_ms", "tpot_ms")}
    return Plan(
        labels=labels,
        offer=offer.id,
        supplier=offer.supplier,
        site=offer.site,
        region=offer.region,
        accelerator=shape.accelerator,
        domestic=card.domestic,
        cards=shape.cards,
        share_milli=shape.share_milli,
        layout=_layout(framed.work, found.layout, shape.cards),
        engine=typical_engine(framed.work, card),
        term=option.term,
        isolation=offer.isolation,
        environments=offer.environments,
        price_micro=option.price_micro,
        voucher_micro=option.voucher_micro,
        pay_micro=option.pay,
        price_hi_micro=max(hi_price, option.price_micro),
        endless=framed.endless,
        wall_seconds=option.wall,
        wall_lo_seconds=stretched(offer, option.term, option.sized.lo),
        wall_hi_seconds=stretched(offer, option.term, option.sized.hi),
        start=start,
        finish=start + timedelta(seconds=option.wall),
        card_hours=shape.milli / 1000 * option.price_seconds / 3600,
        precision=precision,
        nominal_p=rates(shape.resource(), precision).flops * shape.cards / 1e15,
        effective_p=_achieved(framed.work, found) / 1e15,
        kwh=option.kwh,
        co2_kg=option.co2,
        speed=found.speed.value,
        speed_unit=found.speed.unit,
        ttft_ms=delays["ttft_ms"] if isinstance(framed.work, Serving) else None,
        tpot_ms=delays["tpot_ms"] if isinstance(framed.work, Serving) else None,
        micro_per_mtok=_per_million_tokens(framed, option),
        grade=found.grade,
        memory=memory_bars(found.memory),
        steps=found.steps,
        assumptions=found.assumptions,
        risks=_risks(framed, option, wishes, hi_price, now),
    )


def memory_bars(memory: Memory) -> dict[str, float]:
    """GiB by part on the fullest card, and what it holds."""
    parts = ("weights", "kv", "optimiser", "gradients", "activations", "reserve", "capacity")
    return {part: round(getattr(memory, part) / GIB, 3) for part in parts}


def _precision(work: Workload) -> str:
    match work:
        case Training() | OtherDeepLearning() | Hpc():
            return work.precision
        case _:
            return arithmetic(work.weight_bits, work.precision)


def _layout(work: Workload, spread: Layout, cards: int) -> str:
    """ "TP2 x DP4", "ZeRO-3 x 8"; nothing for one card."""
    if cards == 1:
        return ""
    if isinstance(work, Hpc):
        return f"{max(work.ranks, cards)} ranks"
    if isinstance(work, Training) and spread.tp * spread.pp == 1:
        return f"ZeRO-{spread.zero} x {cards}"
    degrees = (("TP", spread.tp), ("PP", spread.pp), ("DP", spread.dp))
    return " x ".join(f"{name}{degree}" for name, degree in degrees if degree > 1)


def _achieved(work: Workload, found: Estimate) -> float:
    """Operations per second that serve the work, of the whole resource."""
    match work:
        case Training():
            per_token = 4 if work.method in ("lora", "qlora") else 6
            if found.seconds is None or not work.tokens:
                return 0.0
            return per_token * work.model.active * work.tokens / max(found.seconds.value, 1e-9)
        case Serving() | Batch():
            return 2 * work.model.active * output_speed(found) * (work.isl + work.osl) / work.osl
        case Embeddings():
            seconds = found.seconds.value if found.seconds else float("inf")
            return 2 * work.model.active * work.texts * work.tokens_each / max(seconds, 1e-9)
        case OtherDeepLearning():
            return work.gflop * 1e9 * (3 if work.training else 1) * found.speed.value
        case Hpc():
            return work.flop / max(found.seconds.value if found.seconds else float("inf"), 1e-9)


def _per_million_tokens(framed: Frame, option: Option) -> int | None:
    """Micro-yuan for a million tokens, read and written, after vouchers."""
    work = framed.work
    match work:
        case Serving(requests_per_day=None):
            tokens = output_speed(option.sized.estimate) * (work.isl + work.osl) / work.osl * option.sized.seconds
        case Serving():
            tokens = (work.requests_per_day or 0.0) * (work.isl + work.osl) * option.sized.seconds / 86400
        case Batch():
            tokens = work.requests * (work.isl + work.osl)
        case Embeddings():
            tokens = work.texts * work.tokens_each
        case _:
            return None
    return round(option.pay / tokens * 1e6) if tokens > 0 else None


def _risks(framed: Frame, option: Option, wishes: Wishes, hi_price: int, now: datetime) -> tuple[Text, ...]:
    found, offer = option.sized.estimate, option.offer
    risks = []
    if wishes.deadline is not None and not framed.endless:
        left = (wishes.deadline - now).total_seconds()
        late = option.wait + stretched(offer, option.term, option.sized.hi) - left
        if late > 0:
            risks.append(
                Text(f"若按区间慢端，将晚 {late / 3600:.1f} 小时", f"at the slow end of the interval {late / 3600:.1f} h late")
            )
    if wishes.budget_micro is not None and not wishes.budget_per and hi_price - option.voucher_micro > wishes.budget_micro:
        over = (hi_price - option.voucher_micro) / 1e6
        risks.append(Text(f"若按区间慢端，费用为 ¥{over:,.2f}，超出预算", f"at the slow end ¥{over:,.2f}, above the budget"))
    if option.term == "spot":
        risks.append(Text("闲时资源可能被收回，需要检查点", "spot capacity can be taken back: keep checkpoints"))
    if offer.isolation != "kernel":
        risks.append(Text("隔离不由内核强制，不宜放敏感数据", "isolation is not enforced by the kernel: not for sensitive data"))
    if found.grade == "C":
        risks.append(Text("仅由理论推算，建议先做短时试跑", "from theory alone: a short probe run first is advised"))
    if framed.endless and offer.max_seconds < (framed.horizon or 0):
        hours = offer.max_seconds / 3600
        risks.append(Text(f"每次最长租 {hours:.0f} 小时，需续租", f"leased for {hours:.0f} h at most: renewals are needed"))
    return tuple(risks)
