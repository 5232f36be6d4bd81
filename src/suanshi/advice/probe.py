"""Measured speed corrects what was estimated, and every promise is kept beside what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import exp, log, sqrt
from statistics import fmean, median

from suanshi.advice.estimate import Estimate, Figure
from suanshi.advice.reason import Step
from suanshi.catalog.accelerator import accelerators
from suanshi.kit.refusal import Text, invalid

# A pair is believed as much as its family once it has this many probes of its own, and a family as much as the
# estimate once it has that many; a single lucky run must not move a price by more than a third of the way.
PAIR_WEIGHT = 2.0
FAMILY_WEIGHT = 4.0
SPREAD = 0.12  # of the logarithm of speed from run to run on one card and engine, until enough runs show their own
_DECILE = 1.2816  # standard deviations from the middle to the end of an 80 % interval
HALF_LIFE = 20  # runs after which a promise counts half in the running error


@dataclass(frozen=True, slots=True)
class Probe:
    """One measurement beside its estimate, in one unit where more is faster. `engine` holds the version: "vllm 0.9.1"."""

    engine: str
    accelerator: str
    estimated: float
    measured: float

    def __post_init__(self) -> None:
        if not (0 < self.estimated < float("inf") and 0 < self.measured < float("inf")):
            raise invalid("measured", "测得值与估算值都必须为正数", "measured and estimated must be positive numbers")

    @property
    def surprise(self) -> float:
        """Logarithm of measured over estimated: zero when the estimate was right."""
        return log(self.measured / self.estimated)


@dataclass(frozen=True, slots=True)
class Correction:
    """Factor on the speed of one (engine, accelerator) pair, its spread, and how many probes of its own carry it."""

    engine: str
    accelerator: str
    factor: float
    spread: float
    probes: int


def family(engine: str) -> str:
    """ "vLLM 0.9.1" and "vllm 0.10" are releases of one engine."""
    return re.split(r"\s+v?\d", engine.strip().lower(), maxsplit=1)[0]


def _vendor(accelerator: str) -> str:
    card = accelerators().get(accelerator)
    return card.vendor if card else ""


def correction(probes: Iterable[Probe], engine: str, accelerator: str, vendor: Callable[[str], str] = _vendor) -> Correction:
    """What `probes` say of this pair. With none at all the factor is exactly one.

    Probes of another version of the engine have expired as evidence of the pair; they and probes of the vendor's other
    cards still speak for the family (engine and vendor), towards which the pair is shrunk.
    """
    known = [p for p in probes if family(p.engine) == family(engine) and vendor(p.accelerator) == vendor(accelerator)]
    own = [p.surprise for p in known if p.accelerator == accelerator and p.engine.lower() == engine.lower()]
    kin = [p.surprise for p in known if p.accelerator != accelerator or p.engine.lower() != engine.lower()]
    prior = sum(kin) / (len(kin) + FAMILY_WEIGHT)
    centre = (sum(own) + PAIR_WEIGHT * prior) / (len(own) + PAIR_WEIGHT)
    spread = sqrt(_variance(own) * (1 + 1 / (len(own) + PAIR_WEIGHT)))
    return Correction(engine, accelerator, exp(centre), spread, len(own))


def _variance(surprises: Sequence[float]) -> float:
    """Scatter of one pair's runs, held near what is usual while there are few."""
    if len(surprises) < 2:
        return SPREAD**2
    mean = fmean(surprises)
    return (sum((s - mean) ** 2 for s in surprises) + 4 * SPREAD**2) / (len(surprises) + 3)


_FASTER_IS_LESS = re.compile(r"_ms$|minutes|hours|energy|_j_")
_UNTOUCHED = re.compile(r"_w_per|mem|weight")


def corrected(estimate: Estimate, by: Correction) -> Estimate:
    """The estimate as the probes would have it. With probes of its own it is grade A and as sure as they are."""
    if by.probes == 0 and by.factor == 1.0:
        return estimate
    figures = {name: _scaled(figure, name, by) for name, figure in estimate.figures.items()}
    seconds = _scaled(estimate.seconds, "hours", by) if estimate.seconds else None
    sentence = Text(
        f"{by.probes} 次实测修正速度 x{by.factor:.2f}", f"{by.probes} probes on this pair correct the speed x{by.factor:.2f}"
    )
    return replace(
        estimate,
        speed=_scaled(estimate.speed, "tok_s", by),
        seconds=seconds,
        joules=_scaled(estimate.joules, "energy", by) if estimate.joules else None,
        figures=figures,
        grade="A" if by.probes else estimate.grade,
        steps=(*estimate.steps, Step("probe", seconds.value if seconds else None, 1 / by.factor, sentence)),
    )


def _scaled(figure: Figure, name: str, by: Correction) -> Figure:
    if _UNTOUCHED.search(name) or figure.value <= 0:
        return figure
    factor = 1 / by.factor if _FASTER_IS_LESS.search(name) else by.factor
    value = figure.value * factor
    if not by.probes:
        return Figure(value, figure.lo * factor, figure.hi * factor, figure.unit)
    width = exp(_DECILE * by.spread)
    low, high = max(value / width, figure.lo * factor), min(value * width, figure.hi * factor)
    return Figure(value, min(low, value), max(high, value), figure.unit)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run's promise (with its 80 % interval) and what was measured, in the same unit."""

    run: str
    accelerator: str
    engine: str
    metric: str
    promised: float
    lo: float
    hi: float
    measured: float
    at: datetime

    @property
    def error(self) -> float:
        """Relative miss of the promise, by what was measured."""
        return abs(self.promised - self.measured) / abs(self.measured)

    @property
    def covered(self) -> bool:
        return self.lo <= self.measured <= self.hi


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How promises on one card have held: all runs' median, the recent error, the share inside the 80 % interval."""

    accelerator: str
    runs: int
    median_error: float
    running_error: float
    covered: float
    trail: tuple[tuple[datetime, float], ...]  # running error after each run, for the page's chart


def accuracy(outcomes: Iterable[Outcome]) -> tuple[Accuracy, ...]:
    """The public accuracy page, worst card first. Outcomes may come in any order; those measured as zero say nothing."""
    by_card: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda o: (o.at, o.run)):
        if outcome.measured:
            by_card.setdefault(outcome.accelerator, []).append(outcome)
    pages = [_page(card, runs) for card, runs in by_card.items()]
    return tuple(sorted(pages, key=lambda a: (-a.running_error, a.accelerator)))


def _page(card: str, runs: Sequence[Outcome]) -> Accuracy:
    fade, weight, total, trail = 0.5 ** (1 / HALF_LIFE), 0.0, 0.0, []
    for run in runs:
        weight, total = weight * fade + 1, total * fade + run.error
        trail.append((run.at, total / weight))
    covered = sum(run.covered for run in runs) / len(runs)
    return Accuracy(card, len(runs), median(r.error for r in runs), trail[-1][1], covered, tuple(trail))
