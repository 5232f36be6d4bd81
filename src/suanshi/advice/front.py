"""Keeps the options nobody would refuse: none of them is beaten on every count by another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import floor, log, sqrt
from typing import TypeVar

T = TypeVar("T")
Aims = tuple[float, ...]
"""What is to be small, never negative, in one order for all options: cost, time, energy, emissions."""

# Options that differ by less than this are the same to a buyer: a step of 1 % in cost and time, 10 % in what is drawn.
_STEPS = (log(1.01), log(1.01), log(1.1), log(1.1))


def beats(one: Aims, other: Aims) -> bool:
    """`one` is at least as good in every aim and better in some."""
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def coarse(aims: Aims) -> tuple[int, ...]:
    """Aims in steps that matter. Rounding keeps order, so what is beaten finely is beaten or equal coarsely."""
    return tuple(floor(log(aim) / step) if aim > 1e-9 else -10_000 for aim, step in zip(aims, _STEPS, strict=True))


def front(options: Iterable[T], aims: Callable[[T], Aims]) -> list[T]:
    """Options beaten by none, in order of their aims; of those that are the same to a buyer one stays.

    No option kept is beaten by any option given: of equals in coarse steps the finest comes first.
    """
    ranked = sorted(((coarse(aim), aim, option) for option in options for aim in (aims(option),)), key=lambda r: r[:2])
    kept: list[tuple[int, ...]] = []
    found: list[T] = []
    for steps, _, option in ranked:
        cost, time, energy, emissions = steps
        # In ascending order nothing that comes later can beat what was kept.
        if any(k[1] <= time and k[2] <= energy and k[3] <= emissions and k[0] <= cost for k in reversed(kept)):
            continue
        kept.append(steps)
        found.append(option)
    return found


def balanced(options: Sequence[T], aims: Callable[[T], Aims]) -> T:
    """The option that loses least in total when each aim is measured against the best of it.

    Losses are ratios, so that yuan, hours and kWh weigh alike; an aim whose best is zero does not count.
    """
    best = [min(column) for column in zip(*(aims(o) for o in options), strict=True)]

    def loss(option: T) -> float:
        return sum(sqrt(a / b) for a, b in zip(aims(option), best, strict=True) if b > 0)

    return min(options, key=loss)
