"""From buying to the first line of the buyer's program, through a whole running platform; beside a bare subprocess.

    python benchmarks/first_line.py [--orders 20]

Starts `suanshi up` with a state of its own and buys one small job after another over the API. The program prints the moment it
runs; the wait is that moment less the moment the order was sent.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import httpx

CLOCK = ["date", "+%s.%N"]


def wait(url: str) -> None:
    for _ in range(1200):
        try:
            if httpx.get(f"{url}/health", timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError("the platform did not come up")


def sign_in(url: str, email: str, password: str) -> dict[str, str]:
    token = httpx.post(f"{url}/sessions", json={"email": email, "password": password}, timeout=60).json()["token"]
    return {"Authorization": f"Bearer {token}"}


def buyer(url: str, state: Path) -> dict[str, str]:
    """A buyer with money."""
    party = {"kind": "buyer", "name": "bench", "email": f"{uuid4().hex}@example.com", "password": "correct horse battery"}
    who = {"Authorization": f"Bearer {httpx.post(f'{url}/parties', json=party, timeout=60).json()['token']}"}
    topup = httpx.post(f"{url}/wallet/topups", json={"amount": "1000"}, headers=who | key(), timeout=60).json()
    operator = sign_in(url, "operator@suanshi.local", (state / "operator.password").read_text().strip())
    httpx.post(f"{url}/operator/topups/{topup['id']}/confirm", headers=operator | key(), timeout=60).raise_for_status()
    return who


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def one(client: httpx.Client, offer: str) -> tuple[float, float]:
    """Seconds from sending the order to the answer, and to the program's first line."""
    quote = client.post("/quotes", json={"offer_id": offer, "cards": 1, "share_milli": 100, "seconds": 60}).json()
    wish = {"quote_id": quote["id"], "job": {"kind": "command", "argv": CLOCK, "environment": "python"}}
    sent = time.time()
    order = client.post("/orders", json=wish, headers=key()).json()
    answered = time.time()
    while client.get(f"/orders/{order['id']}").json()["state"] not in ("settled", "refused"):
        time.sleep(0.05)
    said = client.get(f"/orders/{order['id']}/logs").json()["text"]
    return answered - sent, float(said) - sent


def bare() -> float:
    sent = time.time()
    return float(subprocess.run(CLOCK, capture_output=True, text=True, check=True).stdout) - sent


def main() -> None:
    read = argparse.ArgumentParser()
    read.add_argument("--orders", type=int, default=20)
    asked = read.parse_args()
    state = Path(tempfile.mkdtemp(prefix="suanshi-bench-", dir="/tmp"))
    state.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "SUANSHI_STATE": str(state), "SUANSHI_PORT": str(port)}
    platform = subprocess.Popen([sys.executable, "-m", "suanshi.app", "up"], env=environment, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/api/v1"
        wait(url)
        with httpx.Client(base_url=url, headers=buyer(url, state), timeout=60) as client:
            offer = client.get("/offers").json()["items"][0]["id"]
            one(client, offer)
            waits = [one(client, offer) for _ in range(asked.orders)]
        answers, lines = zip(*waits, strict=True)
        plain = statistics.median(bare() for _ in range(asked.orders))
        print(f"order sent to answer: {1000 * statistics.median(answers):.0f} ms (median of {asked.orders})")
        print(f"order sent to first line: {1000 * statistics.median(lines):.0f} ms, worst {1000 * max(lines):.0f} ms")
        print(f"bare subprocess to first line: {1000 * plain:.1f} ms; load {os.getloadavg()[0]:.1f}")
    finally:
        platform.terminate()
        platform.wait(60)
        shutil.rmtree(state, ignore_errors=True)


if __name__ == "__main__":
    main()
