"""Several rooms' writes in one trip to the database: each room says what it would write, the flow sends it all at once."""

from __future__ import annotations

from sqlalchemy import Delete, Insert, Update, literal, select

from suanshi.db.engine import Tx

Write = Insert | Update | Delete
Writes = tuple[Write, ...]


def together(tx: Tx, *writes: Write) -> None:
    """Execute writes as one statement. They see the database as it was before, not each other's rows."""
    tx.execute(select(literal(1)).add_cte(*(write.cte(f"w{i}") for i, write in enumerate(writes))))
