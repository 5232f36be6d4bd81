"""Regression trees laid out as arrays, so that a whole forest is walked with a few NumPy steps and no library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Forest:
    """Node i asks whether trait[i] <= threshold[i]; a leaf points at itself. The answer is the sum of the leaves."""

    roots: Ints
    trait: Ints
    threshold: Floats
    left: Ints
    right: Ints
    missing_left: NDArray[np.bool_]
    value: Floats
    depth: int

    def at(self, traits: Floats) -> float:
        node = self.roots
        for _ in range(self.depth):
            asked = traits[self.trait[node]]
            unstated = np.isnan(asked)
            goes_left = np.where(unstated, self.missing_left[node], asked <= self.threshold[node])
            node = np.where(goes_left, self.left[node], self.right[node])
        return float(self.value[node].sum())


def grown(trees: list[Mapping[str, Any]]) -> Forest:
    """A forest from nested nodes as LightGBM dumps them (`split_feature`, `threshold`, `left_child`, `leaf_value`)."""
    rows: list[tuple[int, float, int, int, bool, float]] = []
    deepest = 0

    def add(node: Mapping[str, Any], level: int) -> int:
        nonlocal deepest
        deepest, here = max(deepest, level), len(rows)
        if "leaf_value" in node and "split_feature" not in node:
            rows.append((0, 0.0, here, here, True, float(node["leaf_value"])))
            return here
        rows.append((0, 0.0, 0, 0, True, 0.0))
        left, right = add(node["left_child"], level + 1), add(node["right_child"], level + 1)
        # Without missing values in its training data LightGBM takes a missing one for zero.
        default = bool(node["default_left"]) if node["missing_type"] == "NaN" else bool(node["threshold"] >= 0)
        rows[here] = (int(node["split_feature"]), float(node["threshold"]), left, right, default, 0.0)
        return here

    roots = [add(tree, 0) for tree in trees]
    trait, threshold, left, right, missing, value = zip(*rows, strict=True)
    return Forest(
        np.array(roots, np.int32), np.array(trait, np.int32), np.array(threshold), np.array(left, np.int32),
        np.array(right, np.int32), np.array(missing, bool), np.array(value), deepest,
    )  # fmt: skip
