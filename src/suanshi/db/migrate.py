"""Bringing a database to today's schema, from empty or from any released revision; two processes at once do it once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from suanshi.db.engine import UNAVAILABLE
from suanshi.kit.refusal import refuse

_LOCK = 7_320_250_841  # an advisory lock of our own


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.set_main_option("path_separator", "os")
    return made


def upgrade(url: str, revision: str = "head") -> None:
    """Apply what is missing up to `revision`, in one transaction. Raises UNAVAILABLE where no server answers."""
    engine = create_engine(url)
    try:
        with engine.connect():
            pass
    except OperationalError as error:
        engine.dispose()
        raise refuse(UNAVAILABLE) from error
    try:
        with engine.begin() as connection:
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            made = config()
            made.attributes["connection"] = connection
            command.upgrade(made, revision)
    finally:
        engine.dispose()


def revisions() -> list[str]:
    """Every released revision, oldest first."""
    return [script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


def current(url: str) -> str | None:
    """The revision a database is at; None for an empty one."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
