"""A half-open stretch of time [start, end) in UTC; an open end means "until told otherwise"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """Raises ValueError for naive times or an end before its start."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        for moment in (self.start, self.end):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("a span needs times with a zone")
        if self.end is not None and self.end < self.start:
            raise ValueError("a span cannot end before it starts")

    @classmethod
    def lasting(cls, start: datetime, seconds: int) -> Span:
        return cls(start, start + timedelta(seconds=seconds))

    def overlaps(self, other: Span) -> bool:
        return (self.end is None or other.start < self.end) and (other.end is None or self.start < other.end)

    def contains(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)

    @property
    def seconds(self) -> int:
        """Whole seconds, rounded up: a second begun is a second used. Raises ValueError while the end is open."""
        if self.end is None:
            raise ValueError("an open span has no length yet")
        return -(-(self.end - self.start) // timedelta(seconds=1))
