"""One run as the supervisor reads it: groups, walls, variables, limits, and the shell lines before and after."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from suanshi.engines.local import sandbox
from suanshi.engines.local.cgroup import Bounds, Groups
from suanshi.engines.local.ground import MOUNT, Ground
from suanshi.engines.local.inventory import Card, Kind, Machine
from suanshi.engines.local.sandbox import Mount
from suanshi.fleet.executor import UNKNOWN_CARD, Work
from suanshi.kit.refusal import refuse

NVIDIA_SHARED = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")
SITE_VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TZ")  # facts of the machine that a program needs too
HARNESS = 3  # processes of the sandbox itself

# The results are kept, everything else of the run goes. Each line may be repeated after a kill.
KEEP = "[ -e results ] || {{ rm -rf results.new; if [ -e {0} ]; then {1} {0} results.new; else mkdir results.new; fi; }}"
FINISH_IMAGE = f"""
{KEEP.format("disk/work/output", "cp -a --sparse=always")} && {{ [ -e results ] || mv -T results.new results; }} || exit 1
umount disk 2>/dev/null || umount -l disk 2>/dev/null
rm -rf disk.img script variables
"""
FINISH_FOLDER = f"""
chmod -R u+rwX disk 2>/dev/null
{KEEP.format("disk/work/output", "mv -T")} && {{ [ -e results ] || mv -T results.new results; }} || exit 1
rm -rf disk script variables
"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the program finds things: inside the walls, or on the bare site where there are none."""

    work: str
    scratch: str
    script: str
    environment: str


@dataclass(frozen=True, slots=True)
class Share:
    """What the seats come to on this machine."""

    millicores: int
    cores: tuple[int, ...]
    cards: tuple[Card, ...]


def share(machine: Machine, work: Work) -> Share:
    """Cores as seated; an NVIDIA card brings its part of the machine's cores. Raises UNKNOWN_CARD."""
    cards: list[Card] = []
    millicores = 0
    for seat in work.seats:
        card = machine.card(seat.card)
        if card is None:
            raise refuse(UNKNOWN_CARD, where="seats", card=seat.card)
        cards.append(card)
        millicores += seat.share if card.kind is Kind.CPU else seat.share * machine.cores // machine.count(card.kind)
    cores = tuple(sorted({card.index for card in cards if card.kind is Kind.CPU}))
    only_cores = all(card.kind is Kind.CPU for card in cards)
    return Share(millicores, cores if only_cores else (), tuple(cards))


def places(ground: Ground, folder: Path, environment: Path | None) -> Places:
    if ground.sandbox:
        return Places("/work", "/tmp", "/script", "/env" if environment else "")  # noqa: S108
    disk = folder / "disk"
    return Places(str(disk / "work"), str(disk / "tmp"), str(folder / "script"), str(environment or ""))


def variables(lease: str, work: Work, at: Places, taken: Share) -> dict[str, str]:
    threads = str(max(1, taken.millicores // 1000))
    nvidia = [card.identity for card in taken.cards if card.kind is Kind.NVIDIA]
    base = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": at.scratch,
        "TMPDIR": at.scratch,
        "LANG": "C.UTF-8",
        "PYTHONPATH": ":".join(part for part in (at.work, at.environment) if part),
        "PYTHONUNBUFFERED": "1",  # so that the log streams
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "CUDA_VISIBLE_DEVICES": ",".join(nvidia),
        "SUANSHI_LEASE": lease,
        "SUANSHI_OUTPUT": f"{at.work}/output",
    }
    site = {name: os.environ[name] for name in SITE_VARIABLES if name in os.environ}
    return {**base, **site, **work.variables}


def process_limits(ground: Ground, work: Work) -> dict[int, int]:
    """What each process is held to: all that remains where the kernel's groups are missing."""
    limits = {resource.RLIMIT_CORE: 0}
    if not ground.images:
        limits[resource.RLIMIT_FSIZE] = work.disk
    if ground.groups is None:
        limits[resource.RLIMIT_AS] = work.memory
    if ground.groups is None and ground.sandbox and os.geteuid() != 0:
        limits[resource.RLIMIT_NPROC] = work.processes  # counted within the sandbox's own user namespace
    return limits


def program(work: Work, at: Places) -> list[str]:
    if work.script is None:
        return list(work.command)
    return [at.script] if work.script.startswith("#!") else [sandbox.PYTHON, at.script]


def command(ground: Ground, folder: Path, environment: Path | None, work: Work, taken: Share, site: Path) -> list[str]:
    """The whole command line: walls, loss of rights, starter, program."""
    at = places(ground, folder, environment)
    if not ground.sandbox:
        return sandbox.dropped(program(work, at))
    mounts = [Mount(folder / "disk/work", "/work", writable=True), Mount(folder / "disk/tmp", "/tmp", writable=True)]  # noqa: S108
    mounts += [Mount(site / "etc" / name, f"/etc/{name}") for name in ("passwd", "group", "hosts")]
    if work.script is not None:
        mounts.append(Mount(folder / "script", "/script"))
    if environment:
        mounts.append(Mount(environment, "/env"))
    return sandbox.walled(program(work, at), mounts, devices(taken.cards), work.memory // 2)


def devices(cards: tuple[Card, ...], root: Path = Path("/")) -> list[str]:
    """The device files of the allotted NVIDIA cards, and of no other."""
    own = [f"/dev/nvidia{card.index}" for card in cards if card.kind is Kind.NVIDIA]
    return [path for path in (*own, *NVIDIA_SHARED) if own and (root / path.lstrip("/")).exists()]


def supervisor_plan(lease: str, work: Work, ground: Ground, folder: Path, taken: Share, argv: list[str]) -> bytes:
    return b"\0".join(os.fsencode(text) for pair in _pairs(lease, work, ground, folder, taken, argv) for text in pair)


def _pairs(lease: str, work: Work, ground: Ground, folder: Path, taken: Share, argv: list[str]) -> Iterator[tuple[str, str]]:
    yield "lease", lease
    yield "time_limit", str(work.time_limit.total_seconds())
    yield "log_limit", str(work.log)
    yield "setup", MOUNT if ground.images else ":"
    yield "finish", FINISH_IMAGE if ground.images else FINISH_FOLDER
    yield "image" if ground.images else "watch", str(work.disk)
    yield "cwd", "." if ground.sandbox else str(folder / "disk/work")
    for part in argv:
        yield "argv", part
    if ground.groups:
        bounds = Bounds(taken.millicores, taken.cores, work.memory, work.processes + HARNESS)
        for key, values in group_lines(ground.groups.groups(lease, bounds)).items():
            yield from ((key, value) for value in values)


def group_lines(groups: Groups) -> dict[str, list[str]]:
    """A run's control groups in the supervisor's words."""
    return {
        "group": [str(path) for path in groups.create],
        "limit": [f"{path}\t{value}" for path, value in groups.limits],
        "join": [str(path) for path in groups.join],
        "halt": [f"{path}\t{value}" for path, value in groups.halt],
        "reading": [str(path) for path in groups.readings],
    }
