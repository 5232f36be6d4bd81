"""What is for sale: accelerators, environments, sites, cards and offers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

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


class AcceleratorList(Answer):
    items: list[Accelerator]


class Environment(Answer):
    id: str
    title: str
    description: str
    packages: list[str]


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
    cards: int | None = Field(None, description="Cards installed; known to the site's supplier and the operator.")


class SitePage(Answer):
    items: list[Site]
    next_cursor: str | None


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


class CardPage(Answer):
    items: list[Card]
    next_cursor: str | None


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
    minimum_charge: Yuan
    currency: Currency
    valid_from: datetime


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


class OfferAsk(Ask):
    site_id: SiteId
    accelerator: Slug
    title: Name
    price_per_card_hour: Amount
    minimum_charge: Amount = "0.01"
    share_milli: ShareMilli = 1000
    max_cards: Cards | None = None
    max_seconds: Seconds = 7 * 86_400


class OfferChange(Ask):
    state: OfferState | None = None
    price_per_card_hour: Amount | None = None
