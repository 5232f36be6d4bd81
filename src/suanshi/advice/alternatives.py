"""Other ways to the same end: tokens instead of cards, a smaller or narrower model, a slice, quiet hours."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from suanshi.advice.change import narrower
from suanshi.advice.frame import Frame
from suanshi.advice.market import price
from suanshi.advice.model import ModelFacts, models
from suanshi.advice.plan import Alternative
from suanshi.advice.search import Class, Option, Search
from suanshi.advice.wishes import Wishes
from suanshi.advice.workload import Batch, Embeddings, Serving, Workload
from suanshi.kit.money import MICRO
from suanshi.kit.refusal import Text
from suanshi.kit.units import GIB


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """A published or offered price: micro-yuan per million tokens read and written."""

    model: str
    provider: str
    in_micro: int
    out_micro: int
    source: str


@cache
def published_token_prices() -> tuple[TokenPrice, ...]:
    """Prices of public services by `data/token_prices.csv`, for comparison where the market has no token offer itself."""
    with (files("suanshi.advice") / "data" / "token_prices.csv").open("r", encoding="utf-8") as file:
        return tuple(
            TokenPrice(
                row["model"],
                row["provider"],
                round(float(row["input_cny_per_million"]) * MICRO),
                round(float(row["output_cny_per_million"]) * MICRO),
                f"{row['source']}, {row['date']}",
            )
            for row in csv.DictReader(file)
        )


def alternatives(
    search: Search, kinds: Sequence[Class], cheapest: Option, tokens: Sequence[TokenPrice]
) -> tuple[Alternative, ...]:
    """What the buyer might do instead of the cheapest plan, each with what it saves where that can be said."""
    found: list[Alternative | None] = [
        _tokens(search.framed, cheapest, tokens),
        *(_lighter(search, cheapest, *way) for way in narrower(search.framed.work)[:2]),
        _smaller_model(search, cheapest),
        _slice(cheapest),
        *_quiet_hours(kinds, cheapest),
    ]
    return tuple(way for way in found if way is not None)


def _tokens(framed: Frame, cheapest: Option, prices: Sequence[TokenPrice]) -> Alternative | None:
    """A token service costs per token, cards per hour: below the break-even, tokens win."""
    work = framed.work
    if not prices or not isinstance(work, Serving | Batch | Embeddings):
        return None
    isl, osl = (work.tokens_each, 0) if isinstance(work, Embeddings) else (work.isl, work.osl)
    same = [p for p in prices if p.model == work.model.name]
    best = min(same or prices, key=lambda p: isl * p.in_micro + osl * p.out_micro)
    request = (isl * best.in_micro + osl * best.out_micro) / 1e6
    mixed = request / (isl + osl)  # micro-yuan a token
    if mixed <= 0:
        return None
    model = best.model if same else f"{best.model} ({best.provider})"
    if isinstance(work, Serving):
        per_day = cheapest.pay / cheapest.sized.seconds * 86400 / mixed
        return Alternative(
            "tokens",
            Text(
                f"按 token 购买 {model}：每天不到 {per_day:,.0f} token 时比租卡便宜",
                f"buy tokens of {model}: cheaper than cards below {per_day:,.0f} tokens a day",
            ),
            _saved(cheapest.pay, _demand_cost(work, cheapest, request)),
            per_day,
        )
    total = request * (work.texts if isinstance(work, Embeddings) else work.requests)
    return Alternative(
        "tokens",
        Text(
            f"按 token 购买 {model}：共 ¥{total / MICRO:,.2f}",
            f"buy tokens of {model}: ¥{total / MICRO:,.2f} in all",
        ),
        _saved(cheapest.pay, total),
        cheapest.pay / mixed,
    )


def _demand_cost(work: Serving, cheapest: Option, request: float) -> float | None:
    if work.requests_per_day is None:
        return None
    return work.requests_per_day * cheapest.sized.seconds / 86400 * request


def _saved(pay: int, instead: float | None) -> int | None:
    return None if instead is None else round(pay - instead)


def _again(search: Search, cheapest: Option, work: Workload) -> float | None:
    """What changed work would cost on the plan's accelerator, at its offer and term, on as few cards as do it."""
    trial = Search(replace(search.framed, work=work), Wishes(), search.now, search.estimator, search.physics)
    shape, offer = cheapest.sized.shape, cheapest.offer
    counts = [2**i for i in range(shape.cards.bit_length()) if 2**i <= shape.cards]
    for cards in counts:
        sized = trial.sized(replace(shape, cards=cards))
        if sized.failure is None:
            return float(price(offer, cheapest.per_hour_micro, sized.shape.milli, sized.seconds))
    return None


def _lighter(search: Search, cheapest: Option, work: Workload, zh: str, en: str) -> Alternative | None:
    cost = _again(search, cheapest, work)
    if cost is None or cost >= cheapest.price_micro:
        return None
    return _instead("quantised", cheapest, cost, zh, en)


def _smaller_model(search: Search, cheapest: Option) -> Alternative | None:
    """The next smaller model of the same family, for work that answers."""
    work = search.framed.work
    if not isinstance(work, Serving | Batch | Embeddings):
        return None
    smaller = _sibling(work.model)
    if smaller is None:
        return None
    cost = _again(search, cheapest, replace(work, model=smaller))
    if cost is None or cost >= cheapest.price_micro:
        return None
    return _instead("smaller_model", cheapest, cost, f"改用 {smaller.name}", smaller.name)


def _sibling(model: ModelFacts) -> ModelFacts | None:
    family = model.name.split("-")[0]
    kin = [m for m in models().values() if m.name.split("-")[0] == family and m.total < 0.75 * model.total]
    return max(kin, key=lambda m: m.total, default=None)


def _instead(kind: str, cheapest: Option, cost: float, zh: str, en: str) -> Alternative:
    before, after = cheapest.price_micro / MICRO, cost / MICRO
    return Alternative(
        "smaller_model" if kind == "smaller_model" else "quantised",
        Text(f"{zh}：¥{after:,.2f}，原为 ¥{before:,.2f}", f"{en}: ¥{after:,.2f} instead of ¥{before:,.2f}"),
        _saved(cheapest.price_micro, cost),
    )


def _slice(cheapest: Option) -> Alternative | None:
    """A card mostly empty is worth sharing, where somebody sells pieces."""
    memory, shape = cheapest.sized.estimate.memory, cheapest.sized.shape
    if shape.cards > 1 or shape.share_milli < 1000 or shape.card.kind == "cpu" or memory.total > memory.capacity / 2:
        return None
    used, whole = memory.total / GIB, memory.capacity / GIB
    return Alternative(
        "slice",
        Text(
            f"只用到 {used:.1f} / {whole:.0f} GiB：若慢一些可以接受，切片即可",
            f"uses {used:.1f} of {whole:.0f} GiB: a slice would do if slower is acceptable",
        ),
    )


def _quiet_hours(kinds: Sequence[Class], cheapest: Option) -> list[Alternative]:
    """Spot and off-peak, where they cost less than the same thing on demand."""
    names = {"spot": ("闲时可中断资源", "spot capacity"), "off_peak": ("低谷时段", "off-peak hours")}
    found = []
    on_demand = min((o.pay for k in kinds for o in k.options if o.term == "on_demand"), default=None)
    for term, (zh, en) in names.items():
        best = min((o for k in kinds for o in k.options if o.term == term), key=lambda o: o.pay, default=None)
        if best is None or on_demand is None or best.pay >= on_demand:
            continue
        hours = best.wall / 3600
        found.append(
            Alternative(
                "spot" if term == "spot" else "off_peak",
                Text(
                    f"{zh}（{best.sized.shape}）：¥{best.pay / MICRO:,.2f}，{hours:.1f} 小时，按需为 ¥{on_demand / MICRO:,.2f}",
                    f"{en} ({best.sized.shape}): ¥{best.pay / MICRO:,.2f} and {hours:.1f} h, on demand ¥{on_demand / MICRO:,.2f}",
                ),
                on_demand - best.pay,
            )
        )
    return found
