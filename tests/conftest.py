"""Real PostgreSQL for every test that needs a database: the oldest and the newest version we support."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import count
from pathlib import Path
from uuid import uuid4

import httpx
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
for part in ("steps", "events", "idempotency"):
    import_module(f"suanshi.db.{part}")


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


@dataclass
class Platform:
    """`suanshi up` as an operator runs it: its own processes, its own database, this machine as the site."""

    state: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "suanshi.app", "up"]
        with (self.state / "platform.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        self.wait()

    def wait(self, seconds: float = 240) -> None:
        """Until the API answers."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if httpx.get(f"{self.url}/api/v1/health", timeout=10).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, (self.state / "platform.log").read_text()[-4000:]
            assert self.process is not None
            assert self.process.poll() is None, (self.state / "platform.log").read_text()[-4000:]
            time.sleep(0.2)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(60)

    def password(self, who: str) -> str:
        return (self.state / f"{who}.password").read_text().strip()

    def sign_in(self, email: str, password: str) -> httpx.Client:
        """A client that acts as this member; to be closed, or used in `with`."""
        wish = {"email": email, "password": password}
        answer = httpx.post(f"{self.url}/api/v1/sessions", json=wish, timeout=60)
        assert answer.status_code == 201, answer.text
        headers = {"Accept-Language": "en", "Authorization": f"Bearer {answer.json()['token']}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", timeout=60, headers=headers)

    def operator(self) -> httpx.Client:
        return self.sign_in("operator@suanshi.local", self.password("operator"))

    def buyer(self, yuan: str = "1000") -> httpx.Client:
        """A new buyer with money in the wallet."""
        email, secret = f"{uuid4().hex[:12]}@example.com", "correct horse battery"
        wish = {"kind": "buyer", "name": "Lab 实验室", "email": email, "password": secret}
        httpx.post(f"{self.url}/api/v1/parties", json=wish, timeout=60).raise_for_status()
        buyer = self.sign_in(email, secret)
        topup = buyer.post("/wallet/topups", json={"amount": yuan}, headers={"Idempotency-Key": uuid4().hex})
        assert topup.status_code == 201, topup.text
        with self.operator() as operator:
            confirm = f"/operator/topups/{topup.json()['id']}/confirm"
            assert operator.post(confirm, headers={"Idempotency-Key": uuid4().hex}).status_code == 200
        return buyer


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_platform(**settings: str) -> Iterator[Platform]:
    state = open_folder("suanshi-up-")
    port = unused_port()
    own = {"SUANSHI_STATE": str(state), "SUANSHI_PORT": str(port), **settings}
    platform = Platform(state, port, {**os.environ, **own})
    platform.start()
    try:
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """One platform for all tests that only use it."""
    with running_platform() as made:
        yield made


@pytest.fixture
def own_platform() -> Callable[..., AbstractContextManager[Platform]]:
    """For tests that break it: `with own_platform(...) as platform`."""
    return running_platform


@pytest.fixture
def free_port() -> int:
    return unused_port()
