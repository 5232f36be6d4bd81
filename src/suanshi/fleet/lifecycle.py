"""The life of a lease: booked, live on the site, ended; or void when nothing ever ran."""

from __future__ import annotations

from enum import StrEnum

from suanshi.kit.life import Life


class LeaseState(StrEnum):
    BOOKED = "booked"
    LIVE = "live"
    ENDED = "ended"
    VOID = "void"


LIFE = Life(
    "lease",
    LeaseState.BOOKED,
    {
        (LeaseState.BOOKED, "start"): LeaseState.LIVE,
        (LeaseState.BOOKED, "void"): LeaseState.VOID,
        (LeaseState.LIVE, "end"): LeaseState.ENDED,
    },
)
