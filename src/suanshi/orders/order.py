"""A quote (a price held for a short while) and an order (the quote accepted), as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from suanshi.kit.refusal import invalid, kind, refuse
from suanshi.orders.lifecycle import OrderState, Outcome

QUOTE_EXPIRED = kind(
    "quote-expired",
    409,
    ("报价单 {id} 已于 {until} 过期。", "Quote {id} expired at {until}."),
    ("请重新询价；没有扣费，也没有占用资源。", "Ask for a new quote; nothing was charged or reserved."),
)
QUOTE_USED = kind(
    "quote-used",
    409,
    ("报价单 {id} 已用于订单 {order}。", "Quote {id} has already become order {order}."),
    ("查看该订单，或重新询价。", "Look at that order, or ask for a new quote."),
)
MAX_INPUT_BYTES = 16 * 2**20
MAX_SCRIPT_CHARACTERS = 256 * 1024


@dataclass(frozen=True, slots=True)
class Quote:
    """What was promised to one buyer: the terms are a copy, so a later change of the offer does not touch them.

    `most_micro` is the most the order can cost: what buying it reserves in the wallet. `starts_at` is None for work that
    begins at once; otherwise it begins then, or before if it is `flexible` (queued) and cards come free sooner. With
    `after_notice` others are told to leave only when it is bought, so it begins as much later as it is bought later.
    """

    id: str
    buyer: str
    supplier: str
    offer: str
    title: str
    site: str
    accelerator: str
    cards: int
    share_milli: int
    seconds: int
    price_micro: int
    minimum_micro: int
    commission_bp: int
    currency: str
    cpu_milli: int
    memory_mib: int
    environments: tuple[str, ...]
    most_micro: int
    created_at: datetime
    valid_until: datetime
    order: str | None = None
    starts_at: datetime | None = None
    flexible: bool = False
    preemptible: bool = False
    after_notice: bool = False

    def costing(self, most_micro: int) -> Quote:
        return replace(self, most_micro=most_micro)

    def open(self, now: datetime) -> bool:
        """Whether the quote can still become an order."""
        return self.order is None and now < self.valid_until

    def check(self, now: datetime) -> None:
        """Raises a refusal when the quote can no longer become an order."""
        if self.order is not None:
            raise refuse(QUOTE_USED, id=self.id, order=self.order)
        if now >= self.valid_until:
            raise refuse(QUOTE_EXPIRED, id=self.id, until=self.valid_until.isoformat(timespec="seconds"))


@dataclass(frozen=True, slots=True)
class Job:
    """What the buyer wants run: a command (`argv`) or a `script`, in an environment of the site.

    `seconds` limits the run's time; `idle_seconds` stops it after so long without any computing (0: never). Preemptible
    work that had to leave is bought again by itself with `resume`, its results at hand.
    """

    environment: str
    argv: tuple[str, ...] = ()
    script: str = ""
    env: tuple[tuple[str, str], ...] = ()
    seconds: int | None = None
    spend_limit_micro: int | None = None
    idle_seconds: int = 1800
    resume: bool = False

    def check(self, quote: Quote) -> None:
        """Raises a refusal naming the field that cannot be."""
        if bool(self.argv) == bool(self.script):
            raise invalid("job", "命令和脚本必须二选一", "give either argv or script, and not both")
        if len(self.script) > MAX_SCRIPT_CHARACTERS:
            raise invalid(
                "job.script", f"不得超过 {MAX_SCRIPT_CHARACTERS} 字", f"is longer than {MAX_SCRIPT_CHARACTERS} characters"
            )
        if self.environment not in quote.environments:
            names = ", ".join(quote.environments)
            raise invalid("job.environment", f"该商品提供的环境有：{names}", f"is not one that this offer has: {names}")
        if self.seconds is not None and not 1 <= self.seconds <= quote.seconds:
            limit = quote.seconds
            raise invalid("job.time_limit_seconds", f"应在 1 到 {limit} 之间", f"must lie between 1 and the {limit} s quoted")
        if self.spend_limit_micro is not None and self.spend_limit_micro <= 0:
            raise invalid("job.spend_limit", "必须大于零", "must be above zero")
        if self.idle_seconds < 0:
            raise invalid("job.idle_seconds", "不能为负", "must not be negative")
        if self.resume and not quote.preemptible:
            raise invalid("job.resume", "只用于按闲时价购买的任务", "is for work bought at the idle price only")


@dataclass(frozen=True, slots=True)
class Order:
    """A sale. `started_at` and `ended_at` are the site's own times; `detail` is the engine's sentence about the end.

    `charged_micro` is known once it is settled. `starts_at`, for work booked ahead, is when its lease begins as things stand.
    `preempt_at` is when preemptible work has to be gone, once that is known. `resumes` is the order of which this one is the
    continuation, `resumed_as` the order that continues this one.
    """

    id: str
    quote: Quote
    member: str
    state: OrderState
    version: int
    job: Job
    lease: str
    hold: str
    created_at: datetime
    starts_at: datetime | None = None
    cancel_asked_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    settled_at: datetime | None = None
    outcome: Outcome | None = None
    exit_code: int | None = None
    detail: str = ""
    charged_micro: int = 0
    preempt_at: datetime | None = None
    resumes: str | None = None
    resumed_as: str | None = None
