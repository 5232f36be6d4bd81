"""One worker process: it carries out due steps, sweeps orphans off the local site, and reconciles once a day."""

from __future__ import annotations

import signal
import threading

import structlog

from suanshi.app.house import House
from suanshi.app.settings import Settings
from suanshi.flows import bill, closing, reconcile, redispatch, resume, retention, run
from suanshi.ledger import store as ledger
from suanshi.worker.loop import Chore, Worker

log = structlog.get_logger()

SWEEP_SECONDS = 15
RETENTION_SECONDS = 600
RECONCILE_SECONDS = 3600  # looked at every hour; done once a day
FOLD_SECONDS = 60  # the ledger adds waiting entries to their accounts' balances


def work(settings: Settings) -> None:
    """The worker: runs, bills, sweeps orphans, reconciles once a day."""
    house = House.of(settings)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    worker(house).run(stop)
    house.close()


def worker(house: House) -> Worker:
    return Worker(
        house.db,
        {
            run.STEP: lambda step: run.turn(house.db, house.engines, step),
            run.BILL: lambda step: bill.settle(house.db, step),
            closing.STEP: lambda step: closing.turn(house.db, step),
            run.REDISPATCH: lambda step: redispatch.turn(house.db, step),
            run.RESUME: lambda step: resume.resume(house.db, house.seats, house.engines, step),
        },
        (
            Chore("sweep", SWEEP_SECONDS, lambda: sweep(house)),
            Chore("retention", RETENTION_SECONDS, lambda: remove_expired(house)),
            Chore("reconcile", RECONCILE_SECONDS, lambda: reconcile.reconcile(house.db)),
            Chore("fold", FOLD_SECONDS, lambda: house.db.write(ledger.fold)),
        ),
        house.settings.worker_threads,
    )


def sweep(house: House) -> None:
    for site in house.local_sites():
        for lease in run.sweep(house.db, site, house.local):
            log.warning("orphan stopped", site=site, lease=lease)


def remove_expired(house: House) -> None:
    for site in house.local_sites():
        if count := retention.remove_expired(house.db, site, house.local):
            log.info("results removed after their time", site=site, leases=count)
