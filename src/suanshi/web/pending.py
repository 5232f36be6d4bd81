"""Routes whose flow has not landed yet."""

from suanshi.kit.refusal import Fault, Refusal, kind, refuse

_PENDING = kind("pending", 503, ("尚未接通。", "Not wired yet."), ("请稍后。", "Later."), Fault.PLATFORM)


def pending() -> Refusal:
    return refuse(_PENDING)
