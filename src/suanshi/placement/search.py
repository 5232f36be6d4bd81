"""The storefront's index: the best few of a million offers under any filters, in milliseconds.

Offers lie in columns, in the order of the usual sort (price), with bitmaps beside them. A search ANDs the bitmaps of its
filters, 64 offers at a time, and stops as soon as the page is full.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suanshi.placement.bitmap import Bitmaps, Rows, Term

Value = int | str
_ANY = (-(2**63), 2**63 - 1)
_FRESH = 4096
"""Rows changed since the last sort; a search looks at all of them, so when there are more they are sorted in."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Keep offers whose `column` of numbers lies in [low, high], or whose column of words is one of `values`."""

    column: str
    low: int = _ANY[0]
    high: int = _ANY[1]
    values: frozenset[str] | None = None


def at_least(column: str, low: int) -> Filter:
    return Filter(column, low=low)


def at_most(column: str, high: int) -> Filter:
    return Filter(column, high=high)


def one_of(column: str, values: Iterable[str]) -> Filter:
    return Filter(column, values=frozenset(values))


@dataclass(frozen=True, slots=True)
class Page:
    """Offer ids, best first; `more` says whether the next page holds any."""

    ids: tuple[str, ...]
    more: bool


class OfferIndex:
    """Columns of whole numbers or of words. `orders` names the sorts: a column, with "-" in front for the largest first."""

    def __init__(self, ids: Sequence[str], columns: Mapping[str, Sequence[Value]], orders: Sequence[str] = ("price",)) -> None:
        self._names = {name: i for i, name in enumerate(columns)}
        self._words: dict[str, dict[str, int]] = {}
        self._orders = tuple(orders)
        table = np.empty((len(columns), len(ids)), np.int64)
        for name, values in columns.items():
            if len(values) != len(ids):
                raise ValueError(f"column {name} has {len(values)} values for {len(ids)} offers")
            table[self._names[name]] = self._coded(name, values)
        self._ids: list[str] = list(ids)
        self._table = table
        self._alive = np.ones(len(ids), np.bool_)
        self._sort()

    def _coded(self, name: str, values: Sequence[Value]) -> Any:
        if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
            return values
        if name not in self._words and not (len(values) and isinstance(values[0], str)):
            return np.asarray(values, np.int64)
        codes = self._words.setdefault(name, {})
        return [codes.setdefault(str(value), len(codes)) for value in values]

    def _sort(self) -> None:
        """Lay the rows out in the first order and draw their bitmaps."""
        keep = np.flatnonzero(self._alive)
        rows = keep[np.argsort(self._key(self._orders[0])[keep], kind="stable")]
        self._table = np.ascontiguousarray(self._table[:, rows])
        self._ids = [self._ids[row] for row in rows.tolist()]
        self._row = {id_: row for row, id_ in enumerate(self._ids)}
        if len(self._row) != len(self._ids):
            raise ValueError("two offers share an id")
        self._sorted = len(rows)
        self._alive = np.ones(len(rows), np.bool_)
        self._bitmaps = Bitmaps(self._table, [len(self._words.get(name, ())) for name in self._names])

    def _key(self, order: str) -> NDArray[np.int64]:
        column: NDArray[np.int64] = self._table[self._names[order.lstrip("-")]]
        return -column if order.startswith("-") else column

    def __len__(self) -> int:
        return len(self._row)

    def put(self, id_: str, **values: Value) -> None:
        """Add an offer (every column given) or change some columns of one."""
        if unknown := values.keys() - self._names.keys():
            raise KeyError(f"no column {', '.join(sorted(unknown))}")
        row = self._row.get(id_)
        if row is None:
            if missing := self._names.keys() - values.keys():
                raise KeyError(f"a new offer needs {', '.join(sorted(missing))}")
            column = np.zeros(len(self._names), np.int64)
        else:
            column = self._table[:, row].copy()
        for name, value in values.items():
            column[self._names[name]] = self._coded(name, [value])[0]
        if row is not None and self._stays(row, values, column):
            self._table[:, row] = column
            if row < self._sorted:
                self._bitmaps.mark(self._table, row, row + 1)
            return
        if row is not None:
            self._take_down(row)
        self._append(id_, column)

    def _stays(self, row: int, values: Mapping[str, Value], column: Rows) -> bool:
        """Whether a changed offer may keep its place: it is not sorted in yet, or neither its rank nor its words are new."""
        known = all(self._bitmaps.knows(i, int(column[i])) for name, i in self._names.items() if name in self._words)
        return row >= self._sorted or (known and self._orders[0].lstrip("-") not in values)

    def _take_down(self, row: int) -> None:
        self._alive[row] = False
        if row < self._sorted:
            self._bitmaps.drop(row)

    def _append(self, id_: str, column: Rows) -> None:
        at = len(self._ids)
        if at == len(self._alive):
            room = np.zeros((len(self._names), _FRESH + 1), np.int64)
            self._table = np.concatenate([self._table, room], axis=1)
            self._alive = np.concatenate([self._alive, np.zeros(_FRESH + 1, np.bool_)])
        self._table[:, at], self._alive[at] = column, True
        self._ids.append(id_)
        self._row[id_] = at
        if at + 1 - self._sorted > _FRESH:
            self._table, self._alive = self._table[:, : at + 1], self._alive[: at + 1]
            self._sort()

    def remove(self, id_: str) -> None:
        """Take an offer down; an unknown id changes nothing."""
        row = self._row.pop(id_, None)
        if row is not None:
            self._take_down(row)

    def search(self, filters: Sequence[Filter] = (), order: str | None = None, limit: int = 20, skip: int = 0) -> Page:
        """The page of `limit` offers after the first `skip`, in one of the index's orders; ties go by the first order,
        then by who came first.

        Raises KeyError for a column or an order the index has not.
        """
        order = order or self._orders[0]
        if order not in self._orders:
            raise KeyError(f"no order {order}")
        skip, wanted = max(0, skip), max(0, limit) + max(0, skip) + 1
        usual = order == self._orders[0]
        rows = self._rows(filters, wanted if usual else self._sorted)
        if not usual or len(self._ids) > self._sorted:
            rows = self._best(rows, order, wanted)
        return Page(tuple(self._ids[row] for row in rows[skip : wanted - 1].tolist()), len(rows) >= wanted)

    def _best(self, rows: Rows, order: str, wanted: int) -> Rows:
        key = self._key(order)[rows]
        if len(rows) > 4 * wanted:  # a whole sort only of those that may be on the page
            near = key <= np.partition(key, wanted - 1)[wanted - 1]
            rows, key = rows[near], key[near]
        return rows[np.lexsort((rows, self._key(self._orders[0])[rows], key))][:wanted]

    def _rows(self, filters: Sequence[Filter], wanted: int) -> Rows:
        """The first `wanted` rows that every filter keeps among those sorted in, and all of the others."""
        terms: list[Term] = []
        ranges: list[tuple[int, int, int]] = []
        fresh = np.arange(self._sorted, len(self._ids))
        fresh = fresh[self._alive[fresh]]
        for f in filters:
            column = self._names[f.column]
            values = self._table[column, fresh]
            if f.values is not None:
                codes = sorted(self._words[f.column][v] for v in f.values if v in self._words[f.column])
                terms += self._bitmaps.any_word(column, codes)
                fresh = fresh[np.isin(values, codes)]
            else:
                low, high = min(max(f.low, _ANY[0]), _ANY[1]), max(min(f.high, _ANY[1]), _ANY[0])
                terms += self._bitmaps.between(column, low, high)
                ranges.append((column, low, high))
                fresh = fresh[(values >= low) & (values <= high)]
        bounds = np.array(ranges, np.int64).reshape(-1, 3)
        return np.concatenate([self._bitmaps.matching(terms, self._table, bounds, wanted), fresh])

    def facets(self, filters: Sequence[Filter], column: str) -> dict[Value, int]:
        """How many offers each value of a column has under the other filters (its own is left aside, as shops do)."""
        rows = self._rows([f for f in filters if f.column != column], len(self._ids))
        values, counts = np.unique(self._table[self._names[column], rows], return_counts=True)
        words = {code: word for word, code in self._words.get(column, {}).items()}
        return {words.get(v, v): c for v, c in zip(values.tolist(), counts.tolist(), strict=True)}
