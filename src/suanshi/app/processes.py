"""`suanshi up`: the database, the API and the worker as one tree of processes that mends itself."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from types import FrameType

import structlog

from suanshi.app.house import embedded
from suanshi.app.preparing import prepare
from suanshi.app.settings import Settings

log = structlog.get_logger()

ROLES = ("serve", "work")
LOOK_SECONDS = 0.2
STOP_SECONDS = 15
SLOWEST_RESTART_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process of the tree; a child that keeps dying is started ever more slowly."""

    role: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = 0.0

    def look(self) -> None:
        """Start it if it does not run."""
        if self.process is not None and self.process.poll() is None:
            return
        now = time.monotonic()
        if self.process is not None:
            lasted = now - self.started
            if lasted < self.wait:
                return
            self.wait = 0.0 if lasted > SLOWEST_RESTART_SECONDS else min(SLOWEST_RESTART_SECONDS, 2 * self.wait + 0.1)
            log.warning("restart", role=self.role, exit=self.process.returncode)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "suanshi.app", self.role],
            preexec_fn=_die_with_parent,
        )
        self.started = now

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Tree:
    """The processes of one platform. `run` returns after SIGINT or SIGTERM, with everything stopped in order."""

    settings: Settings
    children: list[Child] = field(default_factory=lambda: [Child(role) for role in ROLES])
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until `stopping` is set."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            while not self.stopping.is_set():
                self.look()
                self.stopping.wait(LOOK_SECONDS)
        finally:
            self.stop()

    def look(self) -> None:
        """Mend what is broken: first the database, then those that need it."""
        if self.settings.database_url is None:
            server = embedded(self.settings)
            if not server.running():
                log.warning("restart", role="postgresql")
                server.start()
        for child in self.children:
            child.look()

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()
        if self.settings.database_url is None:
            embedded(self.settings).stop()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()


def _die_with_parent() -> None:
    """A tree that is killed leaves no process behind; and Ctrl-C is the parent's to handle."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setsid()


def up(settings: Settings) -> None:
    """Everything on this machine, until Ctrl-C."""
    prepare(settings)
    Tree(settings).run()
