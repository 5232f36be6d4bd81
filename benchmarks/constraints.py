"""Placement with every rule switched on: decisions per CPU second of one thread, the plain evaluation beside it.

python benchmarks/constraints.py [--nodes 1213 9700 97000] [--decisions 20000]

A candidate class is a node group of one site (about 50 nodes of one model). Each decision finds the best class that all
rules admit, books the cards on the fullest node that holds them, and tells the board the new state (room, cabinet
power); what is placed leaves again later. The baseline asks every rule of every class, for every decision.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import deque

from suanshi.placement.board import Board
from suanshi.placement.candidate import ISOLATION, Candidate, Need
from suanshi.placement.constraint import admits
from suanshi.placement.rule import RULES

NOW = 1_760_000_000
CITIES = [(31.3 + i % 5 * 2, 100.0 + i * 0.7) for i in range(27)]
SITES = frozenset(f"site{s}" for s in range(97))
PROVINCES = [frozenset(f"r{r}" for r in range(27) if r != but) for but in range(27)]
MODELS = [("a100", "gpu", 80, 312, 400), ("h100", "gpu", 80, 989, 700), ("4090", "gpu", 24, 330, 450)]
MODELS += [("910b", "dsa", 64, 376, 310), ("mlu590", "dsa", 80, 314, 350), ("t4", "gpu", 16, 65, 70)]


def classes(nodes: int, chance: random.Random) -> list[Candidate]:
    found = []
    per_class = min(50, nodes)
    for i in range(max(nodes // 50, 8)):
        model, kind, memory, tflops, watts = MODELS[i % len(MODELS)]
        region = chance.randrange(27)
        found.append(
            Candidate(
                f"c{i}",
                f"site{i % 97}",
                f"s{i % 41}",
                model,
                kind,  # type: ignore[arg-type]
                price=chance.randrange(2_000_000, 20_000_000, 100_000),
                memory_gib=memory,
                fp16_tflops=tflops,
                precisions=frozenset({"fp16", "bf16"}),
                software=frozenset({"cuda" if kind == "gpu" else "cann"}),
                vendor_country="US" if kind == "gpu" else "CN",
                watts=watts,
                free=8 * per_class,
                same_group=8 * per_class,
                same_node=8,
                share_step=125,
                country="CN",
                region=f"r{region}",
                tier=chance.choice(["cloud", "cloud", "edge"]),
                latitude=CITIES[region][0],
                longitude=CITIES[region][1],
                access_us=chance.randrange(500, 4000),
                fabric=chance.choice(["roce", "infiniband", "ethernet"]),
                fabric_gbps=chance.choice([100, 200, 400]),
                pue_bp=chance.randrange(11_000, 16_000),
                green_bp=chance.randrange(0, 10_000),
                cabinet_watts=tuple(chance.randrange(100_000, 200_000) for _ in range(24)),
                site_watts=tuple(chance.randrange(500_000, 900_000) for _ in range(24)),
                isolation=chance.choice(ISOLATION[2:]),
                oversubscribed=chance.random() < 0.1,
                trust=chance.randrange(1, 6),
                vouchers=frozenset(chance.sample(["v0", "v1", "v2", "v3"], 3)),
            )
        )
    return found


def wish(chance: random.Random) -> Need:
    """Every rule is switched on: no field is left at 'anything goes'."""
    return Need(
        milli=chance.choice([250, 500, 1000, 1000, 1000, 2000, 4000, 8000]),
        seconds=chance.randrange(600, 36_000),
        now=NOW + chance.randrange(3600),
        finish_by=NOW + chance.randrange(50_000, 200_000),
        accelerators=frozenset(m[0] for m in chance.sample(MODELS[:5], 4)),
        kinds=chance.choice([frozenset({"gpu", "dsa"}), frozenset({"gpu", "dsa", "cpu"})]),
        software=frozenset({"cuda", "cann"}),
        precisions=frozenset({"fp16"}),
        vendor_countries=frozenset({"CN", "US"}),
        min_memory_gib=chance.choice([16, 24, 40]),
        min_fp16_tflops=chance.choice([60, 120, 200]),
        together="node",
        fabrics=frozenset({"roce", "infiniband"}),
        min_fabric_gbps=chance.choice([100, 200]),
        sites=SITES,
        regions=chance.choice(PROVINCES),
        residency=frozenset({"CN"}),
        tiers=frozenset({"cloud", "edge"}),
        near=chance.choice(CITIES),
        max_km=chance.choice([1500, 2500]),
        max_latency_us=chance.choice([30_000, 40_000]),
        min_isolation="partition",
        min_trust=chance.randrange(1, 3),
        refused_suppliers=frozenset({f"s{chance.randrange(41)}"}),
        voucher=chance.choice(["v0", "v1", "v2", "v3"]),
        max_pue_bp=chance.choice([14_000, 15_000]),
        min_green_bp=chance.choice([500, 1_000]),
        max_price=chance.choice([15_000_000, 20_000_000]),
        budget=10**10,
    )


class Market:
    """The room of every class, its nodes sorted by how many of their cards are free, and the board that is told of it."""

    def __init__(self, nodes: int, seed: int) -> None:
        found = classes(nodes, random.Random(seed))
        self.board = Board(found)
        self.by_free = {c.id: [set() for _ in range(8)] + [set(range(c.free // 8))] for c in found}

    def take(self, class_id: str, cards: int) -> int:
        """Onto the fullest node that holds the cards."""
        free = next(f for f in range(cards, 9) if self.by_free[class_id][f])
        node = min(self.by_free[class_id][free])
        self.move(class_id, node, free, -cards)
        return node

    def free_of(self, class_id: str, node: int) -> int:
        return next(f for f in range(9) if node in self.by_free[class_id][f])

    def move(self, class_id: str, node: int, free: int, cards: int) -> None:
        room, before = self.by_free[class_id], self.board[class_id]
        room[free].remove(node)
        room[free + cards].add(node)
        most = next((f for f in range(8, 0, -1) if room[f]), 0)
        power = tuple([w + cards * before.watts for w in before.cabinet_watts])
        left = before.free + cards
        self.board.update(class_id, free=left, same_group=left, same_node=most, cabinet_watts=power)


def ours(nodes: int, needs: list[Need]) -> tuple[float, int]:
    market, held, placed = Market(nodes, 7), deque[tuple[str, int, int]](), 0
    begun = time.process_time()
    for need in needs:
        best = market.board.best(need)
        if best is not None:
            held.append((best.id, market.take(best.id, need.cards), need.cards))
            placed += 1
        if len(held) > nodes:
            class_id, node, cards = held.popleft()
            market.move(class_id, node, market.free_of(class_id, node), cards)
    return len(needs) / (time.process_time() - begun), placed


def plain(nodes: int, needs: list[Need]) -> float:
    candidates = Market(nodes, 7).board.candidates
    begun = time.process_time()
    for need in needs:
        next((c for c in [c for c in candidates if admits(need, c, RULES)]), None)
    return len(needs) / (time.process_time() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=int, nargs="+", default=[1213, 9700, 97000])
    parser.add_argument("--decisions", type=int, default=20_000)
    args = parser.parse_args()
    chance = random.Random(1)
    needs = [wish(chance) for _ in range(args.decisions)]
    ours(400, needs[:50])  # compile first
    print(f"{len(RULES)} rules, every one switched on")
    for nodes in args.nodes:
        rate, placed = ours(nodes, needs)
        base = plain(nodes, needs[: max(20, 400_000 // nodes)])
        print(
            f"{nodes:>7} nodes: {rate:>9,.0f} decisions per CPU second ({placed / len(needs):.1%} placed); "
            f"every rule asked of every class: {base:,.0f}; ratio {rate / base:,.0f}"
        )


if __name__ == "__main__":
    main()
