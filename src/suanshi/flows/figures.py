"""How the platform is doing, in a few numbers for whoever watches over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from suanshi.db import steps
from suanshi.db.engine import Database, Tx
from suanshi.orders import store as orders


@dataclass(frozen=True, slots=True)
class Figures:
    """Orders by state, and how many durable steps wait or are being taken."""

    orders: Mapping[str, int]
    backlog: int


def figures(db: Database) -> Figures:
    """Read from the database at this moment; a refusal says that it is out of reach."""
    return db.read(_figures)


def _figures(tx: Tx) -> Figures:
    return Figures(orders.counts(tx), steps.pending(tx))
