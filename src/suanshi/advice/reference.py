"""Published prices as if they were offers, for advice where no market is at hand: what it would cost, not what is sold."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from importlib.resources import files
from statistics import median

from suanshi.advice.market import MarketOffer
from suanshi.catalog.accelerator import accelerators
from suanshi.kit.money import MICRO

FREE_CARDS = 1024


@cache
def reference_offers() -> tuple[MarketOffer, ...]:
    """One offer for each accelerator with a published price: the median in China, elsewhere where none is known there."""
    prices: dict[str, dict[bool, list[float]]] = defaultdict(lambda: defaultdict(list))
    with (files("suanshi.advice") / "data" / "reference_prices.csv").open("r", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            prices[row["accelerator"]][row["region"] == "CN"].append(float(row["cny_per_card_hour"]))
    return tuple(
        MarketOffer(
            id=f"reference:{accelerator}",
            supplier="–",
            site="–",
            region="CN",
            accelerator=accelerator,
            price_micro=round(median(found.get(True) or found[False]) * MICRO),
            free_cards=FREE_CARDS,
        )
        for accelerator, found in sorted(prices.items())
        if accelerator in accelerators()
    )
