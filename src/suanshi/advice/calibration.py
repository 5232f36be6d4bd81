"""What published measurements taught: how far engines, cards and configurations depart from the physics."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suanshi.advice.basis import Basis
from suanshi.advice.forest import Forest
from suanshi.advice.kriging import Kriging

Floats = NDArray[np.float64]

# Which learned layer answers for a metric, and whether the metric grows (1) or shrinks (-1) as work gets slower.
METRICS: Mapping[str, tuple[str, int]] = {
    "out_tok_s_total": ("generation", -1),
    "total_tok_s": ("generation", -1),
    "decode_tok_s": ("generation", -1),
    "prefill_tok_s": ("generation", -1),
    "tpot_ms": ("generation", 1),
    "ttft_ms": ("generation", 1),
    "energy_j_per_out_tok": ("energy", 1),
    "gpu_w_per_acc": ("energy", 1),
    "system_w_per_acc": ("energy", 1),
    "samples_s_total": ("samples", -1),
    "train_tok_s_per_acc": ("training", -1),
    "mfu_pct": ("training", -1),
    "gpu_hours": ("training", 1),
    "train_minutes": ("training", 1),
}
_ORDER = tuple(METRICS)
KRIGED = 0.7  # the share of the kriged answer in the learned one; the rest is the forest's
FAR = 1.5  # where even the card's rates had to be guessed, the interval is this much wider (in the logarithm)


@dataclass(frozen=True, slots=True)
class Correction:
    """Factors on the physical value of a metric. `half` is half the 80 % interval in the logarithm.

    `engine` and `card` are their mean departures, `learned` is what the measured neighbours add to them.
    """

    engine: float
    card: float
    learned: float
    half: float
    nearness: float
    nearest: str
    known: bool  # the card has measurements of its own

    @property
    def factor(self) -> float:
        return self.engine * self.card * self.learned


@dataclass(frozen=True, slots=True)
class Layer:
    """The learned layer of one family of metrics. Effects and answers are logarithms of measured time over physical."""

    traits: tuple[str, ...]
    metrics: frozenset[str]  # that it has seen measurements of
    effects: Mapping[str, float]  # "engine:vllm", "card:b200"
    kriging: Kriging
    forest: Forest
    ids: tuple[str, ...]
    edges: Floats  # of nearness
    halves: Floats  # of the interval, between those edges: first for known cards, then for new ones

    def vector(self, basis: Basis, metric: str) -> Floats:
        values = {**basis.traits, "metric": float(_ORDER.index(metric))}
        return np.array([values.get(name, np.nan) for name in self.traits])

    def correction(self, basis: Basis, metric: str) -> Correction:
        direction = METRICS[metric][1]
        engine = self.effects.get("engine:" + basis.groups["engine"], 0.0)
        known = "card:" + basis.groups["card"] in self.effects
        card = self.effects.get("card:" + basis.groups["card"], 0.0)
        vector = self.vector(basis, metric)
        similarity = self.kriging.similarity(vector)
        learned = KRIGED * self.kriging.at(similarity) + (1 - KRIGED) * self.forest.at(vector)
        best = int(similarity.argmax())
        half = self.halves[0 if known else 1, int(np.searchsorted(self.edges, similarity[best]))]
        return Correction(
            exp(direction * engine), exp(direction * card), exp(direction * (learned - engine - card)),
            float(half) * (FAR if basis.rates.gaps else 1.0), float(similarity[best]), self.ids[best], known,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calibration:
    """All learned layers, with where they came from."""

    layers: Mapping[str, Layer]
    provenance: Mapping[str, Any]

    def correction(self, basis: Basis, metric: str) -> Correction | None:
        """None where no measurement of that metric was ever seen."""
        layer = self.layers.get(layer_of(metric, basis))
        return layer.correction(basis, metric) if layer and metric in layer.metrics else None


def layer_of(metric: str, basis: Basis) -> str:
    """Power of language models that answer has a layer of its own; any other power is learned beside the speed."""
    return "energy" if METRICS[metric][0] == "energy" and basis.kind == "generation" else basis.kind


@cache
def stored() -> Calibration:
    """The calibration that the product ships with (`python -m suanshi.advice.calibrate` rebuilds it)."""
    return load(Path(str(files("suanshi.advice") / "data" / "calibration.npz")))


def load(path: Path) -> Calibration:
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    head = json.loads(str(arrays["head"]))
    return Calibration({name: _layer(name, about, arrays) for name, about in head["layers"].items()}, head["provenance"])


def save(calibration: Calibration, path: Path) -> None:
    """One compressed file: arrays in single precision, names and provenance as JSON inside."""
    arrays: dict[str, NDArray[Any]] = {}
    about: dict[str, Any] = {}
    for name, layer in calibration.layers.items():
        kriging, forest = layer.kriging, layer.forest
        about[name] = {
            "traits": layer.traits, "metrics": sorted(layer.metrics), "effects": dict(layer.effects),
            "mean": kriging.mean, "variance": kriging.variance,
            "depth": forest.depth, "ids": layer.ids, "edges": layer.edges.tolist(), "halves": layer.halves.tolist(),
        }  # fmt: skip
        for part, array in (_kriged(kriging) | _grown(forest)).items():
            arrays[f"{name}.{part}"] = array
    head = json.dumps({"layers": about, "provenance": dict(calibration.provenance)})
    arrays["head"] = np.array(head)
    np.savez_compressed(path, allow_pickle=False, **arrays)


def _kriged(kriging: Kriging) -> dict[str, NDArray[Any]]:
    return {
        "points": kriging.points.astype(np.float32),
        "weights": kriging.weights,
        "scale": kriging.scale,
        "named": kriging.named,
        "alpha": kriging.alpha,
    }


def _grown(forest: Forest) -> dict[str, NDArray[Any]]:
    return {
        "roots": forest.roots,
        "trait": forest.trait.astype(np.int16),
        "threshold": forest.threshold,
        "left": forest.left,
        "right": forest.right,
        "missing_left": forest.missing_left,
        "value": forest.value.astype(np.float32),
    }


def _layer(name: str, about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Layer:
    def part(what: str, kind: type = np.float64) -> NDArray[Any]:
        return arrays[f"{name}.{what}"].astype(kind)

    kriging = Kriging(
        part("points"), part("weights"), part("scale"), part("named", bool), part("alpha"), about["mean"], about["variance"]
    )
    forest = Forest(
        part("roots", np.int32), part("trait", np.int32), part("threshold"), part("left", np.int32),
        part("right", np.int32), part("missing_left", bool), part("value"), about["depth"],
    )  # fmt: skip
    ids: Sequence[str] = about["ids"]
    return Layer(
        tuple(about["traits"]), frozenset(about["metrics"]), about["effects"], kriging, forest, tuple(ids),
        np.array(about["edges"]), np.array(about["halves"]),
    )  # fmt: skip
