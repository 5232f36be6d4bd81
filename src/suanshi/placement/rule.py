"""The rules a class of cards must pass to serve a need: each a named test with the least change that would pass it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal

from suanshi.kit.refusal import Text
from suanshi.placement.candidate import (
    DAY,
    ISOLATION,
    LATENCY_US_PER_KM,
    Candidate,
    Need,
    begins,
    costs,
    hours_of_day,
    lasts,
)
from suanshi.placement.wording import change_text


@dataclass(frozen=True, slots=True)
class Change:
    """Set `field` of the need (who = asker) or of the candidate (who = supplier) to `value`."""

    who: Literal["asker", "supplier"]
    field: str
    value: Any

    @property
    def text(self) -> Text:
        return change_text(self.who, self.field, self.value)


@dataclass(frozen=True, slots=True)
class Rule:
    """A named test. `fields` are all it reads of the need, `reads` what it reads of a candidate that moves with time.

    `few`: few different values of those fields come, so the answers are worth remembering by them.
    """

    name: str
    admits: Callable[[Need, Candidate], bool]
    change: Callable[[Need, Candidate], Change]
    fields: tuple[str, ...]
    reads: tuple[str, ...] = ()
    few: bool = True


def _asker(field: str, value: Any) -> Change:
    return Change("asker", field, value)


def _supplier(field: str, value: Any) -> Change:
    return Change("supplier", field, value)


# --- builders: most rules compare one field of the need with one of the candidate -----------------------------------


def at_least(name: str, wish: str, have: str, reads: bool = False) -> Rule:
    def admits(need: Need, c: Candidate) -> bool:
        return bool(getattr(c, have) >= getattr(need, wish))

    return Rule(name, admits, lambda _, c: _asker(wish, getattr(c, have)), (wish,), (have,) if reads else ())


def at_most(name: str, wish: str, have: str, reads: bool = False) -> Rule:
    def admits(need: Need, c: Candidate) -> bool:
        limit = getattr(need, wish)
        return limit is None or bool(getattr(c, have) <= limit)

    return Rule(name, admits, lambda _, c: _asker(wish, getattr(c, have)), (wish,), (have,) if reads else ())


def one_of(name: str, wish: str, have: str) -> Rule:
    """The need names the values it accepts; none named means any."""

    def admits(need: Need, c: Candidate) -> bool:
        accepted = getattr(need, wish)
        return not accepted or getattr(c, have) in accepted

    def change(need: Need, c: Candidate) -> Change:
        return _asker(wish, getattr(need, wish) | {getattr(c, have)})

    return Rule(name, admits, change, (wish,))


def either(name: str, first: Rule, second: Rule) -> Rule:
    """Composition: admitted when one of the two admits; the first rule's change is the one proposed."""

    def admits(need: Need, c: Candidate) -> bool:
        return first.admits(need, c) or second.admits(need, c)

    fields = tuple(dict.fromkeys(first.fields + second.fields))
    reads = tuple(dict.fromkeys(first.reads + second.reads))
    return Rule(name, admits, first.change, fields, reads, first.few and second.few)


# --- the rules that need a thought of their own ---------------------------------------------------------------------


def _accepting() -> Rule:
    return Rule("accepting", lambda _, c: c.accepting, lambda *_: _supplier("accepting", True), (), ("accepting",))


def _software() -> Rule:
    def change(need: Need, c: Candidate) -> Change:
        return _asker("software", need.software | c.software) if c.software else _asker("software", frozenset())

    return Rule("software", lambda n, c: not n.software or bool(n.software & c.software), change, ("software",))


def _precision() -> Rule:
    return Rule(
        "precision",
        lambda n, c: n.precisions <= c.precisions,
        lambda n, c: _asker("precisions", n.precisions & c.precisions),
        ("precisions",),
    )


def _share() -> Rule:
    """A share must be a whole number of the steps in which this class is cut; the least change rounds it up."""

    def step(c: Candidate) -> int:
        return min(max(c.share_step, 1), 1000)

    return Rule(
        "share",
        lambda n, c: n.milli >= 1000 or n.milli % step(c) == 0,
        lambda n, c: _asker("milli", min(-(-n.milli // step(c)) * step(c), 1000)),
        ("milli",),
    )


def _capacity(c: Candidate, together: str) -> int:
    return {"group": c.same_group, "node": c.same_node}.get(together, c.free)


def _room() -> Rule:
    """Cards free within the scope asked for. A wider scope is the lesser change, then fewer cards, then a supplier's."""

    def admits(need: Need, c: Candidate) -> bool:
        if need.milli < 1000 and c.free_share >= need.milli:
            return True
        return _capacity(c, need.together) * 1000 >= need.milli

    def change(need: Need, c: Candidate) -> Change:
        wider = {"node": ("group", "site"), "group": ("site",)}.get(need.together, ())
        for scope in wider:
            if _capacity(c, scope) * 1000 >= need.milli:
                return _asker("together", scope)
        step = min(max(c.share_step, 1), 1000)
        if (cards := _capacity(c, need.together)) > 0:
            return _asker("milli", cards * 1000)
        if need.milli < 1000 and (share := c.free_share // step * step) > 0:
            return _asker("milli", share)
        return _supplier({"group": "same_group", "node": "same_node"}.get(need.together, "free"), need.cards)

    moving = ("free", "same_group", "same_node", "free_share")
    return Rule("room", admits, change, ("milli", "together"), moving)


@lru_cache(maxsize=1 << 16)  # places are cities: few pairs, asked again and again
def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance between two (latitude, longitude) pairs."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 12_742.0 * math.asin(math.sqrt(min(h, 1.0)))


def _km(need: Need, c: Candidate) -> int:
    return math.ceil(distance_km(need.near, (c.latitude, c.longitude))) if need.near is not None else 0


def latency_us(need: Need, c: Candidate) -> int:
    """Estimated round trip from the buyer's place, or from the site's own city where no place is given."""
    return c.access_us + _km(need, c) * LATENCY_US_PER_KM


def _distance() -> Rule:
    def admits(need: Need, c: Candidate) -> bool:
        return need.max_km is None or _km(need, c) <= need.max_km

    return Rule("distance", admits, lambda n, c: _asker("max_km", _km(n, c)), ("near", "max_km"))


def _latency() -> Rule:
    def admits(need: Need, c: Candidate) -> bool:
        return need.max_latency_us is None or latency_us(need, c) <= need.max_latency_us

    return Rule("latency", admits, lambda n, c: _asker("max_latency_us", latency_us(n, c)), ("near", "max_latency_us"))


def _isolation() -> Rule:
    def grade(name: str) -> int:
        return ISOLATION.index(name) if name in ISOLATION else -1

    return Rule(
        "isolation",
        lambda n, c: grade(c.isolation) >= grade(n.min_isolation),
        lambda n, c: (
            _asker("min_isolation", c.isolation) if c.isolation in ISOLATION else _supplier("isolation", n.min_isolation)
        ),
        ("min_isolation",),
    )


def _oversubscription() -> Rule:
    return Rule(
        "oversubscription",
        lambda n, c: n.accept_oversubscribed or not c.oversubscribed,
        lambda *_: _asker("accept_oversubscribed", True),
        ("accept_oversubscribed",),
    )


def _supplier_refused() -> Rule:
    return Rule(
        "supplier",
        lambda n, c: c.supplier not in n.refused_suppliers,
        lambda n, c: _asker("refused_suppliers", n.refused_suppliers - {c.supplier}),
        ("refused_suppliers",),
    )


def _voucher() -> Rule:
    return Rule(
        "voucher",
        lambda n, c: n.voucher is None or n.voucher in c.vouchers,
        lambda *_: _asker("voucher", None),
        ("voucher",),
    )


def _power(name: str, field: str, at_meter: bool) -> Rule:
    """Headroom by local hour of day, over every hour the work touches."""
    caps_of: Callable[[Candidate], tuple[int, ...]] = attrgetter(field)

    def wanted(need: Need, c: Candidate) -> int:
        at_cabinet = -(-c.watts * need.milli // 1000)
        return -(-at_cabinet * c.pue_bp // 10_000) if at_meter else at_cabinet

    def admits(need: Need, c: Candidate) -> bool:
        caps = caps_of(c)
        if not caps:
            return True
        first, last = hours_of_day(begins(need, c), lasts(need, c))
        touched = caps[first:last] if last <= DAY else caps[first:] + caps[: last - DAY]
        return min(touched, default=0) >= wanted(need, c)

    def change(need: Need, c: Candidate) -> Change:
        watts = wanted(need, c)
        first, last = hours_of_day(begins(need, c), lasts(need, c))
        touched = {hour % DAY for hour in range(first, last)}
        given = (*caps_of(c), *(0,) * DAY)[:DAY]
        return _supplier(field, tuple(max(w, watts) if h in touched else w for h, w in enumerate(given)))

    return Rule(name, admits, change, ("milli", "now", "start", "seconds"), (field,), few=False)


def _start() -> Rule:
    return Rule(
        "start",
        lambda n, c: n.start is None or n.start >= c.available_at,
        lambda _, c: _asker("start", c.available_at),
        ("start",),
        ("available_at",),
        few=False,
    )


def _deadline() -> Rule:
    def end(need: Need, c: Candidate) -> int:
        return begins(need, c) + lasts(need, c)

    return Rule(
        "deadline",
        lambda n, c: n.finish_by is None or end(n, c) <= n.finish_by,
        lambda n, c: _asker("finish_by", end(n, c)),
        ("now", "start", "seconds", "finish_by"),
        ("available_at",),
        few=False,
    )


def _budget() -> Rule:
    return Rule(
        "budget",
        lambda n, c: n.budget is None or costs(n, c) <= n.budget,
        lambda n, c: _asker("budget", costs(n, c)),
        ("budget", "milli", "seconds"),
        ("price",),
        few=False,
    )


RULES: tuple[Rule, ...] = (
    _accepting(),
    one_of("accelerator", "accelerators", "accelerator"),
    one_of("kind", "kinds", "kind"),
    at_least("memory", "min_memory_gib", "memory_gib"),
    at_least("compute", "min_fp16_tflops", "fp16_tflops"),
    _precision(),
    _software(),
    one_of("vendor", "vendor_countries", "vendor_country"),
    one_of("fabric", "fabrics", "fabric"),
    at_least("bandwidth", "min_fabric_gbps", "fabric_gbps"),
    one_of("site", "sites", "site"),
    one_of("region", "regions", "region"),
    one_of("residency", "residency", "country"),
    one_of("tier", "tiers", "tier"),
    _distance(),
    _latency(),
    _isolation(),
    _oversubscription(),
    at_least("trust", "min_trust", "trust"),
    _supplier_refused(),
    _voucher(),
    at_most("pue", "max_pue_bp", "pue_bp"),
    at_least("green", "min_green_bp", "green_bp"),
    at_most("price", "max_price", "price", reads=True),
    _share(),
    _room(),
    _power("cabinet-power", "cabinet_watts", at_meter=False),
    _power("site-power", "site_watts", at_meter=True),
    _start(),
    _deadline(),
    _budget(),
)
"""Whatever is permanent comes first, so that the rule named first is the one least likely to pass with time."""
