"""A plan: one order that can be placed as it stands, with what it costs, how long it takes and what it draws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from suanshi.advice.estimate import Grade, Step
from suanshi.advice.market import Term
from suanshi.kit.refusal import Text

Label = Literal["cheapest", "fastest", "greenest", "domestic", "balanced"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Money in micro-yuan, time in seconds and aware moments, energy in kWh at the meter (the site's PUE included).

    labels          what this plan is best at
    share_milli     1000 for whole cards; below, one slice of that many thousandths of a card
    layout          how the work is spread: "TP2 x DP4", or "" where it is not
    price_micro     before vouchers; voucher_micro what they pay; pay_micro what is left
    price_hi_micro  the price at the slow end of the 80 % interval
    wall_seconds    set-up included, with its 80 % interval; for endless work the horizon it is priced over
    nominal_p       peak of the cards at `precision`; effective_p what the work makes of it
    micro_per_mtok  micro-yuan per million tokens (input and output) for language models that answer; None otherwise
    memory          GiB on the fullest card by part, and "capacity"
    risks           what may still go wrong with it: a deadline missed at the slow end, capacity taken back, ...
    """

    labels: tuple[Label, ...]
    offer: str
    supplier: str
    site: str
    region: str
    accelerator: str
    domestic: bool
    cards: int
    share_milli: int
    layout: str
    engine: str
    term: Term
    isolation: str
    environments: tuple[str, ...]
    price_micro: int
    voucher_micro: int
    pay_micro: int
    price_hi_micro: int
    endless: bool
    wall_seconds: float
    wall_lo_seconds: float
    wall_hi_seconds: float
    start: datetime
    finish: datetime
    card_hours: float
    precision: str
    nominal_p: float
    effective_p: float
    kwh: float
    co2_kg: float
    speed: float
    speed_unit: str
    ttft_ms: float | None
    tpot_ms: float | None
    micro_per_mtok: int | None
    grade: Grade
    memory: dict[str, float]
    steps: tuple[Step, ...]
    assumptions: tuple[Text, ...]
    risks: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a group of offers: `plan` they carry one, `possible` as good in its way but not shown, `beaten`
    another is better in every way, `rejected` they cannot do it.

    Every offer given to advice stands in exactly one verdict.
    """

    outcome: Literal["plan", "possible", "beaten", "rejected"]
    accelerator: str
    kind: str  # the outcome again, or for a rejection the kind of failure
    text: Text
    least_change: Text | None
    offers: tuple[str, ...]
    off_by: float | None = None  # of a rejection: need over have, one being just enough


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to the same end. `saves_micro` against the cheapest plan, where the two can be compared."""

    kind: Literal["tokens", "quantised", "smaller_model", "slice", "off_peak", "spot"]
    text: Text
    saves_micro: int | None = None
    break_even_tokens_per_day: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One option of the chart: cost against time, energy as its area."""

    accelerator: str
    cards: int
    share_milli: int
    term: Term
    pay_micro: int
    wall_seconds: float
    kwh: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """`plans` best first by the buyer's preference; `horizon_hours` is what endless work is priced over, else None."""

    plans: tuple[Plan, ...]
    verdicts: tuple[Verdict, ...]
    alternatives: tuple[Alternative, ...]
    points: tuple[Point, ...]
    horizon_hours: float | None
    notes: tuple[Text, ...]
