"""A gang of 1,024 cards over 27 sites with bandwidth and price: time to the proven cheapest, HiGHS on the same beside it.

python benchmarks/gang.py [--gangs 200] [--cards 1024]
"""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from suanshi.placement.gang import Block, Gang, Link, Lot, assemble

SITES = [f"site{i:02}" for i in range(27)]


def market(seed: int) -> tuple[list[Lot], dict[tuple[str, str], Link]]:
    """Sites on a map; one to four prices at each; the farther apart, the slower and dearer the link."""
    chance = random.Random(seed)
    at = {site: (chance.random(), chance.random()) for site in SITES}
    lots = [
        Lot(f"{site}-{i}", site, f"g{i}", f"s{chance.randrange(9)}", 8 * chance.randrange(2, 40), price)
        for site in SITES
        for i, price in enumerate(sorted(chance.randrange(3_000_000, 12_000_000) for _ in range(chance.randint(1, 4))))
    ]
    links = {}
    for a, b in combinations(SITES, 2):
        far = ((at[a][0] - at[b][0]) ** 2 + (at[a][1] - at[b][1]) ** 2) ** 0.5
        gbps = 400 if far < 0.4 else 100 if far < 0.8 else 10
        links[a, b] = Link(gbps, int(far * chance.randrange(20_000_000, 60_000_000)))
    return lots, links


def scarce(seed: int) -> tuple[list[Lot], dict[tuple[str, str], Link]]:
    """The hard kind: few cards at each site, nearly one price, and links about as dear as the prices differ."""
    chance = random.Random(seed)
    lots = [
        Lot(site, site, "g", f"s{i % 9}", 8 * chance.randrange(2, 14), 8_000_000 + chance.randrange(1_000_000))
        for i, site in enumerate(SITES)
    ]
    return lots, {pair: Link(400, chance.randrange(40_000_000)) for pair in combinations(SITES, 2)}


def gang(seed: int, cards: int) -> Gang:
    chance = random.Random(seed)
    return Gang(f"g{seed}", cards, 8, chance.choice([0, 100, 100, 400]), chance.choice([4, 8, 27]), 64)


def highs(g: Gang, lots: list[Lot], links: dict[tuple[str, str], Link]) -> float | None:
    """The same as a mixed-integer program: units per lot, a site used or not, a link paid when both its ends are used."""
    lots = [x for x in lots if x.cards >= g.per]
    pairs = list(combinations(range(len(SITES)), 2))
    n, m = len(lots), len(SITES)
    size = n + m + len(pairs)
    cost = np.zeros(size)
    cost[:n] = [x.price * g.per for x in lots]
    cost[n + m :] = [links[SITES[a], SITES[b]].price for a, b in pairs]
    rows, low, high = [], [], []

    def row(entries: dict[int, float], least: float, most: float) -> None:
        line = np.zeros(size)
        for at, value in entries.items():
            line[at] = value
        rows.append(line)
        low.append(least)
        high.append(most)

    row(dict.fromkeys(range(n), 1.0), g.cards // g.per, g.cards // g.per)
    row({n + s: 1.0 for s in range(m)}, 0, g.max_sites)
    for s in range(m):
        mine = [i for i, x in enumerate(lots) if x.site == SITES[s]]
        room = sum(lots[i].cards // g.per for i in mine)
        row({**dict.fromkeys(mine, 1.0), n + s: -room}, -np.inf, 0)
        row({**dict.fromkeys(mine, 1.0), n + s: -float(-(-g.min_per_site // g.per))}, 0, np.inf)
    for k, (a, b) in enumerate(pairs):
        apart = links[SITES[a], SITES[b]].gbps < g.min_gbps
        row({n + a: 1.0, n + b: 1.0, n + m + k: -1.0}, -np.inf, 1)
        if apart:
            row({n + a: 1.0, n + b: 1.0}, -np.inf, 1)
    upper = np.concatenate([[x.cards // g.per for x in lots], np.ones(m + len(pairs))])
    kinds = np.concatenate([np.ones(n + m), np.zeros(len(pairs))])
    answer = milp(cost, constraints=LinearConstraint(np.array(rows), low, high), integrality=kinds, bounds=Bounds(0, upper))
    return None if answer.x is None else float(answer.fun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gangs", type=int, default=200)
    parser.add_argument("--cards", type=int, default=1024)
    args = parser.parse_args()
    assemble(gang(0, args.cards), *market(0))  # compile first
    print(f"{args.gangs} gangs of {args.cards} cards over {len(SITES)} sites")
    for name, kind in (("a market", market), ("scarce cards, dear links", scarce)):
        took, found, proven = [], 0, 0
        for seed in range(1, args.gangs + 1):
            lots, links = kind(seed)
            wanted = replace(gang(seed, args.cards), max_sites=27) if kind is scarce else gang(seed, args.cards)
            begun = time.process_time()
            block = assemble(wanted, lots, links)
            took.append((time.process_time() - begun) * 1000)
            found += isinstance(block, Block)
            proven += isinstance(block, Block) and block.proven
        p50, p99 = np.percentile(took, [50, 99])
        print(f"{name}: p50 {p50:.2f} ms, p99 {p99:.2f} ms; {found} found, {proven} of them proven cheapest")
    base, mine = [], []
    for seed in range(1, min(args.gangs, 10) + 1):
        lots, links = market(seed)
        begun = time.process_time()
        cost = highs(gang(seed, args.cards), lots, links)
        base.append((time.process_time() - begun) * 1000)
        begun = time.process_time()
        block = assemble(gang(seed, args.cards), lots, links)
        mine.append((time.process_time() - begun) * 1000)
        same = cost is None if not isinstance(block, Block) else cost is not None and abs(cost - block.cost) < 1e-3 * cost
        assert same, (seed, cost, block)
    ratio = np.median(base) / np.median(mine)
    print(f"HiGHS finds the same on the first {len(base)} of the market: p50 {np.median(base):.0f} ms; ratio {ratio:.0f}")


if __name__ == "__main__":
    main()
