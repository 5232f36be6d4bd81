"""Keeps the options nobody would refuse: none of them is beaten on every count by another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import sqrt
from typing import TypeVar

T = TypeVar("T")
Aims = tuple[float, ...]
"""What is to be small, in one order for all options: cost, finish, energy, emissions."""


def beats(one: Aims, other: Aims) -> bool:
    """`one` is at least as good in every aim and better in some."""
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def front(options: Iterable[T], aims: Callable[[T], Aims]) -> list[T]:
    """Options beaten by none, in order of their aims; of equal ones the first stays."""
    kept: list[tuple[Aims, T]] = []
    # In ascending order nothing that comes later can beat what was kept.
    for aim, option in sorted(((aims(o), o) for o in options), key=lambda pair: pair[0]):
        if not any(all(a <= b for a, b in zip(best, aim, strict=True)) for best, _ in kept):
            kept.append((aim, option))
    return [option for _, option in kept]


def balanced(options: Sequence[T], aims: Callable[[T], Aims]) -> T:
    """The option that loses least in total when each aim is measured against the best of it.

    Losses are ratios, so that yuan, hours and kWh weigh alike; an aim whose best is zero does not count.
    """
    best = [min(column) for column in zip(*(aims(o) for o in options), strict=True)]

    def loss(option: T) -> float:
        return sum(sqrt(a / b) for a, b in zip(aims(option), best, strict=True) if b > 0)

    return min(options, key=loss)
