"""Packing quality on the published yardstick: share of all cards booked when requests reach 100 % of them.

    python benchmarks/placement_quality.py OPENB_FOLDER [--seeds 5] [--lists default cpu250 ...]

Pods of a list are drawn with replacement and arrive one by one without leaving; one that fits nowhere is refused.
Decisions are online and without migration; one configuration serves all lists. FGD runs beside ours on the same
arrivals. "leftover" sells what ours leaves idle as preemptible slices, within what the nodes have of CPU and memory.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from suanshi.placement import trace
from suanshi.placement.capacity import Shape
from suanshi.placement.leftover import sell
from suanshi.placement.policy import policy
from suanshi.placement.pool import Pool

LISTS = ("default", "cpu100", "cpu250", "gpushare40", "gpushare100", "gpuspec10", "gpuspec33", "multigpu30")
PUBLISHED = {  # FGD as published, LP bound
    "default": (95.23, 96.89),
    "cpu100": (95.21, 96.88),
    "cpu250": (93.20, 96.91),
    "gpushare40": (93.96, 95.69),
    "gpushare100": (86.64, 89.13),
    "gpuspec10": (94.66, 96.84),
    "gpuspec33": (87.84, 96.42),
    "multigpu30": (96.36, 97.65),
}
NAMES = ("first-fit", "best-fit", "fgd", "plan")


def allocated(pool: Pool, drawn: list[Shape]) -> tuple[float, float]:
    """Percent of the cards booked, and of the CPU-only pods served."""
    placed, _ = pool.decide(np.array([pool.kind(shape) for shape in drawn], np.int64))
    booked = sum(s.total for s, n in zip(drawn, placed.tolist(), strict=True) if n >= 0)
    alone = [n >= 0 for s, n in zip(drawn, placed.tolist(), strict=True) if not s.cards]
    return 100 * booked / pool.capacity, 100 * sum(alone) / max(len(alone), 1)


def mean_sd(values: list[float]) -> str:
    return f"{statistics.mean(values):6.2f} ({statistics.stdev(values) if len(values) > 1 else 0:.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--lists", nargs="+", default=LISTS, choices=LISTS)
    options = parser.parse_args()
    nodes = trace.openb_nodes(options.folder / "openb_node_list_gpu_node.csv")
    columns = [*NAMES, "published FGD", "LP bound", "CPU pods fgd", "CPU pods plan", "leftover"]
    print("| list | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    start = time.process_time()
    for name in options.lists:
        pods = trace.openb_pods(options.folder / f"openb_pod_list_{name}.csv")
        counts: dict[Shape, int] = {}
        for pod in pods:
            counts[pod] = counts.get(pod, 0) + 1
        got: dict[str, list[float]] = {key: [] for key in columns}
        for seed in range(options.seeds):
            drawn = trace.draw(pods, 1000 * sum(n.cards for n in nodes), 1.0, seed)
            for rule in NAMES:
                pool: Any = Pool(nodes, tuple(counts.items()), policy(rule))
                share, alone = allocated(pool, drawn)
                got[rule].append(share)
                if rule in ("fgd", "plan"):
                    got[f"CPU pods {rule}"].append(alone)
            firm = sum(sum(cards) for _, _, _, cards in pool.snapshot())
            sold = sum(offer.milli for offer in sell(pool))
            got["leftover"].append(100 - 100 * (firm - sold) / pool.capacity)
        fgd, bound = PUBLISHED[name]
        cells = [
            f"{fgd:.2f}" if c == "published FGD" else f"{bound:.2f}" if c == "LP bound" else mean_sd(got[c]) for c in columns
        ]
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
    print(f"\n{options.seeds} seeds a list, {time.process_time() - start:.0f} CPU seconds")


if __name__ == "__main__":
    main()
