"""One function answers what a workload takes on a resource: fit, speed, time, energy, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from suanshi.advice.memory import Memory
from suanshi.advice.workload import Resource, Workload
from suanshi.kit.refusal import Text

Grade = Literal["A", "B", "C"]  # A probed on this card and engine, B a calibrated family, C roofline only


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its 80 % interval: lo <= value <= hi."""

    value: float
    lo: float
    hi: float
    unit: str


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the reasoning: the layer, the factor on time it brought, and the sentence that says so."""

    layer: str  # physics, engine, card, residual, probe, result
    seconds: float | None
    factor: float
    text: Text


@dataclass(frozen=True, slots=True)
class Estimate:
    """`speed` is of the whole resource in the workload's unit; `seconds` and `joules` are None for endless work.

    `figures` holds every metric that applies, by its name in the published tables (`tpot_ms`, `ttft_ms`, ...).
    """

    fits: bool
    memory: Memory
    speed: Figure
    seconds: Figure | None
    joules: Figure | None
    watts: Figure
    figures: dict[str, Figure]
    grade: Grade
    steps: tuple[Step, ...]
    assumptions: tuple[Text, ...]


def estimate(workload: Workload, resource: Resource) -> Estimate:
    """Pure and under 5 ms a pair. A workload that does not fit still gets its speed, as if it did, and `fits` False."""
    raise NotImplementedError
