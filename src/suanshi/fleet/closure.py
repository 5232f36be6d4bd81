"""Cards out of service for a time: maintenance, or less power than they need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ClosureKind(StrEnum):
    MAINTENANCE = "maintenance"
    POWER = "power"


@dataclass(frozen=True, slots=True)
class Closure:
    """`cards` cards of a model are closed from `start` to `end`. It holds them by a `lease`, like any booking, so that no
    sale can pass over it; `lifted_at` once it is over, or was ended early.
    """

    id: str
    site: str
    accelerator: str
    cards: int
    kind: ClosureKind
    note: str
    start: datetime
    end: datetime
    lease: str
    lifted_at: datetime | None = None
