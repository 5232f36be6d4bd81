"""A trace of real jobs through one pool: waits, utilisation and makespan of FIFO, EASY, ours and the calendar in one run.

python benchmarks/philly.py TRACE.csv [--loads 0.7 0.85 0.95]

TRACE.csv: timestamp, duration, num_gpus, cluster (Microsoft's Philly trace, published at github.com/msr-fiddle/philly-traces;
the file stays outside the project). The pool is sized so that the trace offers the given share of it. Two kinds of
knowledge: the true durations, and estimates learned on the way (the median of what ended before in the same cluster with
the same number of cards), which is all that a market can know.
"""

from __future__ import annotations

import argparse
import bisect
import csv
import heapq
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import numpy as np

from suanshi.placement.backfill import EASY, FIFO, LEAST, PATIENCE, Replayed, replay
from suanshi.placement.calendar import Booking, Calendar


def read(path: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    jobs = [
        (int(datetime.fromisoformat(r["timestamp"]).replace(tzinfo=UTC).timestamp()), int(float(r["duration"])) or 1, r)
        for r in rows
    ]
    jobs.sort(key=lambda job: job[0])
    cards = [int(r.get("num_gpus") or r["num_gpu"]) for _, _, r in jobs]
    return (
        *(np.array(x, np.int64) for x in ([j[0] for j in jobs], cards, [j[1] for j in jobs])),
        [r["cluster"] for _, _, r in jobs],
    )


def learned(submitted: np.ndarray, cards: np.ndarray, seconds: np.ndarray, cluster: list[str]) -> np.ndarray:
    """For each job the median of the last 200 of its kind that would have ended before it came; an hour at first."""
    ending: list[tuple[int, int]] = []
    known: dict[tuple[str, int], list[int]] = {}
    last: dict[tuple[str, int], list[int]] = {}
    out = np.full(len(cards), 3600)
    for i in range(len(cards)):
        while ending and ending[0][0] <= submitted[i]:
            j = heapq.heappop(ending)[1]
            kind = (cluster[j], int(cards[j]))
            bisect.insort(known.setdefault(kind, []), int(seconds[j]))
            last.setdefault(kind, []).append(int(seconds[j]))
            if len(last[kind]) > 200:
                known[kind].remove(last[kind].pop(0))
        seen = known.get((cluster[i], int(cards[i])))
        if seen:
            out[i] = max(1, seen[len(seen) // 2])
        heapq.heappush(ending, (int(submitted[i] + seconds[i]), i))
    return out


def booked(submitted: np.ndarray, cards: np.ndarray, seconds: np.ndarray, pool: int) -> Replayed:
    """Every job is told its start the moment it comes: the first gap of the calendar (conservative backfilling)."""
    calendar, start = Calendar(pool), np.zeros(len(cards), np.int64)
    for i, (at, n, length) in enumerate(zip(submitted.tolist(), cards.tolist(), seconds.tolist(), strict=True)):
        made = calendar.book_earliest(str(i), n, length, at)
        assert isinstance(made, Booking)
        start[i] = made.pieces[0].start
    span = int((start + seconds).max() - submitted[0])
    return Replayed(start, start - submitted, span, float((cards * seconds).sum()) / (pool * span))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trace")
    parser.add_argument("--loads", type=float, nargs="+", default=[0.7, 0.85, 0.95])
    parser.add_argument("--patience", type=int, default=PATIENCE)
    args = parser.parse_args()
    submitted, cards, seconds, cluster = read(args.trace)
    offered = float((cards * seconds).sum()) / (submitted[-1] - submitted[0])
    print(f"{len(cards):,} jobs over {(submitted[-1] - submitted[0]) / 86_400:.0f} days ask for {offered:,.0f} cards on average")
    knowledge = {"true durations": seconds, "learned estimates": learned(submitted, cards, seconds, cluster)}
    for policy in (FIFO, EASY, LEAST):
        replay(submitted[:9], cards[:9], seconds[:9], seconds[:9], 1000, policy)  # compile first
    for load in args.loads:
        pool = max(int(offered / load), int(cards.max()))
        for what, expected in knowledge.items():
            print(f"\npool of {pool} cards (load {load:.0%}), {what}")
            heads = ("", "mean wait", "p95 wait", "worst", "utilisation", "makespan", "jobs per CPU s")
            print("".join(f"{head:>{width}}" for head, width in zip(heads, (9, 13, 13, 13, 13, 13, 16), strict=True)))
            means = {}
            ways: dict[str, Callable[[], Replayed]] = {
                "FIFO": partial(replay, submitted, cards, seconds, expected, pool, FIFO),
                "EASY": partial(replay, submitted, cards, seconds, expected, pool, EASY),
                "ours": partial(replay, submitted, cards, seconds, expected, pool, LEAST, args.patience),
            }
            if expected is seconds:
                ways["calendar"] = partial(booked, submitted, cards, seconds, pool)
            for name, run in ways.items():
                begun = time.process_time()
                r = run()
                rate = len(cards) / (time.process_time() - begun)
                means[name] = r.wait.mean()
                hours = [x / 3600 for x in (r.wait.mean(), np.percentile(r.wait, 95), r.wait.max())]
                print(f"{name:>9}" + "".join(f"{h:>11.2f} h" for h in hours), end="")
                print(f"{r.utilisation:>13.1%}{r.makespan / 86_400:>11.1f} d{rate:>16,.0f}")
            print(f"mean wait of EASY over ours: {means['EASY'] / max(means['ours'], 1e-9):.2f}")


if __name__ == "__main__":
    main()
