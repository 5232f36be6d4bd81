"""What is for sale: accelerators, environments, sites, cards and offers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from suanshi.catalog import site as catalog
from suanshi.catalog.accelerator import Accelerator as Model
from suanshi.flows.market import CardUse, Shown, Wanted
from suanshi.kit.money import yuan
from suanshi.web.shapes.fields import (
    Amount,
    Answer,
    Ask,
    Cards,
    Currency,
    Isolation,
    Line,
    Name,
    Region,
    Seconds,
    ShareMilli,
    SiteId,
    Slug,
    Yuan,
    micro,
)

OfferState = Literal["listed", "paused", "withdrawn"]
Tier = Literal["cloud", "edge", "device"]
Sort = Literal["price", "-price", "memory", "-memory", "newest"]


class AcceleratorBrief(Answer):
    id: str
    name: str
    vendor: str
    kind: Literal["gpu", "dsa", "cpu"]
    domestic: bool
    memory_gib: float

    @classmethod
    def of(cls, model: Model) -> Self:
        return cls(**{name: getattr(model, name) for name in AcceleratorBrief.model_fields})


class Accelerator(AcceleratorBrief):
    country: str
    year: int
    form_factor: str
    memory_type: str
    mem_bw_gb_s: float | None
    tflops: dict[str, float] = Field(description="Dense TFLOP/s by precision.")
    interconnect: str
    interconnect_bw_gb_s: float | None
    tdp_w: float | None
    software_stack: str
    slicing: str
    source: str
    note: str

    @classmethod
    def of(cls, model: Model) -> Self:
        plain = {name: getattr(model, name) for name in cls.model_fields if name != "tflops"}
        return cls(**plain, tflops={precision: gflops / 1e3 for precision, gflops in model.flops.items()})


class AcceleratorList(Answer):
    items: list[Accelerator]


class Environment(Answer):
    id: str
    offers: int = Field(description="How many listed offers have it.")


class EnvironmentList(Answer):
    items: list[Environment]


class Site(Answer):
    id: str
    name: str
    region: str
    tier: Tier
    pue: float
    green_share: float = Field(description="Share of green power, 0 to 1.")
    fabric: str
    engine: str
    isolation: Isolation
    verified: bool
    cards: int | None = Field(None, description="Cards installed; told to the site's supplier.")

    @classmethod
    def of(cls, site: catalog.Site, cards: int | None = None) -> Site:
        return cls(
            id=site.id,
            name=site.name,
            region=site.region,
            tier=site.tier,
            pue=site.pue_milli / 1000,
            green_share=site.green_bp / 10_000,
            fabric=site.fabric,
            engine=site.engine,
            isolation=site.isolation.value,
            verified=site.verified,
            cards=cards,
        )


class SiteList(Answer):
    items: list[Site]


class SiteAsk(Ask):
    name: Name
    region: Region
    tier: Tier = "cloud"
    pue: Annotated[float, Field(ge=1, le=5, allow_inf_nan=False)] = 1.5
    green_share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    fabric: Line = "ethernet"


class Card(Answer):
    id: int
    node: str
    name: str = Field(description="What the site's inventory calls it.")
    accelerator: str
    health: Literal["ok", "warn", "failed"]
    in_use_milli: int = Field(description="How much of the card is let now, in thousandths.")

    @classmethod
    def of(cls, use: CardUse) -> Card:
        card = use.card
        return cls(
            id=card.id,
            node=card.node,
            name=card.name,
            accelerator=card.accelerator,
            health=card.health.value,
            in_use_milli=use.in_use_milli,
        )


class CardList(Answer):
    items: list[Card]


class SellerBrief(Answer):
    id: str
    name: str


class Offer(Answer):
    id: str
    title: str
    state: OfferState
    supplier: SellerBrief
    site: Site
    accelerator: AcceleratorBrief
    isolation: Isolation
    free_cards: int = Field(description="Whole cards free now.")
    max_cards: int = Field(description="The most cards one order may take.")
    share_milli: int = Field(description="The smallest piece of a card sold, in thousandths; 1000: whole cards only.")
    max_seconds: int
    cpu_milli: int = Field(description="CPU that comes with a whole card, in thousandths of a core.")
    memory_mib: int = Field(description="Memory that comes with a whole card.")
    environments: list[str]
    price_per_card_hour: Yuan = Field(description="All in: CPU, memory, disk and tax included.")
    idle_price: Yuan | None = Field(description="A card-hour of work that may be stopped with notice; null: not sold so.")
    minimum_charge: Yuan
    currency: Currency
    valid_from: datetime

    @classmethod
    def of(cls, shown: Shown) -> Offer:
        offer = shown.offer
        return cls(
            id=offer.id,
            title=offer.title,
            state=offer.state.value,
            supplier=SellerBrief(id=offer.supplier, name=shown.supplier_name),
            site=Site.of(shown.site),
            accelerator=AcceleratorBrief.of(shown.accelerator),
            isolation=shown.site.isolation.value,
            free_cards=shown.free_cards,
            max_cards=offer.max_cards,
            share_milli=offer.share_milli,
            max_seconds=offer.max_seconds,
            cpu_milli=offer.cpu_milli,
            memory_mib=offer.memory_mib,
            environments=list(offer.environments),
            price_per_card_hour=yuan(offer.price_micro),
            idle_price=None if offer.idle_price_micro is None else yuan(offer.idle_price_micro),
            minimum_charge=yuan(offer.minimum_micro),
            currency=offer.currency,
            valid_from=offer.valid_from,
        )


class OfferList(Answer):
    items: list[Offer]


class FacetValue(Answer):
    value: str
    count: int


class Facets(Answer):
    accelerator: list[FacetValue]
    vendor: list[FacetValue]
    region: list[FacetValue]
    isolation: list[FacetValue]


class OfferPage(Answer):
    items: list[Offer]
    next_cursor: str | None
    total: int
    facets: Facets


class OfferQuery(Ask):
    """The storefront's filters."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)  # a query string holds text only

    q: Line | None = None
    accelerator: Slug | None = None
    vendor: Line | None = None
    domestic: bool | None = None
    region: Region | None = None
    isolation: Isolation | None = None
    min_memory_gib: Annotated[int, Field(ge=0, le=10_000)] | None = None
    max_price: Amount | None = None
    cards: Cards | None = None
    share_milli: ShareMilli | None = None
    sort: Sort = "price"
    cursor: Annotated[str, Field(max_length=200, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20

    def wanted(self) -> Wanted:
        return Wanted(
            text=self.q,
            accelerator=self.accelerator,
            vendor=self.vendor,
            domestic=self.domestic,
            region=self.region,
            isolation=None if self.isolation is None else catalog.Isolation(self.isolation),
            min_memory_gib=self.min_memory_gib,
            max_price_micro=None if self.max_price is None else micro(self.max_price),
            cards=self.cards,
            share_milli=self.share_milli,
            sort=self.sort,
        )


class OfferAsk(Ask):
    site_id: SiteId
    accelerator: Slug
    title: Name
    price_per_card_hour: Amount
    idle_price: Annotated[
        Amount | None, Field(description="A card-hour of work that may be stopped with notice; below the price.")
    ] = None
    minimum_charge: Amount = "0.01"
    share_milli: ShareMilli = 1000
    max_cards: Cards | None = None
    max_seconds: Seconds = 7 * 86_400
    environments: Annotated[list[Slug], Field(min_length=1, max_length=50)] = Field(default_factory=lambda: ["python"])


class OfferChange(Ask):
    state: OfferState | None = None
    price_per_card_hour: Amount | None = None
    idle_price: Annotated[Amount | None, Field(description="0: no longer sold so.")] = None
