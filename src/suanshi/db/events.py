"""The event log: what happened to whom, written in the transaction that made it true, read in order by those who follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Index, Table, Text, select

from suanshi.db.engine import Tx
from suanshi.db.tables import Json, metadata, moment
from suanshi.db.together import Added, together

event_table = Table(
    "event",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", Json, nullable=False),
    moment("at"),
    Index("ix_event_subject", "subject", "id"),
)


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    subject: str
    kind: str
    data: dict[str, Any]
    at: datetime


def line(subject: str, kind: str, at: datetime, data: dict[str, Any] | None = None) -> Added:
    return Added(event_table, {"subject": subject, "kind": kind, "data": data or {}, "at": at})


def write(tx: Tx, subject: str, kind: str, at: datetime, data: dict[str, Any] | None = None) -> None:
    together(tx, line(subject, kind, at, data))


def since(tx: Tx, subject: str, after: int = 0, limit: int = 200) -> list[Event]:
    """Events of one subject with an id above `after`, oldest first.

    A subject's events are written under that subject's row lock, so their ids become visible in order.
    """
    e = event_table.c
    query = select(e.id, e.subject, e.kind, e.data, e.at).where(e.subject == subject, e.id > after).order_by(e.id)
    return [Event(*row) for row in tx.execute(query.limit(limit))]
