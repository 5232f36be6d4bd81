"""The life of an order: booked, running, ended, settled; or refused, and then it cost nothing."""

from __future__ import annotations

from enum import StrEnum

from suanshi.kit.life import Life


class OrderState(StrEnum):
    BOOKED = "booked"
    RUNNING = "running"
    ENDED = "ended"
    SETTLED = "settled"
    REFUSED = "refused"


LIFE = Life(
    "order",
    OrderState.BOOKED,
    {
        (OrderState.BOOKED, "start"): OrderState.RUNNING,
        (OrderState.BOOKED, "refuse"): OrderState.REFUSED,
        (OrderState.RUNNING, "end"): OrderState.ENDED,
        (OrderState.ENDED, "settle"): OrderState.SETTLED,
    },
)


class Outcome(StrEnum):
    """How the work came to its end. The last two never started, or vanished: they are free."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    OUT_OF_MEMORY = "out_of_memory"
    TIME_LIMIT = "time_limit"
    SPEND_LIMIT = "spend_limit"
    DISK_LIMIT = "disk_limit"
    IDLE = "idle"
    CANCELLED = "cancelled"
    PREEMPTED = "preempted"
    FAILED_TO_START = "failed_to_start"
    LOST = "lost"


# A lost run is the site's fault: the buyer pays nothing for it.
FREE = frozenset({Outcome.FAILED_TO_START, Outcome.LOST})
# Whoever had to leave pays for what it used, and no minimum.
NO_MINIMUM = frozenset({Outcome.PREEMPTED})
