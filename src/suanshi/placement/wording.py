"""The sentences of a refusal: what is against a class, and what would have to change, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from suanshi.kit.money import yuan
from suanshi.kit.refusal import Text
from suanshi.placement.candidate import CHINA_TIME, Candidate, Need, begins, costs, lasts

_Sentence = tuple[str, str]


def _words(value: Any) -> str:
    return " / ".join(sorted(map(str, value))) or "-"


def clock(second: int) -> str:
    """Local time of the market, to the minute."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second, hours=CHINA_TIME)).strftime("%Y-%m-%d %H:%M")


def cards(milli: int) -> _Sentence:
    if milli < 1000:
        return f"{milli / 1000:g} 张卡", f"{milli / 1000:g} of a card"
    return f"{milli // 1000} 张卡", f"{milli // 1000} card{'s' if milli >= 2000 else ''}"


def _percent(bp: int) -> str:
    return f"{bp / 100:g} %"


_SCOPE: dict[str, _Sentence] = {
    "site": ("同一中心内", "within one site"),
    "group": ("同一组网内", "within one node group"),
    "node": ("同一节点内", "on one node"),
}


def _room(n: Need, c: Candidate) -> _Sentence:
    zh, en = cards(n.milli)
    scope_zh, scope_en = _SCOPE.get(n.together, _SCOPE["site"])
    have = {"group": c.same_group, "node": c.same_node}.get(n.together, c.free)
    if n.milli < 1000:
        return (
            f"没有空闲的整卡，最大的空闲切片为 {c.free_share / 1000:g} 张卡，需要 {zh}",
            f"no whole card is free and the largest free slice is {c.free_share / 1000:g} of a card, {en} is needed",
        )
    return f"{scope_zh}空闲 {have} 张卡，需要 {zh}", f"{have} free {scope_en}, {en} needed"


_BECAUSE: dict[str, Callable[[Need, Candidate], _Sentence]] = {
    "accepting": lambda n, c: ("该类资源暂停接单", "this class is not accepting work at present"),
    "accelerator": lambda n, c: (
        f"型号为 {c.accelerator}，只接受 {_words(n.accelerators)}",
        f"it is {c.accelerator}, only {_words(n.accelerators)} will do",
    ),
    "kind": lambda n, c: (f"芯片类别为 {c.kind}，只接受 {_words(n.kinds)}", f"it is a {c.kind}, only {_words(n.kinds)} will do"),
    "memory": lambda n, c: (
        f"显存 {c.memory_gib} GiB，至少需要 {n.min_memory_gib} GiB",
        f"it has {c.memory_gib} GiB of memory, at least {n.min_memory_gib} GiB is needed",
    ),
    "compute": lambda n, c: (
        f"FP16 算力 {c.fp16_tflops} TFLOPS，至少需要 {n.min_fp16_tflops}",
        f"it has {c.fp16_tflops} TFLOPS of FP16, at least {n.min_fp16_tflops} is needed",
    ),
    "precision": lambda n, c: (
        f"不支持精度 {_words(n.precisions - c.precisions)}",
        f"it lacks the precision {_words(n.precisions - c.precisions)}",
    ),
    "software": lambda n, c: (
        f"软件栈为 {_words(c.software)}，需要 {_words(n.software)} 之一",
        f"it runs {_words(c.software)}, one of {_words(n.software)} is needed",
    ),
    "vendor": lambda n, c: (
        f"厂商所在地为 {c.vendor_country or '未知'}，只接受 {_words(n.vendor_countries)}",
        f"its vendor is from {c.vendor_country or 'an unknown place'}, only {_words(n.vendor_countries)} will do",
    ),
    "fabric": lambda n, c: (
        f"组网为 {c.fabric}，需要 {_words(n.fabrics)}",
        f"its fabric is {c.fabric}, {_words(n.fabrics)} is needed",
    ),
    "bandwidth": lambda n, c: (
        f"组网带宽 {c.fabric_gbps} Gb/s，至少需要 {n.min_fabric_gbps} Gb/s",
        f"its fabric gives {c.fabric_gbps} Gb/s, at least {n.min_fabric_gbps} Gb/s is needed",
    ),
    "site": lambda n, c: (f"位于 {c.site}，只接受 {_words(n.sites)}", f"it is at {c.site}, only {_words(n.sites)} will do"),
    "region": lambda n, c: (
        f"区域为 {c.region}，只接受 {_words(n.regions)}",
        f"it is in {c.region}, only {_words(n.regions)} will do",
    ),
    "residency": lambda n, c: (
        f"位于 {c.country}，数据只能存放在 {_words(n.residency)}",
        f"it is in {c.country}, the data may rest only in {_words(n.residency)}",
    ),
    "tier": lambda n, c: (f"层级为 {c.tier}，需要 {_words(n.tiers)}", f"its tier is {c.tier}, {_words(n.tiers)} is needed"),
    "distance": lambda n, c: (f"距离超过 {n.max_km} 公里", f"it is farther than {n.max_km} km"),
    "latency": lambda n, c: (
        f"往返时延超过 {(n.max_latency_us or 0) / 1000:g} 毫秒",
        f"its round trip is longer than {(n.max_latency_us or 0) / 1000:g} ms",
    ),
    "isolation": lambda n, c: (
        f"隔离等级为 {c.isolation}，至少需要 {n.min_isolation}",
        f"its isolation is {c.isolation}, at least {n.min_isolation} is needed",
    ),
    "oversubscription": lambda n, c: (
        "该类资源超卖，而需求未同意超卖",
        "it is oversubscribed, which this need has not agreed to",
    ),
    "trust": lambda n, c: (
        f"供给方信用等级 {c.trust}，至少需要 {n.min_trust}",
        f"its supplier's trust is {c.trust}, at least {n.min_trust} is needed",
    ),
    "supplier": lambda n, c: (f"需求方不接受供给方 {c.supplier}", f"the buyer refuses the supplier {c.supplier}"),
    "voucher": lambda n, c: (f"不能使用算力券 {n.voucher}", f"the voucher programme {n.voucher} is not accepted there"),
    "pue": lambda n, c: (
        f"PUE 为 {c.pue_bp / 10_000:g}，不得高于 {(n.max_pue_bp or 0) / 10_000:g}",
        f"its PUE is {c.pue_bp / 10_000:g}, at most {(n.max_pue_bp or 0) / 10_000:g} is accepted",
    ),
    "green": lambda n, c: (
        f"绿电占比 {_percent(c.green_bp)}，至少需要 {_percent(n.min_green_bp)}",
        f"its green share is {_percent(c.green_bp)}, at least {_percent(n.min_green_bp)} is needed",
    ),
    "price": lambda n, c: (
        f"单价每卡时 {yuan(c.price)} 元，上限 {yuan(n.max_price or 0)} 元",
        f"it costs {yuan(c.price)} yuan a card-hour, the ceiling is {yuan(n.max_price or 0)}",
    ),
    "share": lambda n, c: (
        f"只能按 {c.share_step / 1000:g} 张卡的整数倍切分",
        f"it is cut only in multiples of {c.share_step / 1000:g} of a card",
    ),
    "room": _room,
    "start": lambda n, c: (f"最早 {clock(c.available_at)} 可用", f"it is free from {clock(c.available_at)} at the earliest"),
    "deadline": lambda n, c: (
        f"最早 {clock(begins(n, c) + lasts(n, c))} 完成，晚于截止时间",
        f"it would finish at {clock(begins(n, c) + lasts(n, c))}, after the deadline",
    ),
    "budget": lambda n, c: (
        f"总价 {yuan(costs(n, c))} 元，超出预算 {yuan(n.budget or 0)} 元",
        f"it would cost {yuan(costs(n, c))} yuan, the budget is {yuan(n.budget or 0)}",
    ),
    "cabinet-power": lambda n, c: ("所需时段的机柜功率不足", "its cabinets lack the power in the hours needed"),
    "site-power": lambda n, c: ("所需时段超出中心的用电上限", "its site would pass its power cap in the hours needed"),
}


def because(rule: str, need: Need, candidate: Candidate) -> Text:
    """Why `rule` is against this class; a rule added from outside is named and nothing more."""
    sentence = _BECAUSE.get(rule)
    return Text(*sentence(need, candidate)) if sentence else Text(f"不满足规则 {rule}", f"the rule {rule} is not met")


_FIELD: dict[str, _Sentence] = {
    "accelerators": ("可接受的型号", "accepted accelerators"),
    "kinds": ("可接受的芯片类别", "accepted kinds of chip"),
    "software": ("可接受的软件栈", "accepted software"),
    "precisions": ("所需精度", "needed precisions"),
    "vendor_countries": ("可接受的厂商所在地", "accepted vendor countries"),
    "min_memory_gib": ("最小显存（GiB）", "least memory (GiB)"),
    "min_fp16_tflops": ("最低 FP16 算力（TFLOPS）", "least FP16 TFLOPS"),
    "together": ("集中范围", "scope"),
    "fabrics": ("可接受的组网", "accepted fabrics"),
    "min_fabric_gbps": ("最低组网带宽（Gb/s）", "least fabric bandwidth (Gb/s)"),
    "sites": ("可接受的中心", "accepted sites"),
    "regions": ("可接受的区域", "accepted regions"),
    "residency": ("数据可存放的国家或地区", "countries the data may rest in"),
    "tiers": ("可接受的层级", "accepted tiers"),
    "max_km": ("最远距离（公里）", "greatest distance (km)"),
    "max_latency_us": ("最大往返时延（微秒）", "greatest round trip (microseconds)"),
    "min_isolation": ("最低隔离等级", "least isolation"),
    "accept_oversubscribed": ("接受超卖", "accept oversubscription"),
    "min_trust": ("最低信用等级", "least trust"),
    "refused_suppliers": ("不接受的供给方", "refused suppliers"),
    "voucher": ("指定的算力券", "required voucher"),
    "max_pue_bp": ("最高 PUE", "greatest PUE"),
    "min_green_bp": ("最低绿电占比", "least green share"),
    "max_price": ("单价上限（元/卡时）", "price ceiling (yuan per card-hour)"),
    "budget": ("预算（元）", "budget (yuan)"),
    "milli": ("数量", "quantity"),
    "start": ("开始时间", "start"),
    "finish_by": ("截止时间", "deadline"),
    "accepting": ("恢复接单", "accepting work"),
    "free": ("空闲卡数", "free cards"),
    "same_group": ("同组网空闲卡数", "free cards in one node group"),
    "same_node": ("同节点空闲卡数", "free cards on one node"),
    "isolation": ("隔离等级", "isolation"),
    "cabinet_watts": ("机柜可用功率（瓦）", "cabinet headroom (watts)"),
    "site_watts": ("中心可用功率（瓦）", "site headroom (watts)"),
}


def _shown(field: str, value: Any) -> _Sentence:
    if value is None:
        return "不限", "none"
    if value is True:
        return "是", "yes"
    if field == "milli":
        return cards(value)
    if field in {"max_price", "budget"}:
        return (yuan(value),) * 2
    if field in {"start", "finish_by"}:
        return (clock(value),) * 2
    if field == "max_pue_bp":
        return (f"{value / 10_000:g}",) * 2
    if field == "min_green_bp":
        return (_percent(value),) * 2
    if isinstance(value, frozenset):
        return (_words(value), _words(value)) if value else ("不限", "any")
    if isinstance(value, tuple):
        return (str(max(value)),) * 2
    return (str(value),) * 2


def change_text(who: str, field: str, value: Any) -> Text:
    """Who sets what to what."""
    zh, en = _FIELD.get(field, (field, field))
    shown_zh, shown_en = _shown(field, value)
    if who == "asker":
        return Text(f"将{zh}改为 {shown_zh}", f"set {en} to {shown_en}")
    return Text(f"需供给方将{zh}提供至 {shown_zh}", f"the supplier would have to bring {en} to {shown_en}")
