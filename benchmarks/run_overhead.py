"""What a run costs beside its own work: time from `start` to the program's first line, and CPU and memory of its upkeep.

The baseline, a bare subprocess running the same program, is measured in the same run.
    python benchmarks/run_overhead.py [--runs 20] [--concurrent 200] [--window 10]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from suanshi.engines.local.executor import LocalExecutor
from suanshi.fleet.executor import Work
from suanshi.kit import ids
from suanshi.kit.units import MIB, Bytes

CLOCK = ("date", "+%s.%N")  # a program whose first line is the moment it ran
TALK = ("sh", "-c", "while :; do echo line; sleep 1; done")


@dataclass(frozen=True, slots=True)
class FirstLine:
    """Medians in milliseconds: to the first line, and until the call returned."""

    engine: float
    engine_call: float
    bare: float


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Per running job: milliseconds of CPU spent on starting it, milliseconds of CPU a second while it runs, and the
    memory that it alone adds (proportional set size), in MiB."""

    start_cpu: float
    quiet_cpu: float
    talking_cpu: float
    bare_start_cpu: float
    memory: float
    bare_memory: float
    start_wall: float
    stop_wall: float


def small(command: tuple[str, ...]) -> Work:
    return Work(command=command, memory=Bytes(64 * MIB), disk=Bytes(16 * MIB), time_limit=timedelta(hours=1))


def first_line(executor: LocalExecutor, runs: int) -> FirstLine:
    engine, calls, bare = [], [], []
    for _ in range(runs):
        lease = ids.new("bench")
        begin = time.time()
        executor.start(lease, small(CLOCK))
        calls.append(time.time() - begin)
        while not executor.look(lease).final:
            time.sleep(0.005)
        engine.append(float(executor.logs(lease).data) - begin)
        executor.clear(lease)
        begin = time.time()
        bare.append(float(subprocess.run(CLOCK, capture_output=True, check=True).stdout) - begin)
    return FirstLine(*(statistics.median(series) * 1000 for series in (engine, calls, bare)))


def upkeep(executor: LocalExecutor, concurrent: int, window: float) -> Upkeep:
    begin_cpu = own_cpu()
    bare = [subprocess.Popen(("sleep", "3600")) for _ in range(concurrent)]
    time.sleep(0.5)
    bare_cpu = (own_cpu() - begin_cpu + sum(cpu(process.pid) for process in bare)) * 1000 / concurrent
    bare_memory = sum(pss(process.pid) for process in bare) / concurrent
    for process in bare:
        process.kill()
        process.wait()
    quiet = _many(executor, ("sleep", "3600"), concurrent, window)
    talking = _many(executor, TALK, concurrent, window)
    return Upkeep(quiet[0], quiet[1], talking[1], bare_cpu, quiet[2], bare_memory, quiet[3], quiet[4])


def _many(
    executor: LocalExecutor, command: tuple[str, ...], concurrent: int, window: float
) -> tuple[float, float, float, float, float]:
    leases = [ids.new("bench") for _ in range(concurrent)]
    begin, begin_cpu = time.monotonic(), own_cpu()
    for lease in leases:
        executor.start(lease, small(command))
    start_cpu = own_cpu() - begin_cpu
    while any(executor.look(lease).started_at is None for lease in leases):
        time.sleep(0.1)
    start_wall = time.monotonic() - begin
    own = upkeep_processes(executor)
    before = sum(cpu(pid) for pid in own)
    start_cpu += before + sum(executor.look(lease).usage.cpu.total_seconds() for lease in leases)
    time.sleep(window)
    after = sum(cpu(pid) for pid in own)
    memory = sum(pss(pid) for pid in own)
    begin = time.monotonic()
    for lease in leases:
        executor.clear(lease)
    stop_wall = time.monotonic() - begin
    each = 1000 / concurrent
    return start_cpu * each, (after - before) / window * each, memory / concurrent, start_wall * each, stop_wall * each


def upkeep_processes(executor: LocalExecutor) -> list[int]:
    """The supervisors and sandbox keepers of all runs: what a bare subprocess would not need."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if str(executor.state).encode() in words and (b"supervisor.py" in words or b"bwrap" in words.split(b"\0")[0]):
            found.append(int(path.name))
    return found


def cpu(pid: int) -> float:
    """Seconds on a processor, to the nanosecond (the usual clock ticks are too coarse for a sleeper)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def own_cpu() -> float:
    """This process and the children it has waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def pss(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--concurrent", type=int, default=200)
    parser.add_argument("--window", type=float, default=10.0)
    ask = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        executor = LocalExecutor(Path(folder))
        print(f"isolation {executor.abilities().isolation}, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
        line = first_line(executor, ask.runs)
        print(f"start to first line: {line.engine:.1f} ms (call returns after {line.engine_call:.1f} ms)")
        print(f"  bare subprocess:   {line.bare:.1f} ms; ratio {line.engine / line.bare:.1f}")
        keep = upkeep(executor, ask.concurrent, ask.window)
        print(f"at {ask.concurrent} concurrent runs, per run:")
        print(f"  CPU to start, sandbox and all: {keep.start_cpu:.1f} ms; bare subprocess {keep.bare_start_cpu:.1f} ms")
        print(f"  wall to start {keep.start_wall:.0f} ms, to stop and clear {keep.stop_wall:.0f} ms, one after the other")
        print(f"  CPU while quiet {keep.quiet_cpu:.3f} ms/s; while it prints a line a second {keep.talking_cpu:.3f} ms/s")
        print(f"  memory {keep.memory:.2f} MiB, the bare program itself {keep.bare_memory:.2f} MiB")


if __name__ == "__main__":
    main()
