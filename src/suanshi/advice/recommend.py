"""Turns a workload, the buyer's wishes and the market's live offers into a few plans and a reason for everything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from suanshi.advice.alternatives import TokenPrice, alternatives
from suanshi.advice.calibration import Calibration
from suanshi.advice.change import least_change
from suanshi.advice.estimate import estimate
from suanshi.advice.failure import Failure, FailureKind
from suanshi.advice.frame import Estimator, frame
from suanshi.advice.front import balanced, coarse, front
from suanshi.advice.market import MarketOffer
from suanshi.advice.order import plan
from suanshi.advice.plan import Advice, Label, Plan, Point, Verdict
from suanshi.advice.probe import Correction
from suanshi.advice.search import Class, Option, Search, classes
from suanshi.advice.wishes import Wishes
from suanshi.advice.words.places import same
from suanshi.advice.workload import Workload
from suanshi.catalog.accelerator import accelerators
from suanshi.kit.money import MICRO
from suanshi.kit.refusal import Text

MOST_PLANS, MOST_POINTS = 6, 80
UNCALIBRATED = Calibration({}, {})  # physics alone: exact in memory and thirty times quicker


def recommend(
    workload: Workload,
    wishes: Wishes,
    offers: Sequence[MarketOffer],
    corrections: Iterable[Correction] = (),
    *,
    now: datetime,
    token_prices: Sequence[TokenPrice] = (),
    estimator: Estimator = estimate,
) -> Advice:
    """Up to six plans, none beaten by another option in cost, time, energy and emissions together, and all within the
    budget and the deadline; only a "domestic" plan may be beaten, and then by foreign cards alone.

    Every offer stands in exactly one verdict. `now` is an aware moment; `token_prices` are what tokens cost instead.
    """
    framed = frame(workload, wishes, corrections)
    physics = partial(estimate, calibration=UNCALIBRATED) if estimator is estimate else estimator
    search = Search(framed, wishes, now, estimator, physics)
    admitted, excluded = _admit(offers, wishes)
    kinds = classes(admitted)
    search.run(kinds)
    options = [option for kind in kinds for option in kind.options]
    best = front(options, search.aims)
    chosen = _choose(best, options, search, wishes)
    plans = tuple(plan(framed, option, labels, wishes, now) for option, labels in chosen)
    verdicts = (*_verdicts(kinds, best, chosen, search), *excluded)
    cheapest = min(options, key=lambda o: o.pay, default=None)
    return Advice(
        plans=plans,
        verdicts=verdicts,
        alternatives=alternatives(search, kinds, cheapest, token_prices) if cheapest else (),
        points=_points(best, [option for option, _ in chosen]),
        horizon_hours=framed.horizon / 3600 if framed.horizon else None,
        notes=framed.notes if plans else (*framed.notes, _nothing(verdicts)),
    )


def _admit(offers: Sequence[MarketOffer], wishes: Wishes) -> tuple[list[MarketOffer], list[Verdict]]:
    """Offers the wishes let in, and a verdict for each group that they keep out."""
    admitted: list[MarketOffer] = []
    kept_out: dict[tuple[str, FailureKind], list[str]] = {}
    for offer in offers:
        kind = _unwanted(offer, wishes)
        if kind is None:
            admitted.append(offer)
        else:
            kept_out.setdefault((offer.accelerator, kind), []).append(offer.id)
    verdicts = []
    for (accelerator, kind), ids in sorted(kept_out.items()):
        card = accelerators().get(accelerator)
        failure = Failure(kind, card.name if card else accelerator, 1, len(ids))
        change = _CHANGES.get(kind)
        verdicts.append(Verdict("rejected", accelerator, kind, failure.text, change, tuple(ids)))
    return admitted, verdicts


_CHANGES: dict[FailureKind, Text] = {
    "region": Text("放宽地区", "allow other regions"),
    "domestic": Text("允许非国产卡", "allow cards that are not domestic"),
    "model": Text("允许这一型号", "allow this model"),
}


def _unwanted(offer: MarketOffer, wishes: Wishes) -> FailureKind | None:
    card = accelerators().get(offer.accelerator)
    if card is None:
        return "unknown"
    if wishes.accelerators and offer.accelerator not in wishes.accelerators:
        return "model"
    if wishes.domestic_only and not card.domestic:
        return "domestic"
    if any(same(place, offer.region) for place in wishes.not_regions):
        return "region"
    if wishes.regions and not any(same(place, offer.region) for place in wishes.regions):
        return "region"
    return None


def _choose(
    best: Sequence[Option], options: Sequence[Option], search: Search, wishes: Wishes
) -> list[tuple[Option, tuple[Label, ...]]]:
    """The extremes and the middle of the front, then other accelerators on it; the buyer's preference stands first."""
    if not best:
        return []
    aims = search.aims
    picks: list[tuple[Label, Option]] = [
        ("cheapest", min(best, key=lambda o: aims(o)[0])),
        ("fastest", min(best, key=lambda o: aims(o)[1])),
        ("greenest", min(best, key=lambda o: aims(o)[3])),
        ("balanced", balanced(best, aims)),
    ]
    if home := [o for o in options if o.sized.shape.card.domestic]:
        on_front = [o for o in best if o.sized.shape.card.domestic]
        picks.append(("domestic", min(on_front or front(home, aims), key=lambda o: aims(o)[0])))
    labels: dict[int, tuple[Option, list[Label]]] = {}
    for label, option in picks:
        labels.setdefault(id(option), (option, []))[1].append(label)
    chosen = list(labels.values())
    seen = {option.sized.shape.accelerator for option, _ in chosen}
    rest = [o for o in best if id(o) not in labels]
    while rest and len(chosen) < MOST_PLANS:
        fresh = [o for o in rest if o.sized.shape.accelerator not in seen]
        if not fresh and len(chosen) >= 3:
            break
        option = balanced(fresh or rest, aims)
        rest.remove(option)
        seen.add(option.sized.shape.accelerator)
        chosen.append((option, []))
    chosen.sort(key=lambda pick: wishes.prefer not in pick[1])
    return [(option, tuple(names)) for option, names in chosen]


def _points(best: Sequence[Option], chosen: Sequence[Option]) -> tuple[Point, ...]:
    """The chart: every plan and the rest of the front, thinned evenly when there is too much of it."""
    rest = [o for o in best if not any(o is c for c in chosen)]
    step = max(len(rest) // (MOST_POINTS - MOST_PLANS) + 1, 1)
    return tuple(
        Point(
            o.sized.shape.accelerator, o.sized.shape.cards, o.sized.shape.share_milli, o.term, o.pay, o.wall, o.kwh,
            any(o is c for c in chosen),
        )
        for o in [*chosen, *rest[::step]]
    )  # fmt: skip


def _verdicts(
    kinds: Sequence[Class], best: Sequence[Option], chosen: Sequence[tuple[Option, tuple[Label, ...]]], search: Search
) -> list[Verdict]:
    """One verdict for each class of offers, the useful ones first; classes that say the same of one card are joined."""
    carried = {option.offer.id for option, _ in chosen}
    leading = {id(option) for option in best}
    told: dict[tuple[str, str], Verdict] = {}
    for kind in kinds:
        verdict = _verdict(kind, carried, leading, best, [option for option, _ in chosen], search)
        key = (verdict.accelerator, verdict.kind)
        told[key] = replace(told[key], offers=told[key].offers + verdict.offers) if key in told else verdict
    order = ("plan", "possible", "beaten", "rejected")
    return sorted(told.values(), key=lambda v: (order.index(v.outcome), v.off_by or 0.0, v.accelerator))


def _verdict(
    kind: Class, carried: set[str], leading: set[int], best: Sequence[Option], plans: Sequence[Option], search: Search
) -> Verdict:
    name, ids = kind.base.accelerator, tuple(offer.id for offer in kind.offers)
    if not kind.options:
        failure = min(kind.failures.values(), key=lambda f: (-f.stage, f.factor))
        base = replace(kind.base, cards=failure.cards, share_milli=failure.share_milli)
        change = least_change(search.framed.work, base, failure, search.physics)
        return Verdict("rejected", name, failure.kind, failure.text, change, ids, failure.factor)
    cheapest = min(kind.options, key=lambda o: o.pay)
    line = _line(cheapest)
    if carried & set(ids):
        return Verdict("plan", name, "plan", line, None, ids)
    if any(id(option) in leading for option in kind.options):
        return Verdict("possible", name, "possible", line, None, ids)
    steps = coarse(search.aims(cheapest))
    rival = next(o for o in (*plans, *best) if all(a <= b for a, b in zip(coarse(search.aims(o)), steps, strict=True)))
    against = _line(rival)
    return Verdict(
        "beaten", name, "beaten", Text(f"{line.zh}；更好：{against.zh}", f"{line.en}; better: {against.en}"), None, ids
    )


def _line(option: Option) -> Text:
    shape, pay, hours = option.sized.shape, option.pay / MICRO, option.wall / 3600
    return Text(f"{shape}：¥{pay:,.2f}，{hours:.2f} 小时", f"{shape}: ¥{pay:,.2f}, {hours:.2f} h")


def _nothing(verdicts: Sequence[Verdict]) -> Text:
    """What stands nearest to a plan, when there is none."""
    if not verdicts:
        return Text("市场上暂时没有报价", "there are no offers in the market now")
    near = min(verdicts, key=lambda v: v.off_by or float("inf"))
    if near.least_change is None:
        return Text(f"没有可行方案。{near.text.zh}", f"No plan is possible. {near.text.en}")
    return Text(
        f"没有可行方案。最接近的：{near.text.zh}；最小改动：{near.least_change.zh}",
        f"No plan is possible. Nearest: {near.text.en}; least change: {near.least_change.en}",
    )


__all__ = ["Advice", "MarketOffer", "Plan", "TokenPrice", "recommend"]
