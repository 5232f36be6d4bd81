"""Postings per second through the ledger, beside plain SQL that does the same inserts on the same server in the same run.

    python benchmarks/postings.py [--seconds 4] [--rounds 3] [--batch 500] [--threads 8]

A posting is a sale: a wallet pays, a supplier and the operator receive. Plain SQL inserts the posting and its three entries
and updates the wallet's balance through psycopg's own prepared statements, with no idempotency key, no check and no
account opened; the ledger does all of that as well. Rounds alternate between the two, and the median round counts.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from suanshi.db.embedded import Embedded
from suanshi.db.engine import Database
from suanshi.db.migrate import upgrade
from suanshi.kit.clock import now
from suanshi.kit.ids import new
from suanshi.kit.money import Money
from suanshi.ledger import books, store
from suanshi.ledger.account import cash, payable, revenue, wallet
from suanshi.ledger.posting import Entry, Posting, transfer

WALLETS = 64
INSERT_POSTING = "INSERT INTO posting (id, key, cause, subject, at) VALUES (%s, %s, 'order', %s, %s)"
INSERT_ENTRY = "INSERT INTO entry (posting_id, n, account_id, amount, folded) VALUES (%s, %s, %s, %s, %s)"
INSERT_ENTRIES = INSERT_ENTRY + ", (%s, %s, %s, %s, %s)" * 2
PAY = "UPDATE account SET balance = balance + %s WHERE id = %s"
_numbers = count()


def sale() -> Posting:
    n = next(_numbers)
    entries = (
        Entry(wallet(f"pty_{n % WALLETS}"), Money(-1000)),
        Entry(payable(f"pty_s{n % 8}"), Money(920)),
        Entry(revenue(), Money(80)),
    )
    return Posting(f"order:{n}", "order", f"ord_{n}", now(), entries)


def rows() -> tuple[list[Any], list[list[Any]], list[Any]]:
    """The same sale as plain values."""
    n, id_ = next(_numbers), new("pst")
    paid, received, kept = f"wallet:pty_{n % WALLETS}:CNY", f"payable:pty_s{n % 8}:CNY", "revenue:operator:CNY"
    entries = [[id_, 0, paid, -1000, True], [id_, 1, received, 920, False], [id_, 2, kept, 80, False]]
    return [id_, f"order:{n}", f"ord_{n}", now()], entries, [-1000, paid]


def plain_single(connection: psycopg.Connection) -> int:
    posting, entries, payment = rows()
    with connection.transaction():
        connection.execute(INSERT_POSTING, posting)
        connection.execute(INSERT_ENTRIES, [value for entry in entries for value in entry])
        connection.execute(PAY, payment)
    return 1


def plain_batch(connection: psycopg.Connection, size: int) -> int:
    made = [rows() for _ in range(size)]
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(INSERT_POSTING, [posting for posting, _, _ in made])
        cursor.executemany(INSERT_ENTRY, [entry for _, entries, _ in made for entry in entries])
        cursor.executemany(PAY, sorted((payment for _, _, payment in made), key=lambda p: p[1]))
    return size


def rate(seconds: float, threads: int, do: Callable[[int], int]) -> float:
    """Postings per second that `threads` make together."""
    end = time.monotonic() + seconds

    def work(n: int) -> int:
        done = 0
        while time.monotonic() < end:
            done += do(n)
        return done

    start = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        done = sum(pool.map(work, range(threads)))
    return done / (time.monotonic() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--threads", type=int, default=8)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="suanshi-postings-", dir="/tmp"))
    folder.chmod(0o755)
    server = Embedded(folder / "pg")
    server.start()
    try:
        measure(server.url, args)
    finally:
        server.stop()
        shutil.rmtree(folder)


def measure(url: str, args: argparse.Namespace) -> None:
    upgrade(url)
    db = Database(url, args.threads + 2)
    rich = [transfer(f"topup:{n}", "topup", "x", now(), cash(), wallet(f"pty_{n}"), Money.of(10_000_000)) for n in range(WALLETS)]
    db.write(store.post_many, rich)
    # The plain rival has its accounts already, as the ledger has after its first sale.
    db.write(store.post_many, [sale() for _ in range(WALLETS)])
    plain = [psycopg.connect(url.replace("+psycopg", ""), autocommit=True) for _ in range(args.threads)]
    batch = args.batch
    rivals: list[tuple[str, int, Callable[[int], int], Callable[[int], int]]] = [
        (
            "single, 1 connection",
            1,
            lambda _: db.write(store.post_many, [sale()]),
            lambda n: plain_single(plain[n]),
        ),
        (
            f"single, {args.threads} connections",
            args.threads,
            lambda _: db.write(store.post_many, [sale()]),
            lambda n: plain_single(plain[n]),
        ),
        (
            f"batches of {batch}, 1 connection",
            1,
            lambda _: db.write(store.post_many, [sale() for _ in range(batch)]),
            lambda n: plain_batch(plain[n], batch),
        ),
    ]
    for name, threads, ours, theirs in rivals:
        found = [(rate(args.seconds, threads, ours), rate(args.seconds, threads, theirs)) for _ in range(args.rounds)]
        ledger, sql = median(a for a, _ in found), median(b for _, b in found)
        ratio = median(a / b for a, b in found)
        print(f"{name}: ledger {ledger:,.0f}/s, plain SQL {sql:,.0f}/s, ratio {ratio:.2f}")
    start = time.monotonic()
    proof = db.read(books.proof)
    print(f"proof of {proof.postings:,} postings in {time.monotonic() - start:.1f} s: sums {proof.sums}, ok {proof.ok}")
    for connection in plain:
        connection.close()
    db.close()


if __name__ == "__main__":
    main()
