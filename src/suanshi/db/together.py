"""Several rooms' writes in one trip to the database: each room says what it would write, the flow sends it all at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import mul
from typing import Any

from psycopg.types.json import Jsonb
from psycopg.types.range import Range as DriverRange
from sqlalchemy import CTE, ColumnElement, Insert, Integer, Select, Table, Update, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.dialects.postgresql.ranges import AbstractRange
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DataError
from sqlalchemy.types import TypeEngine

from suanshi.db.engine import Tx, send, sqlstate


@dataclass(frozen=True, slots=True)
class Added:
    """A new row. With `unless_there`, one that meets a row with its unique key changes nothing."""

    table: Table
    values: Mapping[str, Any]
    unless_there: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """One row that must be found, changed or added, or else nothing else is written.

    `row` is built once, at import, with parameters whose names no other gate has.
    """

    row: Insert | Update | Select[Any]
    values: Mapping[str, Any]


Writes = tuple[Added, ...]
_Shape = tuple[Table, tuple[str, ...], bool]

_DIVISION_BY_ZERO = "22012"
_ONE: ColumnElement[int] = literal_column("1", Integer)


def together(tx: Tx, *writes: Added) -> None:
    """Execute writes as one statement. They see the database as it was before, not each other's rows."""
    _send(tx, _built(tx.dialect, (), tuple(map(_shape, writes))), writes, {})


def behind(tx: Tx, gates: Sequence[Gate], *writes: Added) -> bool:
    """Execute writes as one statement behind gates: all of it happens, or nothing does and the answer is False.

    After a False nothing more can be done in the same transaction, unless the statement was one by itself.
    """
    values = {name: value for gate in gates for name, value in gate.values.items()}
    try:
        _send(tx, _built(tx.dialect, tuple(gate.row for gate in gates), tuple(map(_shape, writes))), writes, values)
    except DataError as error:
        if sqlstate(error) == _DIVISION_BY_ZERO:
            return False
        raise
    return True


@dataclass(frozen=True, slots=True)
class _Built:
    """A statement as the driver takes it; for each write, for each column, the parameter's name and how to hand it over."""

    sql: str
    columns: tuple[tuple[tuple[str, str, Callable[[Any], Any] | None], ...], ...]


def _send(tx: Tx, built: _Built, writes: Sequence[Added], values: dict[str, Any]) -> None:
    """Straight to the driver: going through SQLAlchemy costs as much again as the statement itself."""
    for write, columns in zip(writes, built.columns, strict=True):
        for column, parameter, handed in columns:
            value = write.values[column]
            values[parameter] = value if handed is None or value is None else handed(value)
    send(tx, built.sql, values)


def _shape(write: Added) -> _Shape:
    return write.table, tuple(write.values), write.unless_there


@lru_cache(maxsize=256)
def _built(dialect: Dialect, rows: tuple[Insert | Update | Select[Any], ...], shapes: tuple[_Shape, ...]) -> _Built:
    """Built once for writes of these shapes. The count of opened gates is looked at before any write begins; dividing by
    none of them undoes all.
    """
    gates = [_opened(row).cte(f"g{i}") for i, row in enumerate(rows)]
    writes = (_write(i, *shape).cte(f"w{i}") for i, shape in enumerate(shapes))
    proof = _ONE // cast(reduce(mul, map(_count, gates)), Integer) if gates else _ONE
    sql = str(select(proof).add_cte(*gates, *writes).compile(dialect=dialect))
    columns = (
        tuple((name, f"w{i}_{name}", _handed(table.c[name].type)) for name in names) for i, (table, names, _) in enumerate(shapes)
    )
    return _Built(sql, tuple(columns))


def _opened(row: Insert | Update | Select[Any]) -> Any:
    return row if isinstance(row, Select) else row.returning(_ONE.label("opened"))


def _count(gate: CTE) -> Any:
    return select(func.count()).select_from(gate).scalar_subquery()


def _write(i: int, table: Table, columns: tuple[str, ...], unless_there: bool) -> Insert:
    made = insert(table).values({name: bindparam(f"w{i}_{name}", type_=table.c[name].type) for name in columns})
    return made.on_conflict_do_nothing() if unless_there else made


def _handed(type_: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What the driver wants of a value that is not one of Python's own."""
    if isinstance(type_, JSONB):
        return Jsonb
    if isinstance(type_, AbstractRange):
        return lambda value: DriverRange(value.lower, value.upper, value.bounds)
    return None
