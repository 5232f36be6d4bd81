"""The kernel's control groups, old and new: the limits of one run as files to write, and its accounts as files to read."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PERIOD = 100_000  # microseconds: the window in which a CPU quota is counted


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the kernel shall hold a run to: thousandths of a core, cores to stay on, bytes, number of processes."""

    millicores: int
    cores: tuple[int, ...]
    memory: int
    processes: int


@dataclass(frozen=True, slots=True)
class Groups:
    """Folders to create, (path, value) to write, files to join, what halts new processes, files to read at the end."""

    create: tuple[Path, ...] = ()
    limits: tuple[tuple[Path, str], ...] = ()
    join: tuple[Path, ...] = ()
    halt: tuple[tuple[Path, str], ...] = ()
    readings: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """What the kernel counted: CPU in microseconds, peak memory in bytes, and how many processes it had to kill."""

    cpu: int
    peak: int
    oom_kills: int


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Where this site keeps its groups. `controllers` maps a controller to its own tree (version 1); version 2 has one
    tree for all."""

    version: int
    controllers: Mapping[str, Path]

    def groups(self, lease: str, bounds: Bounds) -> Groups:
        return (_groups_v1 if self.version == 1 else _groups_v2)(self.controllers, lease, bounds)

    @property
    def pins(self) -> bool:
        return "cpuset" in self.controllers

    def leases(self) -> set[str]:
        """Every lease that has a group here, whether or not anyone remembers it."""
        found: set[str] = set()
        for folder in set(self.controllers.values()):
            found.update(entry.name for entry in folder.iterdir() if entry.is_dir())
        return found


def _groups_v1(trees: Mapping[str, Path], lease: str, bounds: Bounds) -> Groups:
    at = {name: tree / lease for name, tree in trees.items()}
    limits = [
        (at["cpu"] / "cpu.shares", str(max(2, bounds.millicores * 1024 // 1000))),
        (at["cpu"] / "cpu.cfs_period_us", str(PERIOD)),
        (at["cpu"] / "cpu.cfs_quota_us", str(max(1000, bounds.millicores * PERIOD // 1000))),
        (at["memory"] / "memory.limit_in_bytes", str(bounds.memory)),
        (at["pids"] / "pids.max", str(bounds.processes)),
    ]
    if (trees["memory"] / "memory.memsw.limit_in_bytes").exists():
        limits.insert(4, (at["memory"] / "memory.memsw.limit_in_bytes", str(bounds.memory)))
    if "cpuset" in at and bounds.cores:
        limits.append((at["cpuset"] / "cpuset.mems", (trees["cpuset"] / "cpuset.mems").read_text().strip()))
        limits.append((at["cpuset"] / "cpuset.cpus", ",".join(map(str, bounds.cores))))
    elif "cpuset" in at:
        del at["cpuset"]
    return Groups(
        create=tuple(dict.fromkeys(at.values())),  # cpu and cpuacct are often one tree
        limits=tuple(limits),
        join=tuple(dict.fromkeys(folder / "cgroup.procs" for folder in at.values())),
        halt=((at["pids"] / "pids.max", "0"),),
        readings=(
            at["cpuacct"] / "cpuacct.usage",
            at["memory"] / "memory.max_usage_in_bytes",
            at["memory"] / "memory.oom_control",
        ),
    )


def _groups_v2(trees: Mapping[str, Path], lease: str, bounds: Bounds) -> Groups:
    at = trees["memory"] / lease
    limits = [
        (at / "cpu.weight", str(min(10_000, max(1, bounds.millicores // 10)))),
        (at / "cpu.max", f"{max(1000, bounds.millicores * PERIOD // 1000)} {PERIOD}"),
        (at / "memory.max", str(bounds.memory)),
        (at / "memory.oom.group", "1"),
        (at / "pids.max", str(bounds.processes)),
    ]
    if (trees["memory"] / "memory.swap.max").exists():
        limits.append((at / "memory.swap.max", "0"))
    if "cpuset" in trees and bounds.cores:
        limits.append((at / "cpuset.cpus", ",".join(map(str, bounds.cores))))
    return Groups(
        create=(at,),
        limits=tuple(limits),
        join=(at / "cgroup.procs",),
        halt=((at / "pids.max", "0"), (at / "cgroup.kill", "1")),
        readings=(at / "cpu.stat", at / "memory.peak", at / "memory.events"),
    )


def account(readings: Mapping[str, str]) -> Account | None:
    """The kernel's files by name, of either version; None where there are none (no control groups here)."""
    if "cpuacct.usage" in readings:
        return Account(
            cpu=int(readings["cpuacct.usage"]) // 1000,
            peak=int(readings.get("memory.max_usage_in_bytes", "0")),
            oom_kills=_entry(readings.get("memory.oom_control", ""), "oom_kill"),
        )
    if "cpu.stat" in readings:
        return Account(
            cpu=_entry(readings["cpu.stat"], "usage_usec"),
            peak=int(readings.get("memory.peak", "0")),  # Linux 5.19 and newer
            oom_kills=_entry(readings.get("memory.events", ""), "oom_kill"),
        )
    return None


def _entry(text: str, name: str) -> int:
    found = re.search(rf"^{name} (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else 0


def find(site: str, mounts: str = "/proc/self/mounts") -> Hierarchy:
    """This site's own place in the trees, created if need be. Raises OSError with the reason where limits cannot be
    set: not root, no controllers, a read-only mount."""
    trees: dict[str, Path] = {}
    unified: Path | None = None
    for line in Path(mounts).read_text().splitlines():
        _, where, kind, options, *_ = line.split(" ")
        if kind == "cgroup":
            trees.update({name: Path(where) for name in options.split(",")})
        elif kind == "cgroup2":
            unified = Path(where)
    if {"cpu", "cpuacct", "memory", "pids"} <= trees.keys():
        return _settle_v1({name: trees[name] for name in ("cpu", "cpuacct", "memory", "pids", "cpuset") if name in trees}, site)
    if unified is not None:
        return _settle_v2(unified, site)
    raise OSError("the kernel offers no control groups here")


def _settle_v1(trees: Mapping[str, Path], site: str) -> Hierarchy:
    own = {name: tree / site for name, tree in trees.items()}
    for folder in own.values():
        folder.mkdir(exist_ok=True)
    # All runs together weigh as much as the machine has cores, against 1024 for each process of the host.
    (own["cpu"] / "cpu.shares").write_text(str(1024 * (os.cpu_count() or 1)))
    if "cpuset" in own:
        for name in ("cpuset.cpus", "cpuset.mems"):
            (own["cpuset"] / name).write_text((trees["cpuset"] / name).read_text().strip())
    return Hierarchy(1, own)


def _settle_v2(tree: Path, site: str) -> Hierarchy:
    offered = (tree / "cgroup.controllers").read_text().split()
    missing = {"cpu", "memory", "pids"} - set(offered)
    if missing:
        raise OSError(f"the controllers {', '.join(sorted(missing))} are not available in {tree}")
    used = [name for name in ("cpu", "memory", "pids", "cpuset") if name in offered]
    own = tree / site
    own.mkdir(exist_ok=True)
    for folder in (tree, own):
        (folder / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in used))
    return Hierarchy(2, dict.fromkeys(used, own))
