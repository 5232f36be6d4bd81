"""Bids that are all or nothing, each placed in one of its cells: the keenest first, then exchanges as long as they help."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_LEANINGS = (0.0, 0.5, 1.0, 1.5)
"""How much size counts against the gain per unit in the order of placing; the best of them is kept."""
_PASSES = 20
_SHAKES = 1
"""Times that each cell is emptied and filled again."""


def place(
    quantity: Ints, divisible: NDArray[np.bool_], first: Ints, cell: Ints, surplus: NDArray[np.float64], room: Ints
) -> Ints:
    """Units of each option. Bid b's options are those from `first[b]` to before `first[b + 1]`; a cell has so much room.

    `surplus` is what a unit gains in that option, never negative. The same question always has the same answer.
    """
    starts = [_start(quantity, divisible, first, cell, surplus, room, leaning) for leaning in _LEANINGS]
    held = max(starts, key=lambda held: _gain(quantity, surplus, held))
    held = _shaken(quantity, divisible, first, cell, surplus, room, held)
    return _filled(quantity, divisible, first, cell, surplus, room, held)  # type: ignore[no-any-return]


@njit(cache=True)
def _gain(quantity: Any, surplus: Any, held: Any) -> float:
    gain = 0.0
    for bid in range(len(quantity)):
        if held[bid] >= 0:
            gain += surplus[held[bid]] * quantity[bid]
    return gain


@njit(cache=True)
def _owners(first: Any, options: int) -> Any:
    owner = np.zeros(options, np.int64)
    for bid in range(len(first) - 1):
        owner[first[bid] : first[bid + 1]] = bid
    return owner


@njit(cache=True)
def _start(quantity: Any, divisible: Any, first: Any, cell: Any, surplus: Any, room: Any, leaning: float) -> Any:
    """The option each whole bid sits in, or -1: placed in order, then exchanged until nothing helps."""
    room, held = room.copy(), np.full(len(quantity), -1, np.int64)
    owner = _owners(first, len(cell))
    weight = -surplus * quantity[owner].astype(np.float64) ** leaning
    for option in np.argsort(weight, kind="mergesort"):
        bid = owner[option]
        if not divisible[bid] and held[bid] < 0 and room[cell[option]] >= quantity[bid]:
            held[bid] = option
            room[cell[option]] -= quantity[bid]
    for _ in range(_PASSES):
        if not _improve(quantity, divisible, first, cell, surplus, room, held):
            break
    return held


@njit(cache=True)
def _shaken(quantity: Any, divisible: Any, first: Any, cell: Any, surplus: Any, room: Any, held: Any) -> Any:
    """Empty two cells at a time, in a fixed order of pairs, and let the bids in again, whenever that finds better places."""
    best, most = held.copy(), _gain(quantity, surplus, held)
    for shake in range(_SHAKES * len(room)):
        held, left = best.copy(), room.copy()
        for bid in range(len(held)):
            if held[bid] >= 0:
                if cell[held[bid]] in (shake % len(room), (shake * 7 + shake // len(room)) % len(room)):
                    held[bid] = -1
                else:
                    left[cell[held[bid]]] -= quantity[bid]
        for _ in range(_PASSES):
            if not _improve(quantity, divisible, first, cell, surplus, left, held):
                break
        gain = _gain(quantity, surplus, held)
        if gain > most:
            best, most = held, gain
    return best


@njit(cache=True)
def _filled(quantity: Any, divisible: Any, first: Any, cell: Any, surplus: Any, room: Any, held: Any) -> Any:
    """Units of each option: the whole bids where they sit, and what can be divided in the room that is left."""
    taken, room, left = np.zeros(len(cell), np.int64), room.copy(), quantity.copy()
    for bid in range(len(quantity)):
        if held[bid] >= 0:
            taken[held[bid]] = quantity[bid]
            room[cell[held[bid]]] -= quantity[bid]
    owner = _owners(first, len(cell))
    for option in np.argsort(-surplus, kind="mergesort"):
        bid = owner[option]
        if divisible[bid]:
            taken[option] = min(left[bid], room[cell[option]])
            left[bid] -= taken[option]
            room[cell[option]] -= taken[option]
    return taken


@njit(cache=True)
def _improve(quantity: Any, divisible: Any, first: Any, cell: Any, surplus: Any, room: Any, held: Any) -> bool:
    """Let each bid into its best cell, moving or dropping one that is there if both together gain by it."""
    better = False
    bids = len(quantity)
    for bid in range(bids):
        if divisible[bid]:
            continue
        now = surplus[held[bid]] * quantity[bid] if held[bid] >= 0 else 0.0
        most, into, out, over = 1e-9, -1, -1, -1
        for option in range(first[bid], first[bid + 1]):
            here = cell[option]
            gain = surplus[option] * quantity[bid] - now
            if option == held[bid] or gain <= most:
                continue
            lacks = quantity[bid] - room[here]
            if lacks <= 0:
                most, into, out, over = gain, option, -1, -1
                continue
            for other in range(bids):
                if held[other] < 0 or other == bid or cell[held[other]] != here or quantity[other] < lacks:
                    continue
                lost = surplus[held[other]] * quantity[other]
                if gain - lost > most:
                    most, into, out, over = gain - lost, option, other, -1
                for away in range(first[other], first[other + 1]):
                    there = cell[away]
                    space = room[there]
                    if held[bid] >= 0 and cell[held[bid]] == there:
                        space += quantity[bid]
                    found = surplus[away] * quantity[other]
                    if there != here and space >= quantity[other] and gain - lost + found > most:
                        most, into, out, over = gain - lost + found, option, other, away
        if into < 0:
            continue
        better = True
        if held[bid] >= 0:
            room[cell[held[bid]]] += quantity[bid]
        if out >= 0:
            room[cell[held[out]]] += quantity[out]
            held[out] = over
            if over >= 0:
                room[cell[over]] -= quantity[out]
        held[bid] = into
        room[cell[into]] -= quantity[bid]
    return better
