"""One writer discipline: a transaction is a plain function, so nothing can wait for a network inside it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from suanshi.kit.refusal import Fault, kind, refuse

P = ParamSpec("P")
R = TypeVar("R")
Tx = Connection

UNAVAILABLE = kind(
    "database-unavailable",
    503,
    (
        "数据库暂时不可用，无法确认本次操作的结果。",
        "The database is out of reach just now; the outcome of this call is not known.",
    ),
    (
        "请用同一个 Idempotency-Key 重试：不会重复扣费。",
        "Try again with the same Idempotency-Key: nothing will be done or charged twice.",
    ),
    Fault.PLATFORM,
)

# serialization failure, deadlock: PostgreSQL undid everything, so the same function may simply run again.
_UNDONE = {"40001", "40P01"}
_TRIES = 8


class Database:
    """Connections to one PostgreSQL (>= 15). Thread-safe; `close()` when done."""

    def __init__(self, url: str, connections: int = 16) -> None:
        self.url = url
        self._engine: Engine = create_engine(
            url, pool_size=connections, max_overflow=0, pool_timeout=30, pool_pre_ping=False, future=True
        )
        self._reader = self._engine.execution_options(postgresql_readonly=True)
        self._each = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    def write(self, fn: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `fn(tx, ...)` in one transaction; all of it happens or none. Retries only what PostgreSQL undid itself."""
        return self._run(self._engine, fn, *args, **kwargs)

    def read(self, fn: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `fn(tx, ...)` in one read-only transaction."""
        return self._run(self._reader, fn, *args, **kwargs)

    def each(self, fn: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `fn(tx, ...)` with every statement a transaction by itself, which saves the trips that begin and end one.

        For functions that read, and then write in a single statement at their end.
        """
        return self._run(self._each, fn, *args, **kwargs)

    def _run(self, engine: Engine, fn: Callable[Concatenate[Tx, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(_TRIES):
            try:
                with engine.begin() as tx:
                    return fn(tx, *args, **kwargs)
            except DBAPIError as error:
                undone = sqlstate(error) in _UNDONE
                stale = error.connection_invalidated and attempt == 0 and _before_any_work(error)
                if attempt + 1 < _TRIES and (undone or stale):
                    time.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311 - spreading retries, not a secret
                    continue
                if isinstance(error, OperationalError) and sqlstate(error) not in _UNDONE:
                    raise refuse(UNAVAILABLE) from error
                raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        self._engine.dispose()


def freeze(tx: Tx) -> None:
    """Let this transaction see everything as it is at its first look, whatever others do meanwhile. Must come first in it."""
    tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def send(tx: Tx, sql: str, values: Mapping[str, Any]) -> None:
    """Execute a statement in the driver's own spelling; its errors come as SQLAlchemy's."""
    try:
        with closing(tx.connection.cursor()) as cursor:
            cursor.execute(sql, values)
    except psycopg.Error as error:
        gone = tx.dialect.is_disconnect(error, tx.connection, None)  # type: ignore[arg-type]
        if gone:
            tx.invalidate(error)
        wrapped = DBAPIError.instance(sql, None, error, psycopg.Error, connection_invalidated=gone, dialect=tx.dialect)
        raise wrapped from error


def sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _before_any_work(error: DBAPIError) -> bool:
    """True when the failing statement was sent on a connection that the server had already closed.

    psycopg reports such a statement as never having reached the server ("the connection is closed"), so running the
    function again cannot do anything twice.
    """
    return "the connection is closed" in str(error.orig)
