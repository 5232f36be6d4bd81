"""Replays a recorded stream of needs through a policy and logs every decision, so that anyone can verify it."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from suanshi.kit.refusal import invalid
from suanshi.placement import table
from suanshi.placement.capacity import Seat
from suanshi.placement.policy import policy as policy_named
from suanshi.placement.pool import Pool, seats

LOG = ("seq", "pod", "node", "gpus", "event")


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a replay, in milli-cards over all arrivals, whether they left again or not.

    `full` is what was booked when requests reached the capacity: the published yardstick. None when they never did,
    or when somebody left before.
    """

    arrivals: int
    refused: int
    capacity: int
    asked: int
    booked: int
    full: int | None


def replay(folder: Path, log: Path, policy: str = "plan") -> Summary:
    """Decide `folder`'s arrivals one by one and write `log`. Raises Refusal, and writes nothing, for bad input."""
    chosen = policy_named(policy)
    nodes, mix = table.nodes(folder / "nodes.csv"), table.history(folder / "history.csv")
    events = table.arrivals(folder / "arrivals.csv")
    pool = Pool(nodes, mix, chosen)
    kinds = np.array([-1 if e.shape is None else pool.kind(e.shape) for e in events], np.int64)
    refs = np.array([e.arrived for e in events], np.int64)
    placed, masks = pool.decide(kinds, refs)
    here = kinds >= 0
    decided = list(seats(pool, kinds[here], placed[here], masks[here]))
    shapes = [e.shape for e in events if e.shape is not None]
    lines = [
        (e.seq, e.pod, seat.node if seat else "", "|".join(map(str, seat.cards)) if seat else "", "place")
        for e, seat in zip((e for e in events if e.shape is not None), decided, strict=True)
    ]
    _write(log, lines)
    return Summary(
        len(lines),
        sum(seat is None for seat in decided),
        sum(node.cards for node in nodes) * 1000,
        sum(shape.total for shape in shapes),
        sum(seat.shape.total for seat in decided if seat),
        _at_full(events, decided, sum(node.cards for node in nodes) * 1000),
    )


def _at_full(events: Sequence[table.Event], decided: Sequence[Seat | None], capacity: int) -> int | None:
    asked = booked = 0
    for event, seat in zip(events, decided, strict=False):
        if event.shape is None:
            return None
        asked += event.shape.total
        booked += event.shape.total if seat else 0
        if asked >= capacity:
            return booked
    return None


def _write(log: Path, lines: Sequence[Sequence[str]]) -> None:
    """All or nothing: the log appears only when it is complete. Raises Refusal when it cannot be written."""
    part = log.with_name(log.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(LOG)
            writer.writerows(lines)
        os.replace(part, log)
    except OSError as error:
        raise invalid(str(log), "无法写入文件", "the file cannot be written") from error
