"""The rules of time, money and power for many classes at once: compiled, because their answers are too many to remember."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from suanshi.placement.candidate import CHINA_TIME, DAY, Candidate, Need

NAMES = frozenset({"cabinet-power", "site-power", "start", "deadline", "budget"})
"""The rules this file answers; `rule.py` states the same in plain words, and a property test holds them equal."""

_COLUMNS = ("price", "pace_bp", "available_at", "watts", "pue_bp")
_UNCAPPED = np.iinfo(np.int64).max
_MOST = 2**62


class Timetable:
    """The fields those rules read, a row per candidate in order of rank."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._facts = np.zeros((len(candidates), len(_COLUMNS)), np.int64)
        self._cabinet = np.zeros((len(candidates), DAY), np.int64)
        self._site = np.zeros((len(candidates), DAY), np.int64)
        for i, candidate in enumerate(candidates):
            self.write(i, candidate, (*_COLUMNS, "cabinet_watts", "site_watts"))

    def write(self, i: int, candidate: Candidate, changed: Sequence[str]) -> None:
        """Take over the fields named in `changed`."""
        for name in changed:
            if name in _COLUMNS:
                self._facts[i, _COLUMNS.index(name)] = _clipped(getattr(candidate, name))
        if "cabinet_watts" in changed:
            self._cabinet[i] = _day(candidate.cabinet_watts)
        if "site_watts" in changed:
            self._site[i] = _day(candidate.site_watts)

    def first(self, mask: int, need: Need) -> int:
        """The lowest bit of `mask` whose candidate passes all five rules, or -1."""
        bits = np.frombuffer(mask.to_bytes(-(-len(self._facts) // 8), "little"), np.uint8)
        # price x seconds of work may not pass this: the budget for one thousandth of a card
        ceiling = _MOST if need.budget is None else min(need.budget * 3_600_000 // need.milli, _MOST)
        return int(
            _first(
                bits,
                self._facts,
                self._cabinet,
                self._site,
                need.milli,
                need.seconds,
                need.now,
                -1 if need.start is None else need.start,
                _MOST if need.finish_by is None else need.finish_by,
                ceiling,
            )
        )


def _clipped(value: int) -> int:
    return max(-_MOST, min(value, _MOST))


def _day(caps: tuple[int, ...]) -> NDArray[np.int64] | tuple[int, ...]:
    if not caps:
        return np.full(DAY, _UNCAPPED)
    return caps if len(caps) == DAY else (*caps, *(0,) * DAY)[:DAY]


@njit(cache=True)
def _first(
    bits: Any, facts: Any, cabinet: Any, site: Any, milli: int, seconds: int, now: int, start: int, by: int, ceiling: int
) -> int:
    for byte in range(bits.size):
        if bits[byte] == 0:
            continue
        for low in range(8):
            i = byte * 8 + low
            if not (bits[byte] >> low) & 1 or (start >= 0 and start < facts[i, 2]):
                continue
            begin = start if start >= 0 else max(now, facts[i, 2])
            lasting = -(-seconds * 10_000 // max(facts[i, 1], 1))
            if begin + lasting > by or float(facts[i, 0]) * lasting > 4e18 or facts[i, 0] * lasting > ceiling:
                continue
            watts = -(-facts[i, 3] * milli // 1000)
            at_meter = -(-watts * facts[i, 4] // 10_000)
            first = begin // 3600 + CHINA_TIME
            last = (begin + max(lasting, 1) - 1) // 3600 + CHINA_TIME
            for hour in range(first, min(last, first + DAY - 1) + 1):
                if cabinet[i, hour % DAY] < watts or site[i, hour % DAY] < at_meter:
                    break
            else:
                return i
    return -1
