"""Buying: the quote asked for and given, the job, the order and what comes out of it."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from suanshi.catalog import offer as offers
from suanshi.catalog.when import When
from suanshi.flows import ahead
from suanshi.flows.follow import Sale
from suanshi.flows.retention import kept_until
from suanshi.kit.clock import now
from suanshi.kit.money import yuan
from suanshi.kit.page import Page
from suanshi.kit.refusal import invalid
from suanshi.orders import order as orders
from suanshi.orders import promise as promises
from suanshi.orders.lifecycle import LIFE
from suanshi.web.shapes.fields import (
    Amount,
    Answer,
    Ask,
    Cards,
    Currency,
    Moment,
    OfferId,
    QuoteId,
    Seconds,
    ShareMilli,
    Slug,
    Text,
    Yuan,
    micro,
)
from suanshi.web.shapes.need import AdviceAsk

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
    "preempted",
    "failed_to_start",
    "lost",
]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A name below the working folder; folders are allowed, leaving it is not."""
INPUT_BYTES = 16 * 2**20


class Term(Ask):
    count: Annotated[int, Field(ge=1, le=366)]
    unit: Literal["hour", "day", "week", "month"]


class QuoteAsk(Ask):
    offer_id: OfferId
    cards: Cards
    share_milli: ShareMilli = 1000
    preemptible: Annotated[bool, Field(description="At the idle price; it may be stopped, two minutes after a notice.")] = False
    seconds: Seconds | None = None
    term: Annotated[Term | None, Field(description="Instead of `seconds`; a month ends on the same day of a later one.")] = None
    start: Annotated[Moment | None, Field(description="Book ahead: the work begins exactly then.")] = None
    start_by: Annotated[Moment | None, Field(description="Queue: begin as soon as there is room, at the latest then.")] = None
    finish_by: Annotated[Moment | None, Field(description="Queue: begin early enough to be over by then.")] = None

    def ask(self) -> offers.Ask:
        """Raises a refusal for a time that cannot be, or unless exactly one of `seconds` and `term` is given."""
        when = When(self.start, self.start_by, self.finish_by)
        if (refusal := when.check(0, now())) is not None:
            raise refusal
        if self.term is None and self.seconds is not None:
            return offers.Ask(self.offer_id, self.cards, self.seconds, self.share_milli, when, self.preemptible)
        if self.term is None or self.seconds is not None:
            raise invalid("seconds", "与 term 必须且只能给一个", "give either seconds or a term")
        seconds = ahead.term_seconds(self.start or now(), self.term.count, self.term.unit)
        return offers.Ask(self.offer_id, self.cards, seconds, self.share_milli, when, self.preemptible)


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
    starts_at: datetime | None = Field(description="When the work begins; null: at once.")
    flexible: bool = Field(description="Queued: it begins sooner than `starts_at` if cards come free.")
    preemptible: bool = Field(description="It may be stopped, two minutes after a notice.")
    after_notice: bool = Field(
        description="Idle runs are told to leave when this is bought; `starts_at` is counted from the quote, the start from then."
    )
    created_at: datetime
    valid_until: datetime
    order_id: str | None = Field(description="The order that this quote has become.")

    @classmethod
    def of(cls, quote: orders.Quote) -> Quote:
        return cls(
            id=quote.id,
            offer=OfferBrief(id=quote.offer, title=quote.title),
            cards=quote.cards,
            share_milli=quote.share_milli,
            seconds=quote.seconds,
            price_per_card_hour=yuan(quote.price_micro),
            total=yuan(quote.most_micro),
            minimum_charge=yuan(quote.minimum_micro),
            currency=quote.currency,
            starts_at=quote.starts_at,
            flexible=quote.flexible,
            preemptible=quote.preemptible,
            after_notice=quote.after_notice,
            created_at=quote.created_at,
            valid_until=quote.valid_until,
            order_id=quote.order,
        )


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
    resume: Annotated[
        bool, Field(description="Preemptible work that had to leave is queued again, its results in the folder `carried`.")
    ] = False

    def files(self) -> dict[str, bytes]:
        """The input files by name. Raises a refusal for a name sent twice or content that is not base64."""
        found: dict[str, bytes] = {}
        for number, file in enumerate(self.inputs):
            where = f"job.inputs[{number}]"
            if file.name in found:
                raise invalid(f"{where}.name", "文件名重复", "appears twice")
            try:
                found[file.name] = b64decode(file.content_base64, validate=True)
            except Error as fault:
                raise invalid(f"{where}.content_base64", "不是有效的 base64", "is not valid base64") from fault
        return found

    def job(self) -> orders.Job:
        """The job without its files."""
        return orders.Job(
            environment=self.environment,
            argv=tuple(self.argv) if isinstance(self, CommandJob) else (),
            script=self.script if isinstance(self, ScriptJob) else "",
            env=tuple(sorted(self.env.items())),
            seconds=self.time_limit_seconds,
            spend_limit_micro=None if self.spend_limit is None else micro(self.spend_limit),
            idle_seconds=self.idle_seconds,
            resume=self.resume,
        )


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
    advice: Annotated[
        AdviceAsk | None,
        Field(description="The work behind the order, as advice was asked: its promise is kept and held against the run."),
    ] = None


class Job(Answer):
    kind: Literal["command", "script"]
    argv: list[str] | None
    script: str | None
    environment: str
    inputs: list[str] = Field(description="Names of the input files; lists of orders leave them out.")
    env: dict[str, str]
    time_limit_seconds: int | None
    spend_limit: Yuan | None
    idle_seconds: int
    resume: bool

    @classmethod
    def of(cls, job: orders.Job, inputs: tuple[str, ...]) -> Job:
        limit = job.spend_limit_micro
        return cls(
            kind="command" if job.argv else "script",
            argv=list(job.argv) or None,
            script=job.script or None,
            environment=job.environment,
            inputs=list(inputs),
            env=dict(job.env),
            time_limit_seconds=job.seconds,
            spend_limit=None if limit is None else yuan(limit),
            idle_seconds=job.idle_seconds,
            resume=job.resume,
        )


class SiteName(Answer):
    id: str
    name: str


class Promise(Answer):
    """What advice promised of an order beside what its run showed."""

    metric: str
    unit: str
    promised: float
    lo: float
    hi: float
    measured: float | None
    engine: str
    probe: bool

    @classmethod
    def of(cls, made: promises.Promise) -> Promise:
        return cls(**{name: getattr(made, name) for name in cls.model_fields})


class Order(Answer):
    id: str
    state: OrderState
    outcome: Outcome | None
    exit_code: int | None
    message: str | None = Field(description="The site's own sentence about the end.")
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
    starts_at: datetime | None = Field(description="When work that was booked ahead begins, as things stand.")
    flexible: bool = Field(description="Queued: it begins sooner if cards come free.")
    preemptible: bool = Field(description="It may be stopped, two minutes after a notice.")
    preempt_at: datetime | None = Field(description="When it has to be gone, once it has its notice.")
    resumes: str | None = Field(description="The order that had to leave, and that this one continues.")
    resumed_as: str | None = Field(description="The order that continues this one.")
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    settled_at: datetime | None
    cancel_asked_at: datetime | None
    results_until: datetime | None = Field(description="When the log and the result files will be removed from the site.")
    job: Job | None = Field(description="The buyer's program; others do not see it.")
    promise: Promise | None = Field(description="What advice promised, beside what the run showed.")
    version: int

    @classmethod
    def of(cls, sale: Sale, reader: str) -> Order:
        """The order as the party `reader` may see it."""
        order, quote = sale.order, sale.order.quote
        return cls(
            id=order.id,
            state=order.state.value,
            outcome=order.outcome.value if order.outcome else None,
            exit_code=order.exit_code,
            message=order.detail or None,
            offer=OfferBrief(id=quote.offer, title=quote.title),
            site=SiteName(id=quote.site, name=sale.site_name),
            accelerator=quote.accelerator,
            cards=quote.cards,
            share_milli=quote.share_milli,
            seconds=quote.seconds,
            price_per_card_hour=yuan(quote.price_micro),
            hold=yuan(quote.most_micro),
            charged=yuan(order.charged_micro) if order.state in LIFE.final else None,
            currency=quote.currency,
            starts_at=order.starts_at,
            flexible=quote.flexible,
            preemptible=quote.preemptible,
            preempt_at=order.preempt_at,
            resumes=order.resumes,
            resumed_as=order.resumed_as,
            created_at=order.created_at,
            started_at=order.started_at,
            ended_at=order.ended_at,
            settled_at=order.settled_at,
            cancel_asked_at=order.cancel_asked_at,
            results_until=kept_until(order),
            job=Job.of(order.job, sale.inputs) if reader == quote.buyer else None,
            promise=Promise.of(sale.promise) if sale.promise else None,
            version=order.version,
        )


class OrderPage(Answer):
    items: list[Order]
    next_cursor: str | None

    @classmethod
    def of(cls, page: Page[Sale], reader: str) -> OrderPage:
        return cls(items=[Order.of(sale, reader) for sale in page.items], next_cursor=page.next_cursor)


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
