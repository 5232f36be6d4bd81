"""Rebuilds the calibration from the published measurements: `python -m suanshi.advice.calibrate` (development only)."""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suanshi.advice import basis as physics
from suanshi.advice import question
from suanshi.advice.basis import Basis
from suanshi.advice.calibration import KRIGED, METRICS, Calibration, Layer, layer_of, save
from suanshi.advice.forest import Forest, grown
from suanshi.advice.kriging import Kriging, matern, squares
from suanshi.advice.workload import OtherDeepLearning, Serving, Training

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
DATA = Path(__file__).parent / "data"
# Traits that are codes: only "same" or "different" means anything between two of them.
NAMED = {"metric", "scenario", "protocol", "engine", "attention", "wide", "vendor", "name", "method"}
_SHRINK = 6.0  # configurations after which an engine's or a card's own effect is believed by half
_BINS = 5  # of nearness, each with its own width of interval
_ENOUGH = 900  # measurements from which the kernel's weights are learned; the cost grows with their square
_FEW = 15.0  # errors under which a bin leans on the whole
_COVER = 0.85  # aimed at, so that 80 % remain on data that was not seen


@dataclass(frozen=True, slots=True)
class Sample:
    """A published measurement beside the physics: `surprise` is the logarithm of its time over the physical time."""

    id: str
    row: Mapping[str, str]
    metric: str
    basis: Basis
    surprise: float
    configuration: tuple[str, ...]


def rows(path: Path = DATA / "public.csv") -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def samples(table: Iterable[Mapping[str, str]]) -> list[Sample]:
    """The rows that the physics has an answer for; recalled and doubtful ones (quality C) are left out."""
    found = []
    for row in table:
        asked = question.read(row)
        work, metric = asked.workload, asked.metric
        if row["quality"] == "C" or metric not in METRICS:
            continue
        if isinstance(work, Training):
            basis = physics.training(work, asked.resource)
        elif isinstance(work, OtherDeepLearning):
            basis = physics.samples(work, asked.resource)
        elif isinstance(work, Serving):
            basis, _ = physics.generation(_at_limit(work, metric, float(row["value"])), asked.resource)
        else:
            continue
        surprise = METRICS[metric][1] * log(float(row["value"]) / basis.metrics[metric])
        found.append(Sample(row["id"], row, metric, basis, surprise, configuration(row)))
    return found


def _at_limit(work: Serving, metric: str, value: float) -> Serving:
    """A run at its limit of token time had as many requests at once as its speed times that limit.

    Near the shortest step there is, a little slower means far fewer requests: the departure is learned at their number.
    """
    if metric != "out_tok_s_total" or work.tpot_ms is None or work.concurrency is not None:
        return work
    return replace(work, concurrency=max(value * work.tpot_ms / 1e3, 1.0), tpot_ms=None)


def configuration(row: Mapping[str, str]) -> tuple[str, ...]:
    """Rows of one configuration differ in load alone; they are kept together when data is split."""
    keys = ("model", "accelerator", "n_acc", "precision", "parallel")
    if row["source"] == "llm-foundry":  # one table of single runs, each its own configuration of batch and length
        return tuple(row[key] for key in (*keys, "seq_len", "micro_batch", "global_batch"))
    return tuple(row[key] for key in keys)


def fit(found: Sequence[Sample], provenance: Mapping[str, Any]) -> Calibration:
    """Every layer that has measurements to learn from."""
    by_layer: dict[str, list[Sample]] = {}
    for sample in found:
        by_layer.setdefault(layer_of(sample.metric, sample.basis), []).append(sample)
    return Calibration({name: _layer(some) for name, some in by_layer.items()}, provenance)


def _layer(found: Sequence[Sample]) -> Layer:
    traits = (*found[0].basis.traits, "metric")
    empty = Layer(traits, frozenset(), {}, _NOTHING, _NO_TREES, (), np.array([]), np.ones((2, 1)))
    table = np.array([empty.vector(sample.basis, sample.metric) for sample in found])
    target = np.array([sample.surprise for sample in found])
    tables = _tables(found)
    weights = _lengths(table, target, traits, tables)
    known, new = (_unseen(found, table, target, traits, weights, tables, by_card) for by_card in (False, True))
    edges = np.quantile(np.concatenate([known[1], new[1]]), np.linspace(0, 1, _BINS + 1)[1:-1])
    halves = np.array([_halves(*known, edges), _halves(*new, edges)])
    halves[1] = np.maximum(halves[1], halves[0])
    kriging, forest = _krige(table, target, traits, weights, tables), _grow(table, target, traits)
    metrics = frozenset(sample.metric for sample in found)
    return Layer(traits, metrics, _effects(found, target), kriging, forest, tuple(s.id for s in found), edges, halves)


_NOTHING = Kriging(*(np.zeros((0, 0)), np.zeros(0), np.zeros(0), np.zeros(0, bool), np.zeros(0)), 0.0, 0.0)
_NO_TREES = Forest(*(np.zeros(0, np.int32),) * 2, np.zeros(0), *(np.zeros(0, np.int32),) * 2, np.zeros(0, bool), np.zeros(0), 0)


def _groups(sample: Sample) -> tuple[str, str]:
    return "engine:" + sample.basis.groups["engine"], "card:" + sample.basis.groups["card"]


def _effects(found: Sequence[Sample], target: Floats) -> dict[str, float]:
    """Mean departures of engines and cards, shrunk towards none by how few configurations speak for them.

    They explain an answer and don't make it: kriging and trees see the same engine and the card's rates.
    """
    crowd = Counter(sample.configuration for sample in found)
    share = np.array([crowd[sample.configuration] ** -0.5 for sample in found])
    members: dict[str, list[int]] = {}
    for index, sample in enumerate(found):
        for name in _groups(sample):
            members.setdefault(name, []).append(index)
    effects = dict.fromkeys(members, 0.0)
    middle = float(np.median(target))
    for _ in range(20):
        for name, which in members.items():
            rest = np.array([target[i] - middle - sum(effects[g] for g in _groups(found[i]) if g != name) for i in which])
            effects[name] = float((share[which] * rest).sum() / (share[which].sum() + _SHRINK))
    return effects


def _halves(errors: Floats, nearness: Floats, edges: Floats) -> Floats:
    """Half the interval by nearness: never surer farther away than nearer, and never surer than a few errors tell."""
    bins = np.searchsorted(edges, nearness)
    overall = float(np.quantile(errors, _COVER))
    halves = []
    for bin_ in range(len(edges) + 1):
        mine = errors[bins == bin_]
        own = float(np.quantile(mine, _COVER)) if len(mine) else overall
        halves.append((own * len(mine) + overall * _FEW) / (len(mine) + _FEW))
    return np.asarray(np.maximum.accumulate(halves[::-1])[::-1], dtype=np.float64)


def _unseen(
    found: Sequence[Sample],
    table: Floats,
    target: Floats,
    traits: Sequence[str],
    weights: tuple[Floats, float, Floats],
    tables: Ints,
    by_card: bool,
) -> tuple[Floats, Floats]:
    """Errors and nearness of every measurement when its configuration, or its card altogether, is held back."""
    errors, nearness = [], []
    names = [s.basis.groups["card"] if by_card else str(s.configuration) for s in found]
    folds = np.array([fold(name, 5) for name in names])
    for held in sorted(set(folds)):
        kept, out = np.flatnonzero(folds != held), np.flatnonzero(folds == held)
        if len(kept) < 20:
            continue
        kriging, forest = (
            _krige(table[kept], target[kept], traits, weights, tables[kept]),
            _grow(table[kept], target[kept], traits),
        )
        for index in out.tolist():
            near = kriging.similarity(table[index])
            learned = KRIGED * kriging.at(near) + (1 - KRIGED) * forest.at(table[index])
            errors.append(abs(target[index] - learned))
            nearness.append(float(near.max()))
    return np.array(errors), np.array(nearness)


def fold(name: str, parts: int) -> int:
    """Which of `parts` a name falls into, the same on every machine."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % parts


def _krige(table: Floats, target: Floats, traits: Sequence[str], weights: tuple[Floats, float, Floats], tables: Ints) -> Kriging:
    named = np.array([name in NAMED for name in traits])
    scale = _scale(table)
    points: Floats = np.where(named, table, table / scale)
    kernel = weights[1] * matern(squares(points, points, weights[0], named))
    kernel[np.diag_indices(len(target))] += weights[2][tables]
    mean = float(np.median(target))
    alpha = np.asarray(np.linalg.solve(kernel, target - mean), dtype=np.float64)
    return Kriging(points, weights[0], scale, named, alpha, mean, weights[1])


def _scale(table: Floats) -> Floats:
    spread = np.nanstd(table, axis=0)
    return np.asarray(np.where(spread > 1e-9, spread, 1e9), dtype=np.float64)


def _tables(found: Sequence[Sample]) -> Ints:
    """Which published table each measurement stands in: some scatter more than others."""
    names = [question.protocol(sample.row["source"]) for sample in found]
    known = {name: index for index, name in enumerate(sorted(set(names)))}
    return np.array([known[name] for name in names])


def _lengths(table: Floats, target: Floats, traits: Sequence[str], tables: Ints) -> tuple[Floats, float, Floats]:
    """Weights of the traits, variance, and each table's noise that make the measurements most likely (with a mild prior)."""
    from scipy.optimize import minimize

    some, many = np.random.default_rng(1).permutation(len(target))[:_ENOUGH], int(tables.max()) + 1
    table, target, tables = table[some], target[some], tables[some]
    named = np.array([name in NAMED for name in traits])
    points, one = np.where(named, table, table / _scale(table)), np.ones(1)
    apart = np.array([squares(points[:, [i]], points[:, [i]], one, named[[i]]).astype(np.float32) for i in range(len(traits))])
    centred = target - np.median(target)
    start = np.concatenate([np.full(len(traits), -3.0), [log(0.15)], np.full(many, log(0.01))])
    bounds = [(-9.0, 3.0)] * len(traits) + [(-5.0, 2.0)] + [(-7.0, 0.0)] * many
    arguments = (apart, centred, tables)
    found = minimize(_unlikelihood, start, arguments, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 25})
    size = len(traits)
    return np.exp(found.x[:size]), float(np.exp(found.x[size])), np.exp(found.x[size + 1 :])


def _unlikelihood(theta: Floats, apart: NDArray[np.float32], target: Floats, tables: Ints) -> tuple[float, Floats]:
    """Negative logarithm of the marginal likelihood, and its slope in every parameter's logarithm."""
    size = len(apart)
    weights, variance, noise = np.exp(theta[:size]), np.exp(theta[size]), np.exp(theta[size + 1 :])
    distance = np.sqrt(np.tensordot(weights.astype(np.float32), apart, 1).astype(np.float64) + 1e-12)
    shape = np.exp(-distance)
    kernel = variance * (1 + distance) * shape
    whole = kernel + np.diag(noise[tables])
    try:
        lower = np.linalg.cholesky(whole)
    except np.linalg.LinAlgError:
        return 1e9, np.zeros_like(theta)
    inverse = np.linalg.inv(whole)
    alpha = inverse @ target
    slope = 0.5 * (inverse - np.outer(alpha, alpha))
    prior, scatter = theta[:size] + 3.0, theta[size + 1 :] - log(0.01)
    value = 0.5 * target @ alpha + np.log(np.diag(lower)).sum() + (prior**2).sum() / 18 + (scatter**2).sum() / 8
    pull = (slope * (-0.5 * variance * shape)).astype(np.float32)
    by_weight = np.tensordot(apart, pull, 2) * weights + prior / 9
    by_noise = np.bincount(tables, np.diag(slope), len(noise)) * noise + scatter / 4
    return float(value), np.concatenate([by_weight, [(slope * kernel).sum()], by_noise])


def _grow(table: Floats, target: Floats, traits: Sequence[str]) -> Forest:
    """Boosted trees; every row is seen a second time without the way it was measured, as a buyer's question comes."""
    import lightgbm

    anonymous = table.copy()
    for name in ("protocol", "scenario"):
        if name in traits:
            anonymous[:, traits.index(name)] = np.nan
    weight = np.concatenate([np.ones(len(target)), np.full(len(target), 0.1)])
    data = lightgbm.Dataset(np.vstack([table, anonymous]), np.concatenate([target, target]), weight=weight)
    options = {
        "objective": "regression_l1", "num_leaves": 15, "learning_rate": 0.06, "min_data_in_leaf": 6, "seed": 1,
        "feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 1.0, "verbosity": -1,
        "deterministic": True, "num_threads": 1,
    }  # fmt: skip
    booster = lightgbm.train(options, data, 250)
    return grown([tree["tree_structure"] for tree in booster.dump_model()["tree_info"]])


def main(target: Path = DATA / "calibration.npz") -> None:
    source = DATA / "public.csv"
    found = samples(rows(source))
    provenance = {
        "source": source.name,
        "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "measurements": len(found),
        "split": "all rows; intervals from held-back configurations and held-back cards",
        "built": datetime.now(UTC).date().isoformat(),
    }
    save(fit(found, provenance), target)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
