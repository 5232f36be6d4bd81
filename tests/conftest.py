"""Real PostgreSQL for every test that needs a database: the oldest and the newest version we support."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from importlib import import_module
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import suanshi
from suanshi.db.embedded import Embedded
from suanshi.db.engine import Database
from suanshi.db.migrate import upgrade

# Durability is what tests of crashes are about; all others may have their disk writes fast.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_numbers = count()

# Every room's tables, so that the schema is whole whichever test comes first.
for store in sorted(Path(suanshi.__file__).parent.glob("*/store.py")):
    import_module(f"suanshi.{store.parent.name}.store")


def system_postgresql() -> Path:
    """Debian's PostgreSQL, the oldest there is of 15 and newer."""
    found = sorted((int(p.parent.name), p) for p in Path("/usr/lib/postgresql").glob("*/bin") if int(p.parent.name) >= 15)
    assert found, "Debian's PostgreSQL (15 or newer) is missing: run `make setup`"
    return found[0][1]


def open_folder(prefix: str) -> Path:
    """A folder that the database's own user can enter (pytest's are for us alone)."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    folder.chmod(0o755)
    return folder


class Server:
    """A running PostgreSQL with a template database that holds the schema."""

    def __init__(self, binaries: Path | None) -> None:
        self.folder = open_folder("suanshi-pg-")
        self.embedded = Embedded(self.folder / "pg", binaries, FAST)
        self.embedded.start()
        self._sql("create database pattern")
        upgrade(self.url("pattern"))

    def url(self, database: str) -> str:
        return self.embedded.url.replace("/postgres?", f"/{database}?")

    def _sql(self, statement: str) -> None:
        engine = create_engine(self.embedded.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def fresh(self, pattern: str = "pattern") -> str:
        """A new database with the schema and nothing in it; its URL."""
        name = f"t{next(_numbers)}"
        self._sql(f"create database {name} template {pattern}")
        return self.url(name)

    def drop(self, url: str) -> None:
        self._sql(f"drop database {url.split('/')[3].split('?')[0]} with (force)")

    def close(self) -> None:
        self.embedded.stop()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="session")
def postgresql_oldest() -> Iterator[Server]:
    server = Server(system_postgresql())
    yield server
    server.close()


@pytest.fixture(scope="session")
def postgresql_newest() -> Iterator[Server]:
    server = Server(None)
    yield server
    server.close()


@pytest.fixture(params=["oldest", "newest"])
def server(request: pytest.FixtureRequest) -> Server:
    return request.getfixturevalue(f"postgresql_{request.param}")


@pytest.fixture
def db(server: Server) -> Iterator[Database]:
    """An empty market on PostgreSQL 15 and on 18."""
    url = server.fresh()
    database = Database(url, connections=40)
    yield database
    database.close()
    server.drop(url)


@pytest.fixture
def empty_database(server: Server) -> Iterator[str]:
    """A database without even the schema; its URL."""
    url = server.fresh("template0")
    yield url
    server.drop(url)
