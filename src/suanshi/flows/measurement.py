"""What a finished run shows of its promise: how long it took, or what a probe wrote down."""

from __future__ import annotations

import json

from suanshi.db.engine import Database
from suanshi.fleet.executor import Executor, Look
from suanshi.kit.refusal import Refusal
from suanshi.orders import store as orders
from suanshi.orders.order import Order

PROBE_RESULT = "probe.json"


def measured(db: Database, engine: Executor, order: Order, look: Look) -> tuple[str, float] | None:
    """The figure that a finished run sets beside its promise, as (promise, value); None where it shows none."""
    if look.exit_code != 0 or look.started_at is None or look.ended_at is None:
        return None
    promised = db.read(orders.promise_of, order.id)
    if promised is None:
        return None
    if not promised.probe:
        return promised.id, (look.ended_at - look.started_at).total_seconds()
    try:
        found = float(json.loads(engine.read_file(order.lease, PROBE_RESULT))["samples_s"])
    except (Refusal, ValueError, KeyError, TypeError):
        return None
    return (promised.id, found) if 0 < found < float("inf") else None
