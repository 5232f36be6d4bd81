"""When bought work is to begin: at once, at a moment of the buyer's choice, or as soon as there is room within limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from suanshi.kit.refusal import Refusal, invalid

HORIZON = timedelta(days=366)
"""Nothing is booked further ahead."""


@dataclass(frozen=True, slots=True)
class When:
    """At once where nothing is set; at `start`; or queued: no later than `start_by`, over by `finish_by`."""

    start: datetime | None = None
    start_by: datetime | None = None
    finish_by: datetime | None = None

    @property
    def at_once(self) -> bool:
        return self == AT_ONCE

    def latest(self, seconds: int) -> datetime:
        """The last moment at which work of this length may begin. Only for times that `check` accepts."""
        ends = None if self.finish_by is None else self.finish_by - timedelta(seconds=seconds)
        limits = [moment for moment in (self.start, self.start_by, ends) if moment is not None]
        return min(limits)

    def check(self, seconds: int, now: datetime) -> Refusal | None:
        """The first reason these times cannot be met by anyone, or None."""
        if self.start is not None and (self.start_by is not None or self.finish_by is not None):
            return invalid("start", "与 start_by、finish_by 只能选其一", "excludes start_by and finish_by")
        for name, moment in (("start", self.start), ("start_by", self.start_by), ("finish_by", self.finish_by)):
            if moment is not None and moment <= now:
                return invalid(name, "该时间已经过去", "has passed")
            if moment is not None and moment > now + HORIZON:
                return invalid(name, f"最多提前 {HORIZON.days} 天", f"lies more than {HORIZON.days} days ahead")
        if self.finish_by is not None and self.finish_by < now + timedelta(seconds=seconds):
            return invalid("finish_by", "早于现在加上所要的时长", "is sooner than the time asked for takes")
        return None


AT_ONCE = When()
