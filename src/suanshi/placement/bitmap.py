"""A bit per offer for each word a column may hold and for sixteen steps of each column of numbers, so that filters are ANDs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

EDGES = 16
Rows = NDArray[np.int64]
Term = tuple[bool, list[int]]
"""A row meets it when one of these bitmaps has its bit; or, if the first is true, when none has."""


class Bitmaps:
    """Which of the laid-out rows hold what. A row's bit k of a column of numbers says: at least as large as edge k."""

    def __init__(self, table: NDArray[np.int64], words: Sequence[int]) -> None:
        """`words` gives for each column how many words it knows, or 0 for a column of numbers."""
        self.rows = table.shape[1]
        self._words = np.array(words, np.int64)
        self._edges = np.zeros((len(words), EDGES), np.int64)
        for column, known in enumerate(words):
            if not known:
                self._edges[column] = _quantiles(table[column])
        widths = np.where(self._words > 0, self._words, EDGES)
        self._first = np.concatenate([[1], 1 + np.cumsum(widths)])  # bitmap 0 says which rows are still there
        self._bits = np.zeros((int(self._first[-1]), self.rows // 64 + 1), np.uint64)
        for row in range(0, self.rows, 1 << 16):
            self.mark(table, row, min(row + (1 << 16), self.rows))

    def mark(self, table: NDArray[np.int64], start: int, end: int) -> None:
        """Note what rows [start, end) hold now."""
        _mark(self._bits, self._first, self._words, self._edges, table, start, end)

    def knows(self, column: int, code: int) -> bool:
        """Whether a column's word has a bitmap (a word met later has none until the rows are laid out anew)."""
        return code < int(self._words[column])

    def drop(self, row: int) -> None:
        self._bits[0, row // 64] &= ~(np.uint64(1) << np.uint64(row % 64))

    def any_word(self, column: int, codes: Sequence[int]) -> list[Term]:
        return [(False, [int(self._first[column]) + c for c in codes if self.knows(column, c)])]

    def between(self, column: int, low: int, high: int) -> list[Term]:
        """Terms that every row within [low, high] meets, and few others."""
        edges, first = self._edges[column], int(self._first[column])
        below = int(np.searchsorted(edges, low, side="right")) - 1
        above = int(np.searchsorted(edges, high, side="right"))
        terms: list[Term] = [(False, [first + below])] if below >= 0 else []
        return terms + ([(True, [first + above])] if above < EDGES else [])

    def matching(self, terms: Sequence[Term], table: NDArray[np.int64], ranges: NDArray[np.int64], wanted: int) -> Rows:
        """The first `wanted` rows that meet all terms and lie within all ranges (column, low, high)."""
        start = np.cumsum([0, *(len(maps) for _, maps in terms)])
        flat = np.array([m for _, maps in terms for m in maps], np.int64)
        negated = np.array([n for n, _ in terms], np.bool_)
        return _matching(self._bits, start, flat, negated, table, ranges, min(wanted, self.rows))  # type: ignore[no-any-return]


def _quantiles(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """The values themselves where they are few, else sixteen that cut the rows evenly; ascending."""
    distinct = np.unique(column[:: max(1, len(column) // 50_000)])
    if len(distinct) <= EDGES:
        padding = np.full(EDGES - len(distinct), np.iinfo(np.int64).max)
        return np.concatenate([distinct, padding])
    return np.quantile(column, np.arange(EDGES) / EDGES, method="lower").astype(np.int64)


@njit(cache=True)
def _mark(bits: Any, first: Any, words: Any, edges: Any, table: Any, start: int, end: int) -> None:
    one = np.uint64(1)
    for row in range(start, end):
        at, bit = row // 64, one << np.uint64(row % 64)
        bits[0, at] |= bit
        for column in range(len(words)):
            value = table[column, row]
            for k in range(words[column] if words[column] else EDGES):
                if value == k if words[column] else value >= edges[column, k]:
                    bits[first[column] + k, at] |= bit
                else:
                    bits[first[column] + k, at] &= ~bit


@njit(cache=True)
def _place(bit: Any) -> int:
    """Which of the 64 bits this is, by halves."""
    place = 0
    for half in (32, 16, 8, 4, 2, 1):
        if bit >> np.uint64(half):
            bit >>= np.uint64(half)
            place += half
    return place


@njit(cache=True)
def _matching(bits: Any, start: Any, flat: Any, negated: Any, table: Any, ranges: Any, wanted: int) -> Any:
    found = np.empty(wanted, np.int64)
    count = 0
    for at in range(bits.shape[1]):
        left = bits[0, at]
        for term in range(len(negated)):
            if not left:
                break
            either = np.uint64(0)
            for i in range(start[term], start[term + 1]):
                either |= bits[flat[i], at]
            left &= ~either if negated[term] else either
        while left:
            lowest = left & (~left + np.uint64(1))
            row = at * 64 + _place(lowest)
            left ^= lowest
            good = True
            for i in range(len(ranges)):
                value = table[ranges[i, 0], row]
                if value < ranges[i, 1] or value > ranges[i, 2]:
                    good = False
                    break
            if good:
                if count == wanted:
                    return found
                found[count] = row
                count += 1
    return found[:count]
