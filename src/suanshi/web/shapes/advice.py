"""The answer to a need: plans that can be ordered, a line for everything else, and how earlier promises have held."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from suanshi.advice import probe
from suanshi.advice.plan import Alternative as AlternativeFact
from suanshi.advice.plan import Plan as PlanFact
from suanshi.advice.plan import Point as PointFact
from suanshi.advice.plan import Verdict as VerdictFact
from suanshi.advice.workload import OtherDeepLearning
from suanshi.flows import advise
from suanshi.kit.money import yuan
from suanshi.kit.refusal import Language
from suanshi.web.shapes.fields import Answer, Yuan


class Question(Answer):
    field: str
    problem: str
    text: str
    blocking: bool


class Step(Answer):
    layer: str
    factor: float
    text: str


class Plan(Answer):
    """One order that can be placed as it stands. Energy at the meter, memory in GiB on the fullest card."""

    labels: list[str]
    offer_id: str
    supplier: str
    site: str
    region: str
    accelerator: str
    accelerator_name: str
    domestic: bool
    cards: int
    share_milli: int
    layout: str
    engine: str
    term: str
    isolation: str
    environments: list[str]
    price: Yuan
    voucher: Yuan
    pay: Yuan
    price_high: Yuan
    endless: bool
    seconds: int = Field(description="What to ask a quote for: the slow end of the 80 % interval.")
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
    yuan_per_mtok: Yuan | None
    grade: str
    memory: dict[str, float]
    steps: list[Step]
    assumptions: list[str]
    risks: list[str]
    probe: bool = Field(description="Whether a probe of this plan can be bought.")

    @classmethod
    def of(cls, plan: PlanFact, language: Language, probe: bool) -> Plan:
        plain = {name: getattr(plan, name) for name in cls.model_fields if hasattr(plan, name)}
        plain |= {
            "labels": list(plan.labels),
            "environments": list(plan.environments),
            "steps": [Step(layer=s.layer, factor=s.factor, text=s.text.in_(language)) for s in plan.steps],
            "assumptions": [text.in_(language) for text in plan.assumptions],
            "risks": [text.in_(language) for text in plan.risks],
        }
        return cls(
            **plain,
            offer_id=plan.offer,
            accelerator_name=advise.name_of(plan.accelerator),
            price=yuan(plan.price_micro),
            voucher=yuan(plan.voucher_micro),
            pay=yuan(plan.pay_micro),
            price_high=yuan(plan.price_hi_micro),
            seconds=max(1, round(plan.wall_hi_seconds)),
            yuan_per_mtok=None if plan.micro_per_mtok is None else yuan(plan.micro_per_mtok),
            probe=probe,
        )


class Verdict(Answer):
    """What became of a group of offers, in one line; for those that cannot do it, the least change that would let them."""

    outcome: Literal["plan", "possible", "beaten", "rejected"]
    accelerator: str
    accelerator_name: str
    kind: str
    text: str
    least_change: str | None
    offers: int

    @classmethod
    def of(cls, verdict: VerdictFact, language: Language) -> Verdict:
        change = verdict.least_change
        return cls(
            outcome=verdict.outcome,
            accelerator=verdict.accelerator,
            accelerator_name=advise.name_of(verdict.accelerator),
            kind=verdict.kind,
            text=verdict.text.in_(language),
            least_change=change.in_(language) if change else None,
            offers=len(verdict.offers),
        )


class Alternative(Answer):
    kind: str
    text: str
    saves: Yuan | None
    break_even_tokens_per_day: float | None

    @classmethod
    def of(cls, other: AlternativeFact, language: Language) -> Alternative:
        return cls(
            kind=other.kind,
            text=other.text.in_(language),
            saves=None if other.saves_micro is None else yuan(other.saves_micro),
            break_even_tokens_per_day=other.break_even_tokens_per_day,
        )


class Point(Answer):
    """One option of the chart: cost against time, energy as its area."""

    accelerator: str
    accelerator_name: str
    cards: int
    share_milli: int
    term: str
    pay: Yuan
    wall_seconds: float
    kwh: float
    chosen: bool

    @classmethod
    def of(cls, point: PointFact) -> Point:
        plain = {name: getattr(point, name) for name in cls.model_fields if hasattr(point, name)}
        return cls(**plain, accelerator_name=advise.name_of(point.accelerator), pay=yuan(point.pay_micro))


class Understood(Answer):
    """The filled form: the kind of work with its figures, and the wishes that were heard."""

    task: str | None
    figures: dict[str, str]
    wishes: dict[str, str]


class Advice(Answer):
    understood: Understood
    assumptions: list[str]
    questions: list[Question]
    plans: list[Plan]
    points: list[Point]
    verdicts: list[Verdict]
    alternatives: list[Alternative]
    horizon_hours: float | None
    notes: list[str]

    @classmethod
    def of(cls, answer: advise.Answer, language: Language) -> Advice:
        advice, said = answer.advice, answer.said
        probeable = isinstance(said.workload, OtherDeepLearning)
        return cls(
            understood=Understood(
                task=type(said.workload).__name__.lower() if said.workload else None,
                figures=advise.figures(said.workload),
                wishes=advise.figures(said.wishes),
            ),
            assumptions=[text.in_(language) for text in said.assumptions],
            questions=[
                Question(field=q.field, problem=q.problem, text=q.text.in_(language), blocking=q.blocking) for q in said.questions
            ],
            plans=[Plan.of(p, language, probeable and advise.is_cpu(p.accelerator)) for p in advice.plans] if advice else [],
            points=[Point.of(point) for point in advice.points] if advice else [],
            verdicts=[Verdict.of(verdict, language) for verdict in advice.verdicts] if advice else [],
            alternatives=[Alternative.of(other, language) for other in advice.alternatives] if advice else [],
            horizon_hours=advice.horizon_hours if advice else None,
            notes=[text.in_(language) for text in advice.notes] if advice else [],
        )


class TrailPoint(Answer):
    at: datetime
    error: float


class CardAccuracy(Answer):
    """How promises on one card have held: errors relative to what was measured, and the share within the interval."""

    accelerator: str
    accelerator_name: str
    runs: int
    median_error: float
    running_error: float
    covered: float
    trail: list[TrailPoint]

    @classmethod
    def of(cls, found: probe.Accuracy) -> CardAccuracy:
        return cls(
            accelerator=found.accelerator,
            accelerator_name=advise.name_of(found.accelerator),
            runs=found.runs,
            median_error=found.median_error,
            running_error=found.running_error,
            covered=found.covered,
            trail=[TrailPoint(at=at, error=error) for at, error in found.trail],
        )


class AdviceAccuracy(Answer):
    items: list[CardAccuracy]
