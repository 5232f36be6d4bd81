"""How many cards are in use at every second: a step function that is asked and changed in about a microsecond.

Changes of level are kept in order of time, in chunks of up to `WIDE`; each chunk knows the sum of its changes and the
highest and lowest level within it, so that a question about months skips whole chunks (the unrolled list of databases).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

WIDE = 128
SLOT, COUNT, SUM, HIGH, LOW = range(5)
CHUNKS, FRESH, SPARE = range(3)
NEVER = -1


class Timeline:
    """Level 0 everywhere, until `add` raises or lowers it over a half-open stretch."""

    def __init__(self) -> None:
        self._meta = np.array([1, 1, 0], np.int64)  # chunks in use, first slot never used, slots given back
        self._head = np.zeros((16, 5), np.int64)  # a row per chunk, in order of time
        self._spare = np.zeros(16, np.int64)
        self._at = np.zeros((16, WIDE), np.int64)
        self._by = np.zeros((16, WIDE), np.int64)

    def _grow(self) -> None:
        if self._meta[CHUNKS] + 4 > len(self._head):
            for name in ("_head", "_at", "_by", "_spare"):
                old = getattr(self, name)
                setattr(self, name, np.concatenate([old, np.zeros_like(old)]))

    def add(self, start: int, end: int, cards: int) -> None:
        """Raise the level by `cards` (lower it, if negative) over [start, end)."""
        self._grow()
        _add(self._meta, self._head, self._spare, self._at, self._by, start, end, cards)

    def add_within(self, start: int, end: int, cards: int, limit: int) -> bool:
        """The same, unless the level would pass `limit` anywhere on the way; then nothing changes."""
        self._grow()
        return bool(_add_within(self._meta, self._head, self._spare, self._at, self._by, start, end, cards, limit))

    def peak(self, start: int, end: int) -> int:
        """The highest level within [start, end)."""
        return int(_peak(self._meta, self._head, self._at, self._by, start, end))

    def first_below(self, limit: int, seconds: int, after: int, latest: int) -> int | None:
        """The earliest start in [after, latest] of a stretch of that length on which the level stays within `limit`."""
        found = int(_first(self._meta, self._head, self._at, self._by, limit, seconds, after, latest))
        return None if found == NEVER else found

    def peaks(self, start: int, step: int, slots: int) -> list[int]:
        """The peak of each of `slots` stretches of `step` seconds, one after the other."""
        return _peaks(self._meta, self._head, self._at, self._by, start, step, slots).tolist()  # type: ignore[no-any-return]

    def steps(self) -> tuple[tuple[int, int], ...]:
        """Every change as (time, by how much), in order: two timelines are equal when these are."""
        out: list[tuple[int, int]] = []
        for row in self._head[: self._meta[CHUNKS]]:
            slot, count = int(row[SLOT]), int(row[COUNT])
            out += zip(self._at[slot, :count].tolist(), self._by[slot, :count].tolist(), strict=True)
        return tuple(out)


@njit(cache=True)
def _chunk_of(meta: Any, head: Any, at: Any, time: int) -> int:
    """The last chunk that begins at or before `time`, or the first."""
    low, high = 0, meta[CHUNKS] - 1
    while low < high:
        middle = (low + high + 1) // 2
        if at[head[middle, SLOT], 0] <= time:
            low = middle
        else:
            high = middle - 1
    return low


@njit(cache=True)
def _sum_up(head: Any, by: Any, chunk: int) -> None:
    slot, level = head[chunk, SLOT], 0
    high, low = -(2**62), 2**62
    for i in range(head[chunk, COUNT]):
        level += by[slot, i]
        high, low = max(high, level), min(low, level)
    head[chunk, SUM], head[chunk, HIGH], head[chunk, LOW] = level, high, low


@njit(cache=True)
def _split(meta: Any, head: Any, spare: Any, at: Any, by: Any, chunk: int) -> None:
    """Half of a full chunk goes into a new one behind it."""
    if meta[SPARE]:
        meta[SPARE] -= 1
        fresh = spare[meta[SPARE]]
    else:
        fresh = meta[FRESH]
        meta[FRESH] += 1
    for i in range(meta[CHUNKS], chunk + 1, -1):
        head[i] = head[i - 1]
    meta[CHUNKS] += 1
    slot, half = head[chunk, SLOT], WIDE // 2
    at[fresh, : WIDE - half] = at[slot, half:]
    by[fresh, : WIDE - half] = by[slot, half:]
    head[chunk, COUNT] = half
    head[chunk + 1, SLOT], head[chunk + 1, COUNT] = fresh, WIDE - half
    _sum_up(head, by, chunk)
    _sum_up(head, by, chunk + 1)


@njit(cache=True)
def _drop(meta: Any, head: Any, spare: Any, at: Any, by: Any, chunk: int, i: int) -> None:
    """A change that came to nothing is forgotten, and with the last one its chunk."""
    slot, last = head[chunk, SLOT], head[chunk, COUNT] - 1
    for j in range(i, last):
        at[slot, j], by[slot, j] = at[slot, j + 1], by[slot, j + 1]
    head[chunk, COUNT] = last
    if last == 0 and meta[CHUNKS] > 1:
        spare[meta[SPARE]] = slot
        meta[SPARE] += 1
        meta[CHUNKS] -= 1
        for j in range(chunk, meta[CHUNKS]):
            head[j] = head[j + 1]
    else:
        _sum_up(head, by, chunk)


@njit(cache=True)
def _change(meta: Any, head: Any, spare: Any, at: Any, by: Any, time: int, amount: int) -> None:
    chunk = _chunk_of(meta, head, at, time)
    if head[chunk, COUNT] == WIDE:
        _split(meta, head, spare, at, by, chunk)
        chunk = _chunk_of(meta, head, at, time)
    slot, count = head[chunk, SLOT], head[chunk, COUNT]
    i = int(np.searchsorted(at[slot, :count], time))
    if i < count and at[slot, i] == time:
        by[slot, i] += amount
        if by[slot, i] == 0:
            _drop(meta, head, spare, at, by, chunk, i)
            return
    else:
        for j in range(count, i, -1):
            at[slot, j], by[slot, j] = at[slot, j - 1], by[slot, j - 1]
        at[slot, i], by[slot, i] = time, amount
        head[chunk, COUNT] += 1
    _sum_up(head, by, chunk)


@njit(cache=True)
def _add(meta: Any, head: Any, spare: Any, at: Any, by: Any, start: int, end: int, cards: int) -> None:
    if cards != 0 and start < end:
        _change(meta, head, spare, at, by, start, cards)
        _change(meta, head, spare, at, by, end, -cards)


@njit(cache=True)
def _add_within(meta: Any, head: Any, spare: Any, at: Any, by: Any, start: int, end: int, cards: int, limit: int) -> bool:
    if _peak(meta, head, at, by, start, end) + cards > limit:
        return False
    _add(meta, head, spare, at, by, start, end, cards)
    return True


@njit(cache=True)
def _level(meta: Any, head: Any, at: Any, by: Any, time: int) -> tuple[int, int, int]:
    """The level at a moment, and the chunk and place of the first change after it."""
    chunk, level = _chunk_of(meta, head, at, time), 0
    for before in range(chunk):
        level += head[before, SUM]
    slot, i = head[chunk, SLOT], 0
    while i < head[chunk, COUNT] and at[slot, i] <= time:
        level += by[slot, i]
        i += 1
    return level, chunk, i


@njit(cache=True)
def _peak(meta: Any, head: Any, at: Any, by: Any, start: int, end: int) -> int:
    level, chunk, i = _level(meta, head, at, by, start)
    peak = level
    while chunk < meta[CHUNKS]:
        slot, count = head[chunk, SLOT], head[chunk, COUNT]
        if i == 0 and count and at[slot, count - 1] < end:
            peak = max(peak, level + head[chunk, HIGH])
            level += head[chunk, SUM]
        else:
            while i < count:
                if at[slot, i] >= end:
                    return peak
                level += by[slot, i]
                peak = max(peak, level)
                i += 1
        chunk, i = chunk + 1, 0
    return peak


@njit(cache=True)
def _first(meta: Any, head: Any, at: Any, by: Any, limit: int, seconds: int, after: int, latest: int) -> int:
    level, chunk, i = _level(meta, head, at, by, after)
    start = after if level <= limit else NEVER
    while chunk < meta[CHUNKS]:
        slot, count = head[chunk, SLOT], head[chunk, COUNT]
        whole = i == 0 and count > 0
        if whole and start == NEVER and level + head[chunk, LOW] > limit:
            level += head[chunk, SUM]  # no relief in here
        elif whole and start != NEVER and level + head[chunk, HIGH] <= limit:
            if at[slot, count - 1] >= start + seconds:
                return start
            level += head[chunk, SUM]  # nothing in the way in here
        else:
            for j in range(i, count):
                if start != NEVER and at[slot, j] >= start + seconds:
                    return start
                level += by[slot, j]
                if level > limit:
                    start = NEVER
                elif start == NEVER:
                    start = at[slot, j]
                if start > latest or (start == NEVER and at[slot, j] >= latest):
                    return NEVER
        chunk, i = chunk + 1, 0
    return start


@njit(cache=True)
def _peaks(meta: Any, head: Any, at: Any, by: Any, start: int, step: int, slots: int) -> Any:
    out = np.zeros(slots, np.int64)
    for k in range(slots):
        out[k] = _peak(meta, head, at, by, start + k * step, start + (k + 1) * step)
    return out
