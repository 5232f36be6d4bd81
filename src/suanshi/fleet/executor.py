"""What any engine must do with one lease: start its work once, say how it goes, stop it, hand over logs and results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from suanshi.catalog.site import Isolation
from suanshi.kit.refusal import Fault, Text, invalid, kind
from suanshi.kit.units import CARD, GIB, MIB, Bytes, MilliCards

_GIB: Final = Bytes(GIB)
_LOG: Final = Bytes(16 * MIB)
_NO_BYTES: Final = Bytes(0)
_NO_TIME: Final = timedelta(0)


class Limit(StrEnum):
    """A bound that the engine really enforces, whatever the program does."""

    CPU = "cpu"
    MEMORY = "memory"
    PROCESSES = "processes"
    DISK = "disk"
    LOG = "log"
    TIME = "time"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Abilities:
    """What this engine can do here; `notes` say why something is missing."""

    isolation: Isolation
    limits: frozenset[Limit]
    gang: bool = False
    slice: bool = False
    suspend: bool = False
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """One allotted card by the name the site's inventory gives it ("cpu-0"), or a share of it in thousandths."""

    card: str
    share: MilliCards = CARD


@dataclass(frozen=True, slots=True)
class Work:
    """What to run and within which bounds. Either `command` or `script` is set, never both.

    A script that starts with `#!` runs under that interpreter, any other under the environment's own. Inputs are
    relative names (folders allowed) under the working folder; whatever the program leaves in the folder named by
    the variable SUANSHI_OUTPUT (`output` in the working folder) comes back as results. The variable SUANSHI_NOTICE
    names a file that appears when the program is to be stopped soon (`Executor.warn`).
    """

    command: tuple[str, ...] = ()
    script: str | None = None
    inputs: Mapping[str, bytes] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    environment: str = "python"
    seats: tuple[Seat, ...] = (Seat("cpu-0"),)
    memory: Bytes = _GIB
    disk: Bytes = _GIB
    log: Bytes = _LOG
    processes: int = 512
    time_limit: timedelta = timedelta(hours=1)

    def __post_init__(self) -> None:
        """Raises a refusal that names the field for anything no engine could run."""
        if bool(self.command) == (self.script is not None):
            raise invalid("command", "命令与脚本必须且只能给一个", "give either a command or a script, not both")
        for part in (*self.command, self.script or ""):
            _text("command", part)
        for name in self.inputs:
            _relative_name(name)
        for name, value in self.variables.items():
            _text("variables", name)
            _text("variables", value)
            if not name or "=" in name:
                raise invalid("variables", f"变量名 {name!r} 无效", f"{name!r} is not a variable name")
        if not self.seats or any(not 0 < seat.share <= CARD for seat in self.seats):
            raise invalid("seats", "至少需要一张卡，份额在千分之一到整卡之间", "needs a card; a share is 1 to 1000 thousandths")
        bounds = {"memory": self.memory, "disk": self.disk, "log": self.log, "processes": self.processes}
        for where, bound in bounds.items():
            if not 0 < bound < 2**63:
                raise invalid(where, "必须是正数", "must be positive")
        if self.time_limit <= _NO_TIME:
            raise invalid("time_limit", "必须是正数", "must be positive")


def _text(where: str, value: str) -> None:
    """Raises a refusal for text that no operating system can carry: a NUL, or half of a surrogate pair."""
    try:
        bad = b"\0" in value.encode()
    except UnicodeEncodeError:
        bad = True
    if bad:
        raise invalid(where, "含有无法使用的字符", "holds a character that cannot be used")


def _relative_name(name: str) -> None:
    """Raises a refusal unless `name` stays inside the working folder; any script and odd characters are fine."""
    _text("inputs", name)
    parts = name.split("/")
    if any(part in ("", ".", "..") or len(part.encode()) > 255 for part in parts) or len(name.encode()) > 1024:
        raise invalid("inputs", f"文件名 {name!r} 无效", f"{name!r} is not a name inside the working folder")


class State(StrEnum):
    """Where a lease stands on the site. `absent`: nothing has run and nothing will before `start`."""

    ABSENT = "absent"
    STARTING = "starting"
    RUNNING = "running"
    ENDED = "ended"


class Outcome(StrEnum):
    """How it ended. `failed_to_start` and `lost` before a start are not charged."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    OUT_OF_MEMORY = "out_of_memory"
    TIME_LIMIT = "time_limit"
    DISK_LIMIT = "disk_limit"
    CANCELLED = "cancelled"
    FAILED_TO_START = "failed_to_start"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Usage:
    """What the site's kernel (or scheduler) accounts for: processor time, peak memory and elapsed time."""

    cpu: timedelta = _NO_TIME
    peak_memory: Bytes = _NO_BYTES
    wall: timedelta = _NO_TIME


@dataclass(frozen=True, slots=True)
class Look:
    """A lease as the site sees it now. `started_at` is the moment the buyer's own program began (None: it never
    did), both times by the site's records in UTC; `detail` is one sentence for people."""

    state: State
    outcome: Outcome | None = None
    exit_code: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    usage: Usage = Usage()
    detail: str = ""

    @property
    def final(self) -> bool:
        return self.state is State.ENDED


@dataclass(frozen=True, slots=True)
class LogChunk:
    """Bytes of the log from `offset`; `total` is what the site holds, `truncated` that the log limit cut the rest."""

    offset: int
    data: bytes
    total: int
    truncated: bool


@dataclass(frozen=True, slots=True)
class ResultFile:
    """A regular file in the output folder. Bytes of a name that are not UTF-8 are shown as `\\xNN`."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Ready:
    """An environment that can be used now, how long this call took, and whether it had to be built."""

    environment: str
    seconds: float
    built: bool


Known = Callable[[frozenset[str]], frozenset[str]]
"""Which of these leases may have work on the site."""


class Executor(Protocol):
    """All calls are synchronous, idempotent by lease id, and safe to repeat after the caller was killed anywhere."""

    def abilities(self) -> Abilities: ...

    def prepare(self, environment: str) -> Ready:
        """Make an environment ready to use on the site. Raises UNKNOWN_ENVIRONMENT or ENVIRONMENT_FAILED."""
        ...

    def start(self, lease: str, work: Work) -> Look:
        """Start the work unless this lease was ever started or stopped before; the program runs at most once."""
        ...

    def look(self, lease: str) -> Look: ...

    def warn(self, lease: str, seconds: int) -> None:
        """Tell a running program that it will be stopped in so many seconds, so that it can save what it has.

        The file that SUANSHI_NOTICE names appears, with the seconds and the moment (UTC) of the stop, a line each; and a
        process that catches SIGTERM gets one. Nothing else happens to the program. The first telling counts; a repeated
        one reaches processes that began to catch the signal meanwhile. Nothing is done for a lease that does not run.
        """
        ...

    def stop(self, lease: str, reason: str) -> Look:
        """Kill every process of the lease and return once none is left. A lease stopped before it was started
        never starts: it has ended as cancelled."""
        ...

    def logs(self, lease: str, offset: int = 0, limit: int = MIB) -> LogChunk:
        """Output and errors as one stream, readable while the program runs. Raises NOT_FOUND for an absent lease."""
        ...

    def files(self, lease: str) -> tuple[ResultFile, ...]:
        """The results so far. Raises NOT_FOUND for an absent lease."""
        ...

    def read_file(self, lease: str, name: str, offset: int = 0, limit: int = MIB) -> bytes:
        """Part of one result, at most `limit` bytes. Raises NOT_FOUND for a name that `files` does not show."""
        ...

    def sweep(self, known: Known) -> tuple[str, ...]:
        """Stop and name the leases with work on the site that nobody knows. `known` is asked once the site has been
        looked at: a lease is known before it starts, so one that starts meanwhile is never taken for a stranger."""
        ...

    def clear(self, lease: str) -> None:
        """Forget a lease and everything it left behind, stopping it first if need be. Only for leases that no one
        will start again: a cleared id is absent, and `start` would run it anew."""
        ...


UNKNOWN_ENVIRONMENT = kind(
    "unknown-environment",
    422,
    ("没有名为 {name} 的环境。", "There is no environment called {name}."),
    ("可选：{known}。", "Choose one of {known}."),
)
ENVIRONMENT_FAILED = kind(
    "environment-failed",
    503,
    ("环境 {name} 没能准备好：{why}。", "The environment {name} could not be made ready: {why}."),
    ("没有计费。稍后重试，或联系供给方。", "Nothing was charged. Try again later, or tell the supplier."),
    Fault.SUPPLIER,
)
UNKNOWN_CARD = kind(
    "unknown-card",
    422,
    ("本站点没有卡 {card}。", "This site has no card {card}."),
    ("请按站点清单选择。", "Choose from the site's inventory."),
)
