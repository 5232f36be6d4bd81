"""Takes due steps, keeps their claims alive while they are being done, and gives failed ones back for later."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from suanshi.db import steps
from suanshi.db.engine import Database
from suanshi.db.steps import Step
from suanshi.kit.clock import now

log = structlog.get_logger()

Handler = Callable[[Step], None]

CLAIM_SECONDS = 8  # a dead worker's steps wait this long for another
RENEW_SECONDS = 2
POLL_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to be done every so often, whether or not a step asks for it."""

    name: str
    seconds: float
    do: Callable[[], object]


@dataclass
class Worker:
    """One worker process. `run` returns when `stop` is set and the steps in hand are done."""

    db: Database
    handlers: Mapping[str, Handler]
    chores: Sequence[Chore] = ()
    threads: int = 8
    _in_hand: dict[int, Step] = field(default_factory=dict)

    def run(self, stop: threading.Event) -> None:
        renewer = threading.Thread(target=self._renew, args=(stop,), daemon=True)
        renewer.start()
        due = dict.fromkeys(range(len(self.chores)), 0.0)
        with ThreadPoolExecutor(self.threads, thread_name_prefix="step") as pool:
            while not stop.is_set():
                for i, chore in enumerate(self.chores):
                    if time.monotonic() >= due[i]:
                        due[i] = time.monotonic() + chore.seconds
                        pool.submit(_guarded, chore.name, chore.do)
                if not self._take(pool):
                    stop.wait(POLL_SECONDS)
        renewer.join()

    def _take(self, pool: ThreadPoolExecutor) -> bool:
        """Claim as many steps as there are free threads; whether any was due."""
        free = self.threads - len(self._in_hand)
        if free <= 0:
            return False
        try:
            taken = self.db.write(steps.claim, list(self.handlers), now(), free, CLAIM_SECONDS)
        except Exception as error:
            log.warning("claim failed", error=str(error))
            return False
        for step in taken:
            self._in_hand[step.id] = step
            pool.submit(self._do, step)
        return bool(taken)

    def _do(self, step: Step) -> None:
        try:
            self.handlers[step.kind](step)
        except Exception as error:
            self._give_back(step, repr(error))
        finally:
            self._in_hand.pop(step.id, None)

    def _give_back(self, step: Step, error: str) -> None:
        wait = min(LONGEST_WAIT_SECONDS, 0.5 * 2 ** min(step.attempts, 10))
        log.warning("step failed", kind=step.kind, key=step.key, attempt=step.attempts, error=error, again_in=wait)
        _guarded("give back", lambda: self.db.write(steps.later, step, now() + timedelta(seconds=wait), error))

    def _renew(self, stop: threading.Event) -> None:
        while not stop.wait(RENEW_SECONDS) or self._in_hand:
            _guarded("renew", self._renew_once)

    def _renew_once(self) -> None:
        if held := list(self._in_hand.values()):
            self.db.write(steps.renew, held, now() + timedelta(seconds=CLAIM_SECONDS))


def _guarded(name: str, do: Callable[[], object]) -> None:
    """Run what may fail for a while (the database restarts, say) and must then simply be tried again."""
    try:
        do()
    except Exception as error:
        log.warning("chore failed", chore=name, error=repr(error))
