"""Kriging: what measured neighbours say about a configuration that nobody measured, and how near the nearest one is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)  # no slots: what every question needs of the points is worked out once
class Kriging:
    """Gaussian-process regression with a Matérn 3/2 kernel over named traits, evaluated with NumPy alone.

    `scale` divides a numeric trait; a trait marked `named` is a code, where all that counts is same or different.
    """

    points: Floats  # one row a measured configuration, numeric traits already scaled
    weights: Floats  # of each trait in the squared distance
    scale: Floats
    named: Bools
    alpha: Floats
    mean: float
    variance: float

    @cached_property
    def _numbers(self) -> tuple[Floats, Floats, Floats]:
        """Roots of the weights of the numeric traits, the points weighted by them, and their squared lengths."""
        roots = np.sqrt(self.weights[~self.named])
        weighted = np.nan_to_num(self.points[:, ~self.named] * roots, nan=0.0)
        return roots, weighted, (weighted**2).sum(1)

    @cached_property
    def _names(self) -> list[tuple[int, float, Floats]]:
        """The traits that are codes, their weights, and the points' codes."""
        columns = np.flatnonzero(self.named & (self.weights > 1e-6)).tolist()
        return [(column, float(self.weights[column]), np.ascontiguousarray(self.points[:, column])) for column in columns]

    def similarity(self, traits: Floats) -> Floats:
        """Between 0 and 1 for every measured configuration: 1 is the very same."""
        roots, weighted, lengths = self._numbers
        numbers = np.nan_to_num(traits[~self.named] / self.scale[~self.named] * roots, nan=0.0)
        total = lengths + numbers @ numbers - 2 * (weighted @ numbers)
        for column, weight, codes in self._names:
            code = traits[column]
            total += weight * (0.5 if np.isnan(code) else codes != code)
        return matern(np.maximum(total, 0.0))

    def at(self, similarity: Floats) -> float:
        return float(self.mean + self.variance * (similarity @ self.alpha))


def matern(squared: Floats) -> Floats:
    distance = np.sqrt(squared)
    return (1 + distance) * np.exp(-distance)


def squares(left: Floats, right: Floats, weights: Floats, named: Bools) -> Floats:
    """Weighted squared distances. An unstated name (NaN) lies half-way to every other; an unstated number costs one."""
    numbers, names = ~named, named
    a, b = left[:, numbers] * np.sqrt(weights[numbers]), right[:, numbers] * np.sqrt(weights[numbers])
    a, b = np.nan_to_num(a, nan=0.0), np.nan_to_num(b, nan=0.0)
    total = (a**2).sum(1)[:, None] + (b**2).sum(1)[None, :] - 2 * a @ b.T
    for column in np.flatnonzero(names & (weights > 0)):
        x, y = left[:, column][:, None], right[:, column][None, :]
        unlike = np.where(np.isnan(x) | np.isnan(y), 0.5, x != y)
        total = total + weights[column] * unlike
    return np.asarray(np.maximum(total, 0.0), dtype=np.float64)
