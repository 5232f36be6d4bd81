"""Several rooms' writes in one trip to the database: each room says what it would write, the flow sends it all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Select, Table, Update, bindparam, literal, select
from sqlalchemy.dialects.postgresql import insert

from suanshi.db.engine import Tx


@dataclass(frozen=True, slots=True)
class Added:
    """A new row. With `unless_there`, one that meets a row with its unique key changes nothing."""

    table: Table
    values: Mapping[str, Any]
    unless_there: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """New values for the row with this id."""

    table: Table
    id: str
    values: Mapping[str, Any]


Write = Added | Changed
Writes = tuple[Write, ...]
_Shape = tuple[type[Write], Table, tuple[str, ...], bool]


def together(tx: Tx, *writes: Write) -> None:
    """Execute writes as one statement. They see the database as it was before, not each other's rows."""
    values: dict[str, Any] = {}
    for i, write in enumerate(writes):
        values |= {f"w{i}_{name}": value for name, value in write.values.items()}
        if isinstance(write, Changed):
            values[f"w{i}_for"] = write.id
    tx.execute(_statement(tuple(map(_shape, writes))), values)


def _shape(write: Write) -> _Shape:
    return type(write), write.table, tuple(write.values), isinstance(write, Added) and write.unless_there


@lru_cache(maxsize=256)
def _statement(shapes: tuple[_Shape, ...]) -> Select[int]:
    """The statement for writes of these shapes, built once: building one costs more than sending it."""
    return select(literal(1)).add_cte(*(_write(i, *shape).cte(f"w{i}") for i, shape in enumerate(shapes)))


def _write(i: int, kind: type[Write], table: Table, columns: tuple[str, ...], unless_there: bool) -> Insert | Update:
    values = {name: bindparam(f"w{i}_{name}", type_=table.c[name].type) for name in columns}
    if kind is Changed:
        return table.update().where(table.c.id == bindparam(f"w{i}_for", type_=table.c.id.type)).values(values)
    made = insert(table).values(values)
    return made.on_conflict_do_nothing() if unless_there else made
