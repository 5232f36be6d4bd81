"""Which waiting jobs start now: short and small ones slip in ahead, but never so that one who waited long waits longer.

The head of the queue, once it has waited for `patience`, gets a reservation at the first moment at which enough cards are
expected back; others start before it only if they are expected to end by then or use cards that it leaves over. With a
patience of nothing and the order of arrival this is the classical EASY backfilling; by default the jobs that slip in are
taken in order of their expected card-seconds, the least first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
FIFO, EASY, LEAST = range(3)
PATIENCE = 7 * 86_400
_NEVER = 2**62


@dataclass(frozen=True, slots=True)
class Job:
    id: str
    submitted: int
    cards: int
    expected: int  # seconds it is thought to run


@dataclass(frozen=True, slots=True)
class Running:
    cards: int
    expected_end: int


def start_now(
    waiting: Sequence[Job], running: Sequence[Running], free: int, now: int, patience: int = PATIENCE
) -> tuple[Job, ...]:
    """The jobs to start at this moment, in order. Jobs without cards or without length are passed over."""
    sound = [job for job in waiting if job.cards > 0 and job.expected > 0]
    sound.sort(key=lambda job: (job.submitted, job.id))
    submitted, cards, expected = (
        np.array([getattr(job, name) for job in sound], np.int64) for name in ("submitted", "cards", "expected")
    )
    keen = np.argsort(_key(LEAST, cards, expected), kind="stable")
    size = len(sound) + len(running)
    ends, held = np.zeros(size, np.int64), np.zeros(size, np.int64)
    ends[: len(running)] = [r.expected_end for r in running]
    held[: len(running)] = [r.cards for r in running]
    state = np.array([free, len(running), 0], np.int64)
    started = np.zeros(len(sound), np.bool_)
    out = np.zeros(len(sound), np.int64)
    count = _decide(
        now, patience, False, submitted, cards, expected, np.arange(len(sound)), keen, started, state, ends, held, out
    )
    return tuple(sound[i] for i in out[:count].tolist())


@dataclass(frozen=True, slots=True)
class Replayed:
    """When each job started, and what that makes of the pool."""

    start: Ints
    wait: Ints
    makespan: int
    utilisation: float


def replay(
    submitted: Ints, cards: Ints, seconds: Ints, expected: Ints, pool: int, policy: int = LEAST, patience: int = PATIENCE
) -> Replayed:
    """Run a trace through a pool; `expected` is all that the policy knows of `seconds`. Raises ValueError for a job that
    the pool can never hold, and for an order other than that of submission.
    """
    if len(cards) and (cards.min() <= 0 or cards.max() > pool or seconds.min() <= 0 or expected.min() <= 0):
        raise ValueError("a job has no cards or no length, or more cards than the pool")
    if (np.diff(submitted) < 0).any():
        raise ValueError("jobs must come in order of submission")
    key = _key(policy, cards, expected)
    start = _replay(submitted, cards, seconds, expected, key, pool, 0 if policy != LEAST else patience, policy == FIFO)
    span = int((start + seconds).max() - submitted[0]) if len(start) else 0
    busy = float((cards * seconds).sum()) / (pool * span) if span else 0.0
    return Replayed(start, start - submitted, span, busy)


def _key(policy: int, cards: Ints, expected: Ints) -> Ints:
    return cards * expected if policy == LEAST else np.arange(len(cards))


@njit(cache=True)
def _reservation(now: int, cards: int, free: int, running: int, ends: Any, held: Any) -> tuple[int, int]:
    """When so many cards are expected to be free, and how many more there will be then."""
    for i in np.argsort(ends[:running]):
        free += held[i]
        if free >= cards:
            return max(ends[i], now + 1), free - cards
    return _NEVER, 0


@njit(cache=True)
def _decide(
    now: int,
    patience: int,
    in_line: bool,
    submitted: Any,
    cards: Any,
    expected: Any,
    line: Any,
    keen: Any,
    started: Any,
    state: Any,
    ends: Any,
    held: Any,
    out: Any,
) -> int:
    """Start what may start: marks `started`, lists it in `out`, and keeps `state` (free, running, first of the line)."""
    count = 0
    while state[2] < len(line) and state[0] > 0:
        job = line[state[2]]
        if started[job]:
            state[2] += 1
        elif now - submitted[job] >= patience and cards[job] <= state[0]:
            _begin(job, now, cards, expected, started, state, ends, held)
            out[count] = job
            count += 1
        else:
            break
    if in_line or state[2] == len(line) or state[0] == 0:
        return count
    head, until, spare = line[state[2]], _NEVER, _NEVER
    if now - submitted[head] >= patience:
        until, spare = _reservation(now, cards[head], state[0], state[1], ends, held)
    for job in keen:
        if state[0] == 0:
            break
        if started[job] or cards[job] > state[0] or (job == head and until != _NEVER):
            continue
        beyond = now + expected[job] > until
        if beyond and cards[job] > spare:
            continue
        if beyond:
            spare -= cards[job]
        _begin(job, now, cards, expected, started, state, ends, held)
        out[count] = job
        count += 1
    return count


@njit(cache=True)
def _begin(job: int, now: int, cards: Any, expected: Any, started: Any, state: Any, ends: Any, held: Any) -> None:
    started[job] = True
    ends[state[1]], held[state[1]] = now + expected[job], cards[job]
    state[0] -= cards[job]
    state[1] += 1


@njit(cache=True)
def _replay(submitted: Any, cards: Any, seconds: Any, expected: Any, key: Any, pool: int, patience: int, in_line: bool) -> Any:
    size = len(cards)
    start, started = np.zeros(size, np.int64), np.zeros(size, np.bool_)
    keen, line = np.zeros(size, np.int64), np.arange(size)
    ends, held, real = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64)
    state, out = np.array([pool, 0, 0]), np.zeros(size, np.int64)
    waiting, come = 0, 0
    while come < size or waiting:
        now = submitted[come] if come < size else _NEVER
        for i in range(state[1]):
            now = min(now, real[i])
        i = 0
        while i < state[1]:  # what has ended leaves; the last takes its place
            if real[i] <= now:
                state[0] += held[i]
                state[1] -= 1
                ends[i], held[i], real[i] = ends[state[1]], held[state[1]], real[state[1]]
            else:
                i += 1
        while come < size and submitted[come] <= now:
            at = waiting
            while at and key[keen[at - 1]] > key[come]:
                keen[at] = keen[at - 1]
                at -= 1
            keen[at] = come
            waiting, come = waiting + 1, come + 1
        before = state[1]
        count = _decide(
            now, patience, in_line, submitted, cards, expected, line[:come], keen[:waiting], started, state, ends, held, out
        )
        for i in range(count):
            start[out[i]] = now
            real[before + i] = now + seconds[out[i]]
        if count:
            kept = 0
            for i in range(waiting):
                if not started[keen[i]]:
                    keen[kept] = keen[i]
                    kept += 1
            waiting = kept
    return start
