"""Closing cards: what a supplier asks for, and what stands closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from suanshi.fleet import closure as fleet
from suanshi.flows.closing import MOST_DAYS
from suanshi.web.shapes.fields import Answer, Ask, Cards, Line, Moment, Slug

Kind = Literal["maintenance", "power"]


class ClosureAsk(Ask):
    accelerator: Slug
    cards: Cards
    start: Moment
    end: Moment
    kind: Kind = "maintenance"
    note: Line = "-"
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="On so many days, at the same hours.")] = 1

    def draft(self, site: str) -> fleet.Closure:
        kind = fleet.ClosureKind(self.kind)
        return fleet.Closure("", site, self.accelerator, self.cards, kind, self.note, self.start, self.end, "")


class Closure(Answer):
    id: str
    accelerator: str
    cards: int
    kind: Kind
    note: str
    start: datetime
    end: datetime
    lifted_at: datetime | None

    @classmethod
    def of(cls, closure: fleet.Closure) -> Closure:
        return cls(**{name: getattr(closure, name) for name in cls.model_fields})


class ClosureList(Answer):
    items: list[Closure]

    @classmethod
    def of(cls, closures: Sequence[fleet.Closure]) -> ClosureList:
        return cls(items=[Closure.of(one) for one in closures])
