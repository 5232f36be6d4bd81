"""A whole market in one process: a real database, this machine as the site, a supplier, a buyer with money, and a worker."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from suanshi.app.house import House
from suanshi.app.settings import Settings
from suanshi.app.working import worker
from suanshi.catalog.offer import Ask, Offer
from suanshi.db.engine import Database
from suanshi.engines.local.executor import LocalExecutor
from suanshi.fleet import store as fleet
from suanshi.flows import buy, follow, join, market, opening, quote
from suanshi.flows.buy import Purchase
from suanshi.identity.party import PartyKind
from suanshi.identity.principal import Principal
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.money import Money
from suanshi.ledger import store as ledger
from suanshi.ledger.account import cash, wallet
from suanshi.ledger.posting import transfer
from suanshi.orders.lifecycle import OrderState
from suanshi.orders.order import Job, Order
from suanshi.web.app import create_app

MODEL = "cpu-core-x86"
CORES = 2  # as many as the smallest machine has
PATIENCE = 120


@dataclass
class Town:
    house: House
    supplier: Principal
    buyer: Principal

    @property
    def db(self) -> Database:
        return self.house.db

    @property
    def offer(self) -> Offer:
        return next(shown.offer for shown in market.own_offers(self.db, self.supplier))

    def join(self, kind: PartyKind, name: str) -> Principal:
        session = join.register(self.db, kind, name, f"{ids.new('m')}@example.com", "correct horse battery")
        return join.principal(self.db, session.token)

    def pay_in(self, who: Principal, yuan: str) -> None:
        amount = Money.of(yuan)
        self.db.write(ledger.post, transfer(ids.new("pay"), "topup", who.party, now(), cash(), wallet(who.party), amount))

    def buy(self, job: Job, seconds: int = 60, who: Principal | None = None, inputs: dict[str, bytes] | None = None) -> Order:
        buyer = who or self.buyer
        made = quote.quote(self.db, self.house.seats, buyer, Ask(self.offer.id, 1, seconds))
        return buy.purchase(self.db, self.house.seats, buyer, Purchase(ids.new("key"), made.id, job, inputs or {}))

    def until(self, order: Order, *states: OrderState) -> Order:
        """Wait for an order to get there: at the latest when the machine has had two minutes for it."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = follow.order(self.db, self.buyer, order.id).order
            if found.state in states or time.monotonic() > deadline:
                assert found.state in states, found
                return found
            time.sleep(0.1)

    def settled(self, order: Order) -> Order:
        return self.until(order, OrderState.SETTLED, OrderState.REFUSED)

    def log(self, order: Order) -> str:
        return follow.log(self.db, self.house.engines, self.buyer, order.id, 0, 2**20).data.decode()


@pytest.fixture(scope="module")
def town(postgresql_newest: Any, site_folder: Path) -> Iterator[Town]:
    """One town for a module's tests, its worker at work."""
    url = postgresql_newest.fresh()
    settings = Settings(state=site_folder, database_url=url, worker_threads=8)
    db = Database(url, 24)
    house = House(settings, db, LocalExecutor(site_folder / "site"))
    stop = threading.Event()
    working = threading.Thread(target=worker(house).run, args=(stop,))
    made = Town(house, *_people(house))
    working.start()
    yield made
    stop.set()
    working.join()
    for site in house.local_sites():
        for order in house.db.read(fleet.ongoing, site):
            house.local.stop(order, "the test is over")
    house.close()
    postgresql_newest.drop(url)


def _people(house: House) -> tuple[Principal, Principal]:
    def principal(kind: PartyKind, name: str) -> Principal:
        session = join.register(house.db, kind, name, f"{ids.new('m')}@example.com", "correct horse battery")
        return join.principal(house.db, session.token)

    supplier, buyer = principal(PartyKind.SUPPLIER, "芜湖智算中心"), principal(PartyKind.BUYER, "一间实验室")
    isolation = house.local.abilities().isolation
    machine = opening.Machine(
        "here", 8_000, 16_000, tuple((f"cpu-{i}", MODEL) for i in range(CORES)), isolation, ("python", "scientific")
    )
    place = opening.Place("本机", "芜湖", 1200, 3000, {MODEL: 360_000_000}, {MODEL: 10})
    opening.open_site(house.db, supplier, "local", machine, place)
    amount = Money.of("1000")
    house.db.write(ledger.post, transfer(ids.new("pay"), "topup", buyer.party, now(), cash(), wallet(buyer.party), amount))
    return supplier, buyer


@pytest.fixture(scope="module")
def site_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="suanshi-site-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def door(town: Town) -> Iterator[str]:
    """The town's API on a port of this machine; its address."""
    options = {"log_config": None, "lifespan": "off", "ws": "none", "timeout_graceful_shutdown": 5}
    config = uvicorn.Config(create_app(town.house), host="127.0.0.1", port=0, **options)
    server = uvicorn.Server(config)
    serving = threading.Thread(target=server.run)
    serving.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    assert server.started
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    serving.join()
