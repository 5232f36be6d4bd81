"""A need stated as rules, and the verdict on every offer: those that serve it, and why the others do not."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, model_validator

from suanshi.catalog.site import Isolation as IsolationClass
from suanshi.flows.match import CLASSES
from suanshi.kit.clock import now
from suanshi.kit.money import yuan
from suanshi.kit.refusal import Language
from suanshi.placement.candidate import Need
from suanshi.placement.constraint import Admitted, Exclusion, Verdict
from suanshi.web.shapes.fields import (
    Amount,
    Answer,
    Ask,
    Cards,
    Isolation,
    Line,
    Region,
    Seconds,
    ShareMilli,
    SiteId,
    Slug,
    Yuan,
    micro,
)

_Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class MatchAsk(Ask):
    """Every field left out asks for nothing."""

    cards: Cards = 1
    share_milli: ShareMilli = 1000
    seconds: Seconds = 3600
    finish_by: Annotated[AwareDatetime, Field(strict=False)] | None = None
    accelerators: Annotated[list[Slug], Field(max_length=200)] = Field(default_factory=list)
    kinds: Annotated[list[Literal["gpu", "dsa", "cpu"]], Field(max_length=3)] = Field(default_factory=list)
    domestic: bool = False
    min_memory_gib: Annotated[int, Field(ge=0, le=100_000)] = 0
    min_fp16_tflops: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    precisions: Annotated[list[Slug], Field(max_length=10)] = Field(default_factory=list)
    fabrics: Annotated[list[Line], Field(max_length=20)] = Field(default_factory=list)
    sites: Annotated[list[SiteId], Field(max_length=200)] = Field(default_factory=list)
    regions: Annotated[list[Region], Field(max_length=50)] = Field(default_factory=list)
    tiers: Annotated[list[Literal["cloud", "edge", "device"]], Field(max_length=3)] = Field(default_factory=list)
    min_isolation: Isolation = "none"
    max_pue: Annotated[float, Field(ge=1, le=5, allow_inf_nan=False)] | None = None
    min_green_share: _Share = 0.0
    max_price_per_card_hour: Amount | None = None
    budget: Amount | None = None

    @model_validator(mode="after")
    def _one_slice(self) -> MatchAsk:
        if self.share_milli < 1000 and self.cards != 1:
            raise ValueError("a slice is one piece of one card: cards must be 1")
        return self

    def need(self) -> Need:
        return Need(
            milli=self.cards * self.share_milli,
            seconds=self.seconds,
            now=round(now().timestamp()),
            finish_by=None if self.finish_by is None else round(self.finish_by.timestamp()),
            accelerators=frozenset(self.accelerators),
            kinds=frozenset(self.kinds),
            precisions=frozenset(self.precisions),
            vendor_countries=frozenset({"CN"}) if self.domestic else frozenset(),
            min_memory_gib=self.min_memory_gib,
            min_fp16_tflops=self.min_fp16_tflops,
            fabrics=frozenset(self.fabrics),
            sites=frozenset(self.sites),
            regions=frozenset(self.regions),
            tiers=frozenset(self.tiers),
            min_isolation=CLASSES[IsolationClass(self.min_isolation)],
            max_pue_bp=None if self.max_pue is None else round(self.max_pue * 10_000),
            min_green_bp=round(self.min_green_share * 10_000),
            max_price=None if self.max_price_per_card_hour is None else micro(self.max_price_per_card_hour),
            budget=None if self.budget is None else micro(self.budget),
        )


class Match(Answer):
    """An offer that serves; money and energy (at the meter) per card-hour."""

    offer_id: str
    accelerator: str
    price_per_card_hour: Yuan
    watt_hours: int
    brown_watt_hours: int

    @classmethod
    def of(cls, found: Admitted) -> Match:
        cost = found.cost
        return cls(
            offer_id=found.candidate.id,
            accelerator=found.candidate.accelerator,
            price_per_card_hour=yuan(found.candidate.price),
            watt_hours=cost.watt_hours,
            brown_watt_hours=cost.brown_watt_hours,
        )


class Excluded(Answer):
    """An offer that does not serve: every rule against it, and the least that would have to change, by whom."""

    offer_id: str
    accelerator: str
    rules: list[str]
    reasons: list[str]
    least_change: list[str]

    @classmethod
    def of(cls, found: Exclusion, language: Language) -> Excluded:
        return cls(
            offer_id=found.candidate.id,
            accelerator=found.candidate.accelerator,
            rules=[reason.rule for reason in found.reasons],
            reasons=[reason.text.in_(language) for reason in found.reasons],
            least_change=[change.text.in_(language) for change in found.least_change],
        )


class MatchAnswer(Answer):
    admitted: list[Match]
    excluded: list[Excluded]

    @classmethod
    def of(cls, verdict: Verdict, language: Language) -> MatchAnswer:
        admitted = [Match.of(found) for found in verdict.admitted]
        return cls(admitted=admitted, excluded=[Excluded.of(found, language) for found in verdict.excluded])
