"""One run as the supervisor reads it: groups, walls, variables, limits, and the shell lines before and after."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from suanshi.engines.local import sandbox, supervisor
from suanshi.engines.local.cgroup import Bounds, Groups
from suanshi.engines.local.ground import MOUNT, Ground
from suanshi.engines.local.inventory import Card, Kind, Machine
from suanshi.engines.local.sandbox import Mount
from suanshi.engines.local.seccomp import filter_program
from suanshi.fleet.executor import UNKNOWN_CARD, Work
from suanshi.kit.refusal import refuse

NVIDIA_SHARED = ("/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools")
SITE_VARIABLES = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "TZ")  # facts of the machine that a program needs too
HARNESS = 3  # processes of the sandbox itself

# The results are kept, everything else of the run goes. The lines may be repeated after a kill, and at every moment
# either `results` or the program's own output folder is whole.
FINISH_IMAGE = f"""
[ -e disk.img ] && ! mountpoint -q disk && {MOUNT}  # the machine was restarted meanwhile
if [ ! -e results ]; then
  rm -rf results.new
  if [ -e disk/work/output ]; then cp -a --sparse=always disk/work/output results.new; else mkdir results.new; fi || exit 1
  mv -T results.new results || exit 1
fi
while mountpoint -q disk; do umount disk 2>/dev/null || umount -l disk || exit 1; done
rm -rf disk.img script variables
"""
FINISH_FOLDER = """
chmod -R u+rwX disk 2>/dev/null
if [ ! -e results ]; then
  if [ -e disk/work/output ]; then mv -T disk/work/output results; else mkdir results; fi || exit 1
fi
rm -rf disk script variables
"""


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


@dataclass(frozen=True, slots=True)
class Run:
    """One lease's work on this site: where it lies, what it got, what holds it."""

    lease: str
    work: Work
    ground: Ground
    site: Path
    environment: Path | None
    taken: Share

    @property
    def folder(self) -> Path:
        return self.site / "leases" / self.lease

    @property
    def filtered(self) -> bool:
        return self.ground.sandbox and bool(filter_program())

    def inside(self, name: str) -> str:
        """Where the program finds a part of its run: behind walls a short name, without them the real path."""
        part = {"/work": "disk/work", "/tmp": "disk/tmp", "/script": "script"}[name]  # noqa: S108
        return name if self.ground.sandbox else str(self.folder / part)


def variables(run: Run) -> dict[str, str]:
    """The program's own variables win over the site's."""
    work, scratch = run.inside("/work"), run.inside("/tmp")  # noqa: S108
    packages = [] if run.environment is None else ["/env" if run.ground.sandbox else str(run.environment)]
    threads = str(max(1, run.taken.millicores // 1000))
    nvidia = [card.identity for card in run.taken.cards if card.kind is Kind.NVIDIA]
    base = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": scratch,
        "TMPDIR": scratch,
        "LANG": "C.UTF-8",
        "PYTHONPATH": ":".join((work, *packages)),
        "PYTHONUNBUFFERED": "1",  # so that the log streams
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "CUDA_VISIBLE_DEVICES": ",".join(nvidia),
        "SUANSHI_LEASE": run.lease,
        "SUANSHI_OUTPUT": f"{work}/output",
        "SUANSHI_NOTICE": f"{work}/{supervisor.NOTICE}",
    }
    machine = {name: os.environ[name] for name in SITE_VARIABLES if name in os.environ}
    return {**base, **machine, **run.work.variables}


def process_limits(run: Run) -> dict[int, int]:
    """What each process is held to: all that remains where the kernel's groups are missing."""
    limits = {resource.RLIMIT_CORE: 0}
    if not run.ground.images:
        limits[resource.RLIMIT_FSIZE] = run.work.disk
    if run.ground.groups is None:
        limits[resource.RLIMIT_AS] = run.work.memory
    if run.ground.groups is None and run.ground.sandbox and os.geteuid() != 0:
        limits[resource.RLIMIT_NPROC] = run.work.processes  # counted within the sandbox's own user namespace
    return limits


def program(run: Run) -> list[str]:
    if run.work.script is None:
        return list(run.work.command)
    script = run.inside("/script")
    return [script] if run.work.script.startswith("#!") else [sandbox.PYTHON, script]


def command(run: Run) -> list[str]:
    """The whole command line: walls, loss of rights, starter, program."""
    if not run.ground.sandbox:
        return sandbox.dropped(program(run))
    disk = run.folder / "disk"
    mounts = [Mount(disk / "work", "/work", writable=True), Mount(disk / "tmp", "/tmp", writable=True)]  # noqa: S108
    mounts += [Mount(run.site / "etc" / name, f"/etc/{name}") for name in ("passwd", "group", "hosts")]
    if run.work.script is not None:
        mounts.append(Mount(run.folder / "script", "/script"))
    if run.environment:
        mounts.append(Mount(run.environment, "/env"))
    shared_memory = run.work.memory // 2
    return sandbox.walled(program(run), mounts, devices(run.taken.cards), shared_memory, filtered=run.filtered)


def devices(cards: tuple[Card, ...], root: Path = Path("/")) -> list[str]:
    """The device files of the allotted NVIDIA cards, and of no other."""
    own = [f"/dev/nvidia{card.index}" for card in cards if card.kind is Kind.NVIDIA]
    return [path for path in (*own, *NVIDIA_SHARED) if own and (root / path.lstrip("/")).exists()]


def supervisor_plan(run: Run) -> bytes:
    return b"\0".join(os.fsencode(text) for pair in _pairs(run) for text in pair)


def _pairs(run: Run) -> Iterator[tuple[str, str]]:
    yield "lease", run.lease
    yield "time_limit", str(run.work.time_limit.total_seconds())
    yield "log_limit", str(run.work.log)
    yield "setup", MOUNT if run.ground.images else ":"
    yield "finish", FINISH_IMAGE if run.ground.images else FINISH_FOLDER
    yield "image" if run.ground.images else "watch", str(run.work.disk)
    yield "cwd", "." if run.ground.sandbox else run.inside("/work")
    yield "variables", str(run.folder / "variables")
    if not run.ground.sandbox and run.ground.groups is None:
        yield "mark", run.lease  # nothing else holds the processes together
    if run.filtered:
        yield "filter", str(run.site / "etc/filter")
    for part in command(run):
        yield "argv", part
    if run.ground.groups:
        bounds = Bounds(run.taken.millicores, run.taken.cores, run.work.memory, run.work.processes + HARNESS)
        for key, values in group_lines(run.ground.groups.groups(run.lease, bounds)).items():
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
