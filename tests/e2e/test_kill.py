"""Kill -9 anything at any time: every order still ends settled or refused exactly once, and nothing leaks.

The killer strikes the API, the worker, PostgreSQL's postmaster or one of its backends while buyers keep buying. They
retry with the same Idempotency-Key until they have an answer, as any client should.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, text

KILLS = int(os.environ.get("SUANSHI_TEST_KILLS", "200"))
BUYERS = 4
PATIENCE = 300
JOBS = (
    "print('ok')",
    "import time\ntime.sleep(1.5)\nprint('ok')",
    "raise SystemExit(3)",
    "x = 0\nfor i in range(3_000_000): x += i\nprint(x)",
)


def processes() -> dict[int, tuple[int, str]]:
    """Every process: its parent and command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                found[int(entry.name)] = (parent, (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except (OSError, ValueError):
                continue
    return found


def targets(platform) -> dict[str, list[int]]:  # type: ignore[no-untyped-def]
    """What can be killed now, by kind."""
    alive = processes()
    children = [(pid, line) for pid, (parent, line) in alive.items() if parent == platform.process.pid]
    try:
        postmaster = int((platform.state / "postgresql/data/postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        postmaster = 0
    return {
        "api": [pid for pid, line in children if line.rstrip().endswith("serve")],
        "worker": [pid for pid, line in children if line.rstrip().endswith("work")],
        "postmaster": [postmaster] if str(platform.state) in alive.get(postmaster, (0, ""))[1] else [],
        "backend": [pid for pid, (parent, _) in alive.items() if postmaster and parent == postmaster],
    }


def kill_one(platform, chance: random.Random) -> bool:  # type: ignore[no-untyped-def]
    kind = chance.choice(["api", "worker", "worker", "postmaster", "backend"])
    found = targets(platform)[kind]
    if not found:
        return False
    try:
        os.kill(chance.choice(found), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def persist(client: httpx.Client, method: str, path: str, until: float, **options) -> httpx.Response:  # type: ignore[no-untyped-def]
    """The same request again and again until the platform has an answer that is not "I am broken just now"."""
    while True:
        try:
            answer = client.request(method, path, **options)
            if answer.status_code < 500:
                return answer
        except httpx.TransportError:
            pass
        assert time.monotonic() < until, f"no answer to {method} {path}"
        time.sleep(0.2)


def shop(client: httpx.Client, offer: str, stop: threading.Event, bought: list[str], seed: int) -> None:
    chance = random.Random(seed)
    while not stop.is_set():
        until = time.monotonic() + PATIENCE
        quote = persist(client, "POST", "/quotes", until, json={"offer_id": offer, "cards": 1, "share_milli": 100, "seconds": 60})
        if quote.status_code != 201:
            time.sleep(0.3)
            continue
        job = {"kind": "script", "script": chance.choice(JOBS), "environment": "python"}
        wish = {"quote_id": quote.json()["id"], "job": job}
        order = persist(client, "POST", "/orders", until, json=wish, headers={"Idempotency-Key": uuid4().hex})
        if order.status_code == 201:
            bought.append(order.json()["id"])
            if chance.random() < 0.2:
                persist(client, "POST", f"/orders/{bought[-1]}/cancel", until)
        time.sleep(chance.uniform(0, 0.5))


@pytest.mark.timeout(1500)
def test_killed_at_random_points_every_order_ends_once_and_nothing_leaks(own_platform) -> None:  # type: ignore[no-untyped-def]
    with own_platform() as platform:
        clients = [platform.buyer("5000") for _ in range(BUYERS)]
        offer = clients[0].get("/offers").json()["items"][0]["id"]
        stop, chance = threading.Event(), random.Random(20261125)
        bought: list[list[str]] = [[] for _ in clients]
        errors: list[BaseException] = []

        def guarded(i: int) -> None:
            try:
                shop(clients[i], offer, stop, bought[i], i)
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=guarded, args=(i,)) for i in range(BUYERS)]
        for thread in threads:
            thread.start()
        kills = 0
        while kills < KILLS and not errors:
            kills += kill_one(platform, chance)
            platform.wait()  # so that buyers get somewhere between two blows
            time.sleep(chance.uniform(0, 0.7))
        stop.set()
        for thread in threads:
            thread.join()
        assert not errors, errors
        platform.wait()
        orders = [(client, order) for client, theirs in zip(clients, bought, strict=True) for order in theirs]
        check(platform, orders)
        print(f"{kills} kills, {len(orders)} orders")
        for client in clients:
            client.close()


def check(platform, orders) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + PATIENCE
    charged = 0
    for client, order in orders:
        while (found := persist(client, "GET", f"/orders/{order}", until).json())["state"] not in ("settled", "refused"):
            assert time.monotonic() < until, found
            time.sleep(0.2)
        charged += found["state"] == "settled"
    assert len({order for _, order in orders}) == len(orders)
    assert charged >= KILLS // 20
    engine = create_engine(f"postgresql+psycopg://suanshi@/postgres?host={platform.state}/postgresql/socket")
    with engine.connect() as connection:

        def one(sql: str) -> object:
            return connection.execute(text(sql)).scalar_one()

        # Exactly the orders that buyers know of: none twice, none lost, none that nobody asked for.
        assert one('select count(*) from "order"') == len(orders)
        settled = "select count(*) from \"order\" where state = 'settled'"
        assert one(settled) == one("select count(*) from bill") == charged
        assert one("select count(*) from (select subject from event where kind in ('settle', 'refuse') group by 1"
                   " having count(*) > 1) twice") == 0  # fmt: skip
        assert one("select count(*) from lease where state in ('booked', 'live')") == 0
        assert one("select count(*) from step") == 0
        assert one("select count(*) from hold where state = 'open'") == 0
        assert one("select coalesce(sum(amount), 0) from entry") == 0
    engine.dispose()
    with platform.operator() as operator:
        proof = operator.get("/operator/ledger/proof").json()
        assert proof["ok"], proof
        today = operator.post("/operator/reconciliations", json={"day": time.strftime("%Y-%m-%d", time.gmtime())})
        assert today.status_code == 201, today.text
        assert today.json()["ok"], today.json()
    site = str(platform.state / "site")
    left = {pid: line for pid, (_, line) in processes().items() if site in line}
    assert left == {}
