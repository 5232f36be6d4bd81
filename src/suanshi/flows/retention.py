"""Logs and results stay on the site for a while after a run, and everyone can see until when; then they are removed."""

from __future__ import annotations

from datetime import datetime, timedelta

from suanshi.db.engine import Database
from suanshi.fleet import store as fleet
from suanshi.fleet.executor import Executor
from suanshi.kit.clock import now
from suanshi.orders.order import Order

KEPT = timedelta(days=7)
AT_ONCE = 50


def kept_until(order: Order) -> datetime | None:
    """When an order's log and results will be removed; None while it runs."""
    return order.ended_at + KEPT if order.ended_at else None


def remove_expired(db: Database, site: str, engine: Executor) -> int:
    """Clear what leases ended too long ago have left on a site; how many. Killed in between, the next call goes on."""
    expired = db.read(fleet.expired, site, now() - KEPT, AT_ONCE)
    for lease in expired:
        engine.clear(lease)
        db.write(fleet.mark_cleared, lease)
    return len(expired)
