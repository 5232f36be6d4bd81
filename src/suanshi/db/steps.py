"""Durable steps: work that must happen outside (start a program, stop it) survives any crash and is applied once.

A step is added in the transaction that needs it. A worker claims it for a while, acts outside any transaction
(idempotent by the step's key), and applies the result in a transaction guarded by the claim's token. If the worker dies,
the claim runs out and another worker acts again; a late worker's token no longer fits, so it changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
)

from suanshi.db.engine import Tx
from suanshi.db.tables import Json, metadata, moment
from suanshi.db.together import Added, together

step_table = Table(
    "step",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", Json, nullable=False),
    moment("due_at"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("token", Text),
    moment("claimed_until", nullable=True),
    Column("error", Text),
    UniqueConstraint("kind", "key"),
    Index("ix_step_due", "due_at"),
)


@dataclass(frozen=True, slots=True)
class Step:
    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int
    token: str


def add(tx: Tx, kind: str, key: str, due_at: datetime, payload: dict[str, Any] | None = None) -> None:
    """Ask for a step; asking again for the same (kind, key) while it is pending changes nothing."""
    together(tx, asked(kind, key, due_at, payload))


def asked(kind: str, key: str, due_at: datetime, payload: dict[str, Any] | None = None) -> Added:
    """What `add` writes."""
    row = {"kind": kind, "key": key, "payload": payload or {}, "due_at": due_at}
    return Added(step_table, row, unless_there=True)


def hasten(tx: Tx, kind: str, key: str, due_at: datetime) -> None:
    """Make a pending step due no later than `due_at`; one that is being carried out now is not disturbed."""
    tx.execute(
        step_table.update()
        .where(step_table.c.kind == kind, step_table.c.key == key, step_table.c.due_at > due_at)
        .values(due_at=due_at)
    )


def claim(tx: Tx, kinds: Sequence[str], now: datetime, limit: int, seconds: int) -> list[Step]:
    """Take up to `limit` due steps for `seconds`; two workers never get the same one."""
    s = step_table.c
    due = (
        select(s.id)
        .where(s.kind.in_(kinds), s.due_at <= now, or_(s.claimed_until.is_(None), s.claimed_until <= now))
        .order_by(s.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = tx.execute(
        step_table.update()
        .where(s.id.in_(due.scalar_subquery()))
        .values(
            token=str(uuid4()),
            claimed_until=now + timedelta(seconds=seconds),
            attempts=s.attempts + 1,
        )
        .returning(s.id, s.kind, s.key, s.payload, s.attempts, s.token)
    )
    return [Step(*row) for row in rows]


def _held(step: Step) -> Any:
    return and_(step_table.c.id == step.id, step_table.c.token == step.token)


def holds(tx: Tx, step: Step) -> bool:
    """Lock the step's row; False when the claim was lost, and then nothing may be applied."""
    return tx.execute(select(step_table.c.id).where(_held(step)).with_for_update()).first() is not None


def finish(tx: Tx, step: Step) -> None:
    tx.execute(step_table.delete().where(_held(step)))


def later(tx: Tx, step: Step, due_at: datetime, error: str | None = None) -> None:
    """Give the step back, to be taken again at `due_at`."""
    tx.execute(step_table.update().where(_held(step)).values(due_at=due_at, token=None, claimed_until=None, error=error))


def renew(tx: Tx, held: Sequence[Step], until: datetime) -> None:
    """Keep claims alive while their work is still being done."""
    for step in held:
        tx.execute(step_table.update().where(_held(step)).values(claimed_until=until))


def pending(tx: Tx) -> int:
    return tx.execute(select(func.count()).select_from(step_table)).scalar_one()
