"""What advice promised of an order, kept beside what the run then showed: the two stand side by side for everyone to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """A figure with its 80 % interval, in `unit`; `measured` is None until the run has shown it.

    A `probe` is a short run of the platform's own program: its measurement corrects later estimates of the pair
    (engine, accelerator). Any other run only counts on the accuracy page, since its program is the buyer's.
    """

    id: str
    accelerator: str
    engine: str
    metric: str
    unit: str
    promised: float
    lo: float
    hi: float
    probe: bool
    made_at: datetime
    order: str | None = None
    measured: float | None = None
    measured_at: datetime | None = None
