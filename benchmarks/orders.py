"""Orders per second through quote, purchase and booked lease, beside `pgbench -N` on the same server; and a contest for seats.

    python benchmarks/orders.py [--seconds 10] [--buyers 32] [--contest 10000]

One embedded PostgreSQL with its default durability serves both. The buyers run in two processes, as two API processes
would; each sale is a quote and a purchase of a quarter card at one of 20 sites, written with everything it needs: hold, lease,
allocation, order, event, step.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

from suanshi.catalog import store as catalog
from suanshi.catalog.offer import Ask, Offer, OfferState
from suanshi.catalog.site import Isolation, Node, Site
from suanshi.db.embedded import Embedded
from suanshi.db.engine import Database, Tx
from suanshi.db.migrate import upgrade
from suanshi.fleet import store as fleet
from suanshi.flows import buy, join, quote
from suanshi.flows.buy import Purchase
from suanshi.flows.seats import Seats
from suanshi.identity.party import PartyKind
from suanshi.identity.principal import Principal
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal
from suanshi.ledger import books
from suanshi.ledger import store as ledger
from suanshi.ledger.account import cash, wallet
from suanshi.ledger.posting import transfer
from suanshi.orders.order import Job

MODEL = "a100-sxm-80g"
SITES, NODES, CARDS = 20, 60, 8
JOB = Job("python", script="print(1)")


def furnish(tx: Tx, site: str, nodes: int, cards: int, share: int) -> str:
    catalog.put_site(tx, Site(site, "pty_supplier", site, "Wuhu", "cloud", 1200, 0, "ib", "local", Isolation.KERNEL, True))
    for n in range(nodes):
        catalog.put_node(tx, Node(f"{site}_n{n}", site, f"n{n}", 64_000, 512_000))
        catalog.put_cards(tx, f"{site}_n{n}", [(f"nvidia-{i}", MODEL) for i in range(cards)])
    id_ = f"off_{site}"
    terms = {"price_micro": 5_000_000, "minimum_micro": 10_000, "currency": "CNY", "share_milli": share, "max_cards": 8}
    where = {"supplier": "pty_supplier", "site": site, "title": site, "accelerator": MODEL}
    size = {"max_seconds": 86_400, "cpu_milli": 8000, "memory_mib": 64_000, "environments": ("python",)}
    catalog.put_offer(tx, Offer(id=id_, state=OfferState.LISTED, valid_from=now(), **where, **terms, **size))
    return id_


def buyers(db: Database, count: int) -> list[Principal]:
    session = join.register(db, PartyKind.BUYER, "buyer", f"{ids.new('m')}@example.com", "correct horse battery")
    first = join.principal(db, session.token)
    made = []
    for _ in range(count):
        who = Principal(ids.new("pty"), first.member, first.roles, first.scopes, "buyer", False)
        paid = transfer(ids.new("pay"), "topup", who.party, now(), cash(), wallet(who.party), Money.of(1_000_000))
        db.write(ledger.post, paid)
        made.append(who)
    return made


def sell(db: Database, seats: Seats, who: Principal, offer: str, share: int) -> None:
    made = quote.quote(db, seats, who, Ask(offer, 1, 600, share))
    buy.purchase(db, seats, who, Purchase(ids.new("key"), made.id, JOB, {}))


def one_process(url: str, people: list[Principal], offers: list[str], seconds: float) -> int:
    """Sales that `people` make in `seconds`, each in a thread of its own."""
    db = Database(url, len(people) + 4)
    seats = Seats()
    for offer in offers:
        sell(db, seats, people[0], offer, 250)  # compile and connect before the clock starts
    end = time.monotonic() + seconds

    def shop(i: int) -> int:
        done = 0
        while time.monotonic() < end:
            sell(db, seats, people[i], offers[(i + done) % len(offers)], 250)
            done += 1
        return done

    with ThreadPoolExecutor(len(people)) as pool:
        total = sum(pool.map(shop, range(len(people))))
    db.close()
    return total


def pgbench(server: Embedded, seconds: int, clients: int) -> float:
    """Transactions per second of `pgbench -N` (simple update) at scale 10."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
    where = ["-h", server.url.split("host=")[1], "-U", "suanshi", "postgres"]
    subprocess.run([programs[-1], "-i", "-q", "-s", "10", *where], check=True, capture_output=True)
    run = [programs[-1], "-N", "-c", str(clients), "-j", "2", "-T", str(seconds), *where]
    said = subprocess.run(run, check=True, capture_output=True, text=True).stdout
    return float(next(line for line in said.splitlines() if line.startswith("tps")).split()[2])


def contest(url: str, people: list[Principal], attempts: int, seats_there: int) -> tuple[int, int]:
    """Purchases tried at once for too few seats, from two pictures of the site: (won, overlaps found)."""
    db = Database(url, 36)
    offer = db.write(furnish, "site_contest", seats_there // 8 + 1, 8, 1000)
    left = db.read(catalog.cards, "site_contest")[seats_there:]
    for card in left:
        db.write(catalog.set_health, card.id, catalog.Health.FAILED)
    pictures = [Seats(), Seats()]

    def attempt(i: int) -> int:
        try:
            sell(db, pictures[i % 2], people[i % len(people)], offer, 1000)
        except Refusal as refusal:
            if refusal.code not in ("no-capacity", "card-taken"):
                raise
            return 0
        return 1

    with ThreadPoolExecutor(32) as pool:
        won = sum(pool.map(attempt, range(attempts)))
    overlaps = len(list(db.read(fleet.overlaps)))
    assert db.read(books.proof).ok
    db.close()
    return won, overlaps


def main() -> None:
    read = argparse.ArgumentParser()
    read.add_argument("--seconds", type=int, default=10)
    read.add_argument("--buyers", type=int, default=32)
    read.add_argument("--contest", type=int, default=10_000)
    asked = read.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="suanshi-bench-", dir="/tmp"))
    folder.chmod(0o755)
    server = Embedded(folder / "pg")
    server.start()
    try:
        upgrade(server.url)
        db = Database(server.url, 8)
        offers = [db.write(furnish, f"site_{n}", NODES, CARDS, 250) for n in range(SITES)]
        people = buyers(db, asked.buyers)
        tps = pgbench(server, asked.seconds, asked.buyers)
        half = asked.buyers // 2
        with ProcessPoolExecutor(2) as pool:
            parts = [pool.submit(one_process, server.url, p, offers, asked.seconds) for p in (people[:half], people[half:])]
            sold = sum(part.result() for part in parts)
        rate = sold / asked.seconds
        print(f"pgbench -N: {tps:.0f} transactions/s with {asked.buyers} clients")
        print(f"orders: {rate:.0f}/s with {asked.buyers} buyers = {rate / tps:.1%} of pgbench -N")
        print(f"overlapping allocations: {len(list(db.read(fleet.overlaps)))}")
        started = time.monotonic()
        won, overlaps = contest(server.url, people, asked.contest, 500)
        print(
            f"contest: {asked.contest} attempts for 500 seats: {won} won, {overlaps} overlaps, {time.monotonic() - started:.0f} s"
        )
        db.close()
    finally:
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
