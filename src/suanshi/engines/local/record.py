"""How a run stands and how it ended, told from what its supervisor and the kernel wrote down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from suanshi.engines.local import supervisor
from suanshi.engines.local.cgroup import account
from suanshi.fleet.executor import Look, Outcome, State, Usage
from suanshi.kit.units import Bytes

NO_TIME = timedelta(0)


def pairs(path: Path) -> dict[str, str]:
    """A file written by `supervisor.record`; empty if there is none."""
    try:
        return {key: values[-1] for key, values in supervisor.read_pairs(str(path)).items()}
    except FileNotFoundError:
        return {}


def ended(end: Mapping[str, str]) -> Look:
    outcome = classify(end)
    began = moment(end["at"]) if "at" in end else None
    wall = timedelta(seconds=float(end.get("wall", "0")))
    return Look(
        State.ENDED,
        outcome,
        exit_code=int(end["exit"]) if outcome in (Outcome.SUCCEEDED, Outcome.FAILED, Outcome.OUT_OF_MEMORY) else None,
        started_at=began,
        # By the steady clock, so that a clock set meanwhile bills nobody.
        ended_at=began + wall if began else moment(end["until"]),
        usage=usage(end, wall) if began else Usage(),
        detail=end.get("detail", ""),
    )


def classify(end: Mapping[str, str]) -> Outcome:
    """The supervisor's own reason first; then the exit code, and for a failure what the kernel saw."""
    if end["why"]:
        return Outcome(end["why"])
    if end["exit"] == "0":
        return Outcome.SUCCEEDED
    counted = account(end)
    if counted and counted.oom_kills:
        return Outcome.OUT_OF_MEMORY
    return Outcome.DISK_LIMIT if "bytes_free" in end and _full(end) else Outcome.FAILED


def _full(end: Mapping[str, str]) -> bool:
    """A program that failed with so little left is taken to have filled its disk: the file system gives back what it
    had set aside for pending writes, so that nothing is ever full to the byte."""
    size = int(end["bytes"])
    left = max(min(1 << 20, size // 16), size // 128)
    return int(end["bytes_free"]) < left or int(end["files_free"]) == 0


def usage(readings: Mapping[str, str], wall: timedelta) -> Usage:
    """The groups' accounts where there are groups, else what the system says of the processes that were waited for."""
    counted = account(readings)
    if counted:
        return Usage(timedelta(microseconds=counted.cpu), Bytes(counted.peak), wall)
    cpu = timedelta(seconds=float(readings.get("cpu", "0")))
    return Usage(cpu, Bytes(int(readings.get("peak", "0"))), wall)


def moment(text: str) -> datetime:
    return datetime.fromtimestamp(float(text), UTC)
