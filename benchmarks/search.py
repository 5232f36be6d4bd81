"""The best 20 of a million offers under five filters: time per search, a full scan with NumPy masks beside it.

python benchmarks/search.py [--offers 1000000] [--searches 400]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from suanshi.placement.search import Filter, OfferIndex, at_least, at_most, one_of

REGIONS = [f"region-{i}" for i in range(31)]
MODELS = [f"model-{i}" for i in range(112)]
TIERS = ["cloud", "edge", "device"]


def offers(count: int) -> dict[str, np.ndarray]:
    """Models and regions are as unequal as in a market: the tenth is rarer than the first by a factor of ten."""
    chance = np.random.default_rng(1)

    def uneven(words: list[str]) -> np.ndarray:
        weight = 1 / np.arange(1, len(words) + 1)
        return np.array(words)[chance.choice(len(words), count, p=weight / weight.sum())]

    return {
        "price": (chance.lognormal(1.8, 0.8, count) * 1e6).astype(np.int64),
        "region": uneven(REGIONS),
        "model": uneven(MODELS),
        "tier": uneven(TIERS),
        "memory_gib": chance.choice([16, 24, 32, 48, 64, 80, 96, 141], count),
        "free": chance.integers(0, 64, count),
        "pue_bp": chance.integers(10_800, 18_000, count),
        "trust": chance.integers(0, 6, count),
    }


def questions(count: int) -> list[list[Filter]]:
    """Five filters each, from common wishes to ones that next to nothing meets."""
    chance = np.random.default_rng(2)
    return [
        [
            one_of("region", chance.choice(REGIONS, chance.integers(1, 4), replace=False).tolist()),
            one_of("model", chance.choice(MODELS, chance.integers(1, 6), replace=False).tolist()),
            at_least("memory_gib", int(chance.choice([24, 48, 80, 96]))),
            at_least("free", int(chance.choice([1, 8, 32, 60]))),
            [
                at_most("pue_bp", int(chance.choice([11_000, 13_000, 15_000]))),
                at_most("price", int(chance.choice([1, 5, 20]) * 1_000_000)),
            ][chance.integers(2)],
        ]
        for _ in range(count)
    ]


def scan(columns: dict[str, np.ndarray], codes: dict[str, dict[str, int]], filters: list[Filter]) -> np.ndarray:
    keep = np.ones(len(columns["price"]), bool)
    for f in filters:
        column = columns[f.column]
        if f.values is None:
            keep &= (column >= f.low) & (column <= f.high)
        else:
            keep &= np.isin(column, [codes[f.column][v] for v in f.values])
    rows = np.flatnonzero(keep)
    return rows[np.argsort(columns["price"][rows], kind="stable")[:20]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument("--searches", type=int, default=400)
    args = parser.parse_args()
    columns, asked = offers(args.offers), questions(args.searches)
    begun = time.process_time()
    index = OfferIndex(
        [f"o{i}" for i in range(args.offers)],
        {n: c.tolist() if c.dtype.kind == "U" else c for n, c in columns.items()},
        orders=("price", "pue_bp", "-trust"),
    )
    print(f"index of {args.offers:,} offers built in {time.process_time() - begun:.1f} CPU s")
    words = {n: sorted(set(c.tolist())) for n, c in columns.items() if c.dtype.kind == "U"}
    codes = {n: {w: i for i, w in enumerate(ws)} for n, ws in words.items()}
    coded = {n: np.searchsorted(words[n], c) if n in words else c for n, c in columns.items()}
    index.search(asked[0])  # compile first
    for order in ("price", "pue_bp"):
        took, full = [], 0
        for filters in asked:
            begun = time.process_time()
            page = index.search(filters, order)
            took.append((time.process_time() - begun) * 1000)
            full += len(page.ids) == 20
        p50, p99 = np.percentile(took, [50, 99])
        print(f"by {order}: p50 {p50:.2f} ms, p99 {p99:.2f} ms; {full / len(asked):.0%} of the pages are full")
    base = []
    for filters in asked[:40]:
        begun = time.process_time()
        rows = scan(coded, codes, filters)
        base.append((time.process_time() - begun) * 1000)
        assert tuple(f"o{r}" for r in rows) == index.search(filters).ids
    took = [0.0] * 40
    for i, filters in enumerate(asked[:40]):
        begun = time.process_time()
        index.search(filters)
        took[i] = (time.process_time() - begun) * 1000
    print(f"full scan: p50 {np.percentile(base, 50):.1f} ms; ratio {np.median(base) / np.median(took):.0f}")
    begun = time.process_time()
    for i in range(4_000):
        index.put(f"o{i * 97 % args.offers}", price=1_000_000 + i, free=i % 64)
    print(f"price changes: {4_000 / (time.process_time() - begun):,.0f} per CPU second")
    begun = time.process_time()
    for filters in asked[:100]:
        index.search(filters)
    print(f"search with 4,000 offers not sorted in yet: mean {(time.process_time() - begun) * 10:.2f} ms")


if __name__ == "__main__":
    main()
