"""Buying: the quote asked for and given, the job, the order and what comes out of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from suanshi.web.shapes.fields import (
    Amount,
    Answer,
    Ask,
    Cards,
    Currency,
    OfferId,
    QuoteId,
    Seconds,
    ShareMilli,
    Slug,
    Text,
    Yuan,
)

OrderState = Literal["booked", "running", "ended", "settled", "refused"]
Outcome = Literal[
    "succeeded",
    "failed",
    "out_of_memory",
    "time_limit",
    "spend_limit",
    "disk_limit",
    "idle",
    "cancelled",
    "failed_to_start",
    "lost",
]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A name below the working folder; folders are allowed, leaving it is not."""
INPUT_BYTES = 16 * 2**20


class QuoteAsk(Ask):
    offer_id: OfferId
    cards: Cards
    share_milli: ShareMilli = 1000
    seconds: Seconds


class OfferBrief(Answer):
    id: str
    title: str


class Quote(Answer):
    id: str
    offer: OfferBrief
    cards: int
    share_milli: int
    seconds: int
    price_per_card_hour: Yuan
    total: Yuan = Field(description="What the whole time costs, all in: the most this order can charge.")
    minimum_charge: Yuan
    currency: Currency
    created_at: datetime
    valid_until: datetime


class Input(Ask):
    name: FileName
    content_base64: Annotated[str, StringConstraints(max_length=INPUT_BYTES * 4 // 3 + 4, pattern=r"^[A-Za-z0-9+/]*={0,2}$")]

    @field_validator("name")
    @classmethod
    def _stays_inside(cls, name: str) -> str:
        if any(part in ("", ".", "..") for part in name.split("/")):
            raise ValueError("must be a relative name inside the working folder")
        return name


class _Job(Ask):
    environment: Slug = "python"
    inputs: Annotated[list[Input], Field(max_length=256, default_factory=list)]
    env: Annotated[
        dict[
            Annotated[str, StringConstraints(max_length=128, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")],
            Annotated[Text, Field(max_length=8192)],
        ],
        Field(max_length=256, default_factory=dict),
    ]
    time_limit_seconds: Seconds | None = None
    spend_limit: Amount | None = None
    idle_seconds: Annotated[
        int, Field(ge=0, le=366 * 86_400, description="Stop after so long without any computing; 0 means never.")
    ] = 1800


class CommandJob(_Job):
    kind: Literal["command"]
    argv: Annotated[list[Annotated[Text, Field(max_length=32_768)]], Field(min_length=1, max_length=1024)]


class ScriptJob(_Job):
    kind: Literal["script"]
    script: Annotated[Text, Field(min_length=1, max_length=256 * 1024)]


JobAsk = Annotated[CommandJob | ScriptJob, Field(discriminator="kind")]


class OrderAsk(Ask):
    quote_id: QuoteId
    job: JobAsk


class Job(Answer):
    kind: Literal["command", "script"]
    argv: list[str] | None
    script: str | None
    environment: str
    inputs: list[str] = Field(description="Names of the input files.")
    env: dict[str, str]
    time_limit_seconds: int | None
    spend_limit: Yuan | None
    idle_seconds: int


class SiteName(Answer):
    id: str
    name: str


class Order(Answer):
    id: str
    state: OrderState
    outcome: Outcome | None
    exit_code: int | None
    message: str | None = Field(description="Why it was refused or how it ended, in the reader's language.")
    offer: OfferBrief
    site: SiteName
    accelerator: str
    cards: int
    share_milli: int
    seconds: int
    price_per_card_hour: Yuan
    hold: Yuan
    charged: Yuan | None
    currency: Currency
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    settled_at: datetime | None
    job: Job | None = Field(description="The buyer's program; others do not see it.")
    version: int


class OrderPage(Answer):
    items: list[Order]
    next_cursor: str | None


class Log(Answer):
    offset: int
    next_offset: int
    size: int
    text: str
    truncated: bool


class File(Answer):
    name: str
    size: int


class FileList(Answer):
    items: list[File]
