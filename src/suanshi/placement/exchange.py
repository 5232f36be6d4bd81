"""The auction over many products and regions at once: every buyer names where it would run and what that is worth to it.

A cell is one product in one region. Divisible bids make a transport problem that HiGHS solves to the optimum; its dual
gives each cell one price, and primal and dual being equal to the micro-unit proves it. Bids that are all or nothing (gangs)
are then placed whole, in one cell each, at those prices; how far that is from the bound is part of the answer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from operator import mul

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, csr_array, hstack
from scipy.sparse.csgraph import connected_components

from suanshi.placement.whole import place

Ints = NDArray[np.int64]
_GAP = 0.005
"""Gangs placed this near to the bound are not looked at again."""
_THIN, _ROUNDS = 0.9, 8
_MARGINS = (0.0, 0.3)
MOST_PRICE, MOST_UNITS = 10**12, 10**9


@dataclass(frozen=True, slots=True)
class Bids:
    """For each bid its quantity and whether it is all or nothing; for each option, of which bid, which cell, and what a unit
    there is worth to the buyer, after the cost of reaching it.
    """

    quantity: Ints
    whole: NDArray[np.bool_]
    option_bid: Ints
    option_cell: Ints
    option_value: Ints


@dataclass(frozen=True, slots=True)
class Asks:
    cell: Ints
    price: Ints
    quantity: Ints


@dataclass(frozen=True, slots=True)
class Exchange:
    """One price a cell, the units of each option and each ask that trade, the gain of all together, and its upper bound."""

    price: Ints
    options: Ints
    asks: Ints
    gain: int
    bound: int

    @property
    def proven(self) -> bool:
        """No other outcome gains more."""
        return self.gain == self.bound


def clear_exchange(bids: Bids, asks: Asks, cells: int, seconds: float = 2.0) -> Exchange:
    """Clear all cells; products that no bid joins are solved apart. `seconds` bounds the time for placing gangs.

    Options and asks with numbers out of range are left aside. A cell in which nothing trades has the price -1.
    """
    options, sold = np.zeros(len(bids.option_bid), np.int64), np.zeros(len(asks.cell), np.int64)
    price, bound, until = np.full(cells, -1, np.int64), 0, time.monotonic() + seconds
    parts = _parts(bids, asks, cells)
    for done, (mine, theirs) in enumerate(parts):
        names, numbers = np.unique(np.concatenate([bids.option_cell[mine], asks.cell[theirs]]), return_inverse=True)
        who, local = np.unique(bids.option_bid[mine], return_inverse=True)
        few = Bids(bids.quantity[who], bids.whole[who], local, numbers[: len(mine)], bids.option_value[mine])
        them = Asks(numbers[len(mine) :], asks.price[theirs], asks.quantity[theirs])
        taken, prices = _relaxed(few, them, len(names))
        most = _bound(few, them, prices)
        bound += most
        if few.whole.any():
            left = (until - time.monotonic()) / (len(parts) - done)
            taken, prices = _with_gangs(few, them, prices, most, left)
        options[mine], sold[theirs] = taken, _supplied(few, them, taken, len(names))
        trades = np.bincount(few.option_cell, taken, len(names)) > 0
        price[names[trades]] = prices[trades]
    return Exchange(price, options, sold, _dot(options, bids.option_value) - _dot(sold, asks.price), bound)


def _parts(bids: Bids, asks: Asks, cells: int) -> list[tuple[Ints, Ints]]:
    """The options and asks of each set of cells that bids join, without those that cannot trade."""
    good = (bids.option_bid >= 0) & (bids.option_bid < len(bids.quantity))
    good &= (bids.option_cell >= 0) & (bids.option_cell < cells) & (bids.option_value <= MOST_PRICE)
    wanted = np.where(good, bids.quantity[np.where(good, bids.option_bid, 0)], 0) if len(bids.quantity) else 0 * good
    mine = np.flatnonzero(good & (wanted > 0) & (wanted <= MOST_UNITS))
    fair = (asks.cell >= 0) & (asks.cell < cells) & (asks.quantity > 0) & (asks.quantity <= MOST_UNITS)
    theirs = np.flatnonzero(fair & (asks.price >= 0) & (asks.price <= MOST_PRICE))
    size = cells + len(bids.quantity)
    joins = (np.ones(len(mine)), (bids.option_cell[mine], cells + bids.option_bid[mine]))
    count, label = connected_components(coo_array(joins, shape=(size, size)), directed=False)
    floor, ceiling = np.full(count, MOST_PRICE + 1), np.full(count, -1)
    np.minimum.at(floor, label[asks.cell[theirs]], asks.price[theirs])
    np.maximum.at(ceiling, label[bids.option_cell[mine]], bids.option_value[mine])
    mine = mine[bids.option_value[mine] >= floor[label[bids.option_cell[mine]]]]
    theirs = theirs[asks.price[theirs] <= ceiling[label[asks.cell[theirs]]]]
    ours, others = label[bids.option_cell[mine]], label[asks.cell[theirs]]
    return [(mine[ours == k], theirs[others == k]) for k in np.intersect1d(ours, others)]


def _balance(bids: Bids, asks: Asks, cells: int, weight: Ints) -> csr_array:
    """A row a cell: what its options take (each `weight` units) less what its asks give."""
    takes = coo_array((weight, (bids.option_cell, np.arange(len(weight)))), shape=(cells, len(weight)))
    gives = coo_array((-np.ones(len(asks.cell)), (asks.cell, np.arange(len(asks.cell)))), shape=(cells, len(asks.cell)))
    return csr_array(hstack([takes, gives]))


def _per_bid(bids: Bids, asks: int, weight: Ints) -> csr_array:
    options = len(weight)
    return csr_array(coo_array((weight, (bids.option_bid, np.arange(options))), shape=(len(bids.quantity), options + asks)))


def _relaxed(bids: Bids, asks: Asks, cells: int) -> tuple[Ints, Ints]:
    """The optimum if every bid were divisible: units of each option, and the price of each cell (the dual)."""
    ones = np.ones(len(bids.option_bid), np.int64)
    answer = linprog(  # type: ignore[call-overload]  # the stubs know dense matrices only
        np.concatenate([-bids.option_value, asks.price]).astype(float),
        A_ub=_per_bid(bids, len(asks.cell), ones),
        b_ub=bids.quantity,
        A_eq=_balance(bids, asks, cells, ones),
        b_eq=np.zeros(cells),
        bounds=[*[(0, None)] * len(ones), *((0, q) for q in asks.quantity.tolist())],
        method="highs-ds",
    )
    if answer.x is None:  # the solver gave up: nothing trades, and the bound says how much was missed
        return 0 * ones, np.zeros(cells, np.int64)
    # The matrix is that of a network, so an optimal corner is whole in quantities and in prices.
    taken: Ints = np.rint(answer.x[: len(ones)]).astype(np.int64)
    price: Ints = np.rint(-answer.eqlin.marginals).astype(np.int64)
    return taken, price


def _bound(bids: Bids, asks: Asks, price: Ints) -> int:
    """What buyers and sellers would gain at these prices if all got their wish: no outcome gains more (weak duality)."""
    surplus = np.zeros(len(bids.quantity), np.int64)
    np.maximum.at(surplus, bids.option_bid, bids.option_value - price[bids.option_cell])
    return _dot(bids.quantity, surplus) + _dot(asks.quantity, np.maximum(price[asks.cell] - asks.price, 0))


def _dot(a: Ints, b: Ints) -> int:
    """In whole numbers of any size."""
    return sum(map(mul, a[a != 0].tolist(), b[a != 0].tolist()))


def _supplied(bids: Bids, asks: Asks, taken: Ints, cells: int) -> Ints:
    """What each ask sells: in each cell the cheapest first, the earlier at one price."""
    left = np.bincount(bids.option_cell, taken, cells).astype(np.int64)
    order = np.lexsort((asks.price, asks.cell))
    quantity, cell = asks.quantity[order], asks.cell[order]
    before = np.cumsum(quantity) - quantity
    first = np.searchsorted(cell, np.arange(cells))
    start = np.append(before, 0)[np.minimum(first, len(before) - 1)][cell] if len(cell) else before
    sold = np.zeros(len(cell), np.int64)
    sold[order] = np.clip(left[cell] - (before - start), 0, quantity)
    return sold


def _with_gangs(bids: Bids, asks: Asks, price: Ints, bound: int, seconds: float) -> tuple[Ints, Ints]:
    """Gangs at the prices of the optimum; in a thin market also at those that hold without the gangs that found no room."""
    best = _placed_whole(bids, asks, price, bound, seconds), price
    most, cells = _gain(bids, asks, best[0], len(price)), len(price)
    in_ = np.ones(len(bids.quantity), np.bool_)
    taken = best[0]
    for _ in range(_ROUNDS):
        placed = np.bincount(bids.option_bid, taken, len(in_)) > 0
        wished = np.zeros(len(in_), np.bool_)
        wished[bids.option_bid[bids.option_value >= price[bids.option_cell]]] = True
        out = in_ & bids.whole & wished & ~placed
        if most >= bound * _THIN or not out.any():
            break
        in_ &= ~out
        kept = np.flatnonzero(in_[bids.option_bid])
        few = Bids(bids.quantity, bids.whole, bids.option_bid[kept], bids.option_cell[kept], bids.option_value[kept])
        price = _relaxed(few, asks, cells)[1]
        taken = np.zeros(len(bids.option_bid), np.int64)
        taken[kept] = _placed_whole(few, asks, price, bound, 0)
        if (gain := _gain(bids, asks, taken, cells)) > most:
            best, most = (taken, price), gain
    return best


def _placed_whole(bids: Bids, asks: Asks, price: Ints, bound: int, seconds: float) -> Ints:
    """Units of each option when gangs get all or nothing, among trades that nobody loses by at these prices.

    A buyer that gains but finds no room stays out, as block orders do in power markets; nobody is let in at a loss.
    """
    surplus = bids.option_value - price[bids.option_cell]
    rank = np.lexsort((-surplus, bids.option_bid))
    rank = rank[surplus[rank] >= 0]
    willing = asks.price <= price[asks.cell]
    few = Bids(bids.quantity, bids.whole, bids.option_bid[rank], bids.option_cell[rank], bids.option_value[rank])
    them = Asks(asks.cell[willing], asks.price[willing], asks.quantity[willing])
    room = np.bincount(them.cell, them.quantity, len(price)).astype(np.int64)
    first = np.searchsorted(few.option_bid, np.arange(len(few.quantity) + 1)).astype(np.int64)
    # A unit sold also gains the seller its margin; the dearest go unsold first, so it counts for less than the mean,
    # or for nothing where divisible bids take the rest.
    margin = np.bincount(them.cell, them.quantity * (price[them.cell] - them.price), len(price)) / np.maximum(room, 1)
    found = [
        place(few.quantity, ~few.whole, first, few.option_cell, surplus[rank] + share * margin[few.option_cell], room)
        for share in _MARGINS
    ]
    best = max(found, key=lambda taken: _gain(few, them, taken, len(price)))
    gain = _gain(few, them, best, len(price))
    if seconds > 0 and gain < bound * (1 - _GAP):
        other = _optimised(few, them, len(price), seconds)
        if _gain(few, them, other, len(price)) > gain:
            best = other
    taken = np.zeros(len(bids.option_bid), np.int64)
    taken[rank] = best
    return taken


def _gain(bids: Bids, asks: Asks, taken: Ints, cells: int) -> int:
    return _dot(taken, bids.option_value) - _dot(_supplied(bids, asks, taken, cells), asks.price)


def _optimised(bids: Bids, asks: Asks, cells: int, seconds: float) -> Ints:
    """The same by HiGHS, within its time; nothing at all if it finds nothing."""
    whole = bids.whole[bids.option_bid]
    wanted = bids.quantity[bids.option_bid]
    unit = np.where(whole, wanted, 1)  # a gang's option is all of it, or none
    n, m = len(unit), len(asks.cell)
    if n == 0 or m == 0 or seconds <= 0:
        return np.zeros(n, np.int64)
    answer = milp(
        np.concatenate([-bids.option_value * unit, asks.price]).astype(float),
        integrality=np.concatenate([np.where(whole, 1, 0), np.zeros(m)]),
        bounds=Bounds(np.zeros(n + m), np.concatenate([wanted // unit, asks.quantity])),
        constraints=[
            LinearConstraint(_per_bid(bids, m, unit), -np.inf, bids.quantity),
            LinearConstraint(_balance(bids, asks, cells, unit), 0, 0),
        ],
        options={"time_limit": seconds, "mip_rel_gap": _GAP},
    )
    if answer.x is None:
        return np.zeros(n, np.int64)
    steps = np.where(whole, np.rint(answer.x[:n]), np.floor(answer.x[:n] + 1e-6))
    return (steps * unit).astype(np.int64)
