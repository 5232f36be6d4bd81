"""One step of a life in the database: compare-and-swap on (id, state, version), so that of two racing moves one wins."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, select

from suanshi.db.engine import Tx
from suanshi.kit.life import Life


def move(tx: Tx, table: Table, life: Life, id_: str, event: str, **values: Any) -> str | None:
    """Apply `event` to row `id_` and set `values` with it; the new state, or None where the event cannot happen (any more)."""
    row = tx.execute(select(table.c.state, table.c.version).where(table.c.id == id_)).first()
    target = life.after(row.state, event) if row else None
    if row is None or target is None:
        return None
    moved = tx.execute(
        table.update()
        .where(table.c.id == id_, table.c.state == row.state, table.c.version == row.version)
        .values(state=str(target), version=row.version + 1, **values)
    )
    # Nobody changed: another transaction moved the row between our look and our step. The caller looks again.
    return str(target) if moved.rowcount else None
