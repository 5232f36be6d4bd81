"""Runs leases on this very machine: each in its own sandbox, owned by a small supervisor that outlives this process."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from suanshi.engines.local import plan, record, results, sandbox, supervisor
from suanshi.engines.local.cgroup import Bounds, find
from suanshi.engines.local.environment import TEMPLATES, Environments, Template
from suanshi.engines.local.ground import Ground, make_image, survey
from suanshi.engines.local.inventory import Machine, discover
from suanshi.engines.local.seccomp import filter_program
from suanshi.fleet.executor import Abilities, Known, LogChunk, Look, Outcome, Ready, ResultFile, State, Work
from suanshi.kit.refusal import Fault, invalid, kind, not_found, refuse
from suanshi.kit.units import MIB

LEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", re.ASCII)
PATIENCE = 120.0  # seconds for a supervisor to answer on a very busy machine
STALE = 3600.0  # seconds after which a lease's draft has no maker any more
LEAST_MEMORY = 32 * MIB  # the sandbox itself has to fit in

SITE_NOT_READY = kind(
    "site-not-ready",
    503,
    ("本站点无法运行任务：{why}。", "This site cannot run work: {why}."),
    ("没有计费。请联系供给方，或选择其他站点。", "Nothing was charged. Tell the supplier, or choose another site."),
    Fault.SUPPLIER,
)

ETC = {
    "passwd": "root:x:0:0:root:/:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/tmp:/bin/sh\n",
    "group": "root:x:0:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost run\n::1 localhost\n",
}


class LocalExecutor:
    """The engine `local`; `state` is its folder, where everything that must survive a restart lies."""

    def __init__(
        self,
        state: Path,
        *,
        machine: Machine | None = None,
        ground: Ground | None = None,
        templates: Mapping[str, Template] = TEMPLATES,
    ) -> None:
        self.state = state.resolve()
        for name in ("leases", "staging", "etc"):
            (self.state / name).mkdir(parents=True, exist_ok=True)
        for name, text in ETC.items():
            (self.state / "etc" / name).write_text(text)
        (self.state / "etc/filter").write_bytes(filter_program())
        self.machine = machine or discover(self.state)
        self.environments = Environments(self.state / "environments", templates)
        self._ground = ground

    @functools.cached_property
    def ground(self) -> Ground:
        return self._ground or survey(self.state / "staging", self.site)

    @property
    def site(self) -> str:
        """Names this site's control groups: two sites on one machine must not sweep each other."""
        return "suanshi-" + hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12]

    def abilities(self) -> Abilities:
        return self.ground.abilities()

    def prepare(self, environment: str) -> Ready:
        return self.environments.prepare(environment)

    def start(self, lease: str, work: Work) -> Look:
        folder = self._folder(lease)
        if not folder.exists():
            self._stage(lease, work)
        if not (folder / "token").exists():
            self._launch(folder)
        return self.look(lease)

    def look(self, lease: str) -> Look:
        folder = self._folder(lease)
        end = record.pairs(folder / "ended")
        if end:
            return record.ended(end)
        if not (folder / "token").exists():
            return Look(State.ABSENT)
        with _owned(folder) as dead:
            if dead:
                return self._settle(folder)
        return self._alive(folder)

    def warn(self, lease: str, seconds: int) -> None:
        folder = self._folder(lease)
        if not (folder / "token").exists() or (folder / "ended").exists():
            return
        if not (folder / "warned").exists():
            until = datetime.fromtimestamp(time.time() + seconds, UTC)
            draft = folder / f"warned.{os.getpid()}.{threading.get_ident()}"
            draft.write_text(f"{seconds}\n{until.isoformat(timespec='seconds')}\n")
            with suppress(FileExistsError):
                os.link(draft, folder / "warned")
            draft.unlink()
        _poke(folder)

    def stop(self, lease: str, reason: str) -> Look:
        folder = self._folder(lease)
        if not folder.exists():
            self._bury_unborn(folder, reason)
        with suppress(FileExistsError), (folder / "stop").open("x") as file:
            file.write(reason)
        if not (folder / "token").exists():
            self._launch(folder)  # it sees the stop file and ends at once, so that no later start can run
        deadline = time.monotonic() + PATIENCE
        pause = 0.002
        while not (look := self.look(lease)).final:
            if time.monotonic() > deadline:
                raise refuse(SITE_NOT_READY, why=f"the supervisor of {lease} does not answer")
            _poke(folder)
            time.sleep(pause)
            pause = min(0.1, pause * 2)
        return look

    def logs(self, lease: str, offset: int = 0, limit: int = MIB) -> LogChunk:
        folder = self._present(lease)
        cap = int(record.pairs(folder / "plan").get("log_limit", "0"))
        data, total = results.tail(folder / "log", offset, limit)
        return LogChunk(max(0, offset), data, total, truncated=total > cap)

    def files(self, lease: str) -> tuple[ResultFile, ...]:
        return results.listing(self._present(lease))

    def read_file(self, lease: str, name: str, offset: int = 0, limit: int = MIB) -> bytes:
        data = results.read(self._present(lease), name, offset, limit)
        if data is None:
            raise not_found("file", name)
        return data

    def sweep(self, known: Known) -> tuple[str, ...]:
        self._restore_groups()
        here = {entry.name for entry in (self.state / "leases").iterdir() if not (entry / "ended").exists()}
        groups = self.ground.groups.leases() if self.ground.groups else set()
        strangers = (here | groups) - known(frozenset(here | groups))
        for lease in strangers:
            if lease in here:
                self.stop(lease, "nobody knows this lease")
            elif not self._folder(lease).exists():  # someone removed the folder of a running lease
                self._kill_groups(lease)
        for draft in (self.state / "staging").iterdir():
            if time.time() - draft.stat().st_mtime > STALE:  # its maker was killed
                shutil.rmtree(draft, ignore_errors=True)
        return tuple(sorted(strangers))

    def clear(self, lease: str) -> None:
        folder = self._folder(lease)
        if not folder.exists():
            return
        self.stop(lease, "cleared")
        with _owned(folder, wait=PATIENCE) as free:
            if not free:
                raise refuse(SITE_NOT_READY, why=f"the supervisor of {lease} does not answer")
            self._tidy(folder)
            grave = Path(tempfile.mkdtemp(dir=self.state / "staging"))
            folder.rename(grave / "lease")
        shutil.rmtree(grave)

    # ---- starting -------------------------------------------------------------------------------------------------

    def _stage(self, lease: str, work: Work) -> None:
        """Make the lease's folder whole, then put it in place in one step: whoever comes second finds it complete."""
        if not os.access(sandbox.PYTHON, os.X_OK):
            raise refuse(SITE_NOT_READY, why=f"{sandbox.PYTHON} is not there")
        if work.memory < LEAST_MEMORY:
            raise invalid("memory", f"至少需要 {LEAST_MEMORY} 字节", f"needs at least {LEAST_MEMORY} bytes")
        taken = plan.share(self.machine, work)
        self._restore_groups()
        self.environments.prepare(work.environment)
        environment = self.environments.path(work.environment)
        run = plan.Run(lease, work, self.ground, self.state, environment, taken)
        draft = Path(tempfile.mkdtemp(dir=self.state / "staging"))
        try:
            _lay_out(draft, work, images=self.ground.images)
            if not self.ground.sandbox:
                draft.chmod(0o711)  # the program, as nobody, has to reach its folder by its real path
            limits = plan.process_limits(run)
            (draft / "variables").write_bytes(sandbox.variables_file(plan.variables(run), limits))
            (draft / "plan").write_bytes(plan.supervisor_plan(run))
            self._place(draft, run.folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _bury_unborn(self, final: Path, reason: str) -> None:
        """A lease stopped before it came: a folder that can only end."""
        draft = Path(tempfile.mkdtemp(dir=self.state / "staging"))
        (draft / "stop").write_text(reason)
        (draft / "disk").mkdir()
        (draft / "plan").write_bytes(b"lease\0" + os.fsencode(final.name))
        os.mkfifo(draft / "poke", 0o600)
        self._place(draft, final)
        shutil.rmtree(draft, ignore_errors=True)

    def _place(self, draft: Path, final: Path) -> None:
        with suppress(OSError):  # not empty: someone else was first
            draft.rename(final)

    def _launch(self, folder: Path) -> None:
        """Start the supervisor and wait until it has taken the lease; of two, one gives way."""
        command = [sandbox.PYTHON, "-I", "-S", supervisor.__file__, str(folder)]
        with (folder / "supervisor.log").open("ab") as said:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                umask=0o077,
                env={"SUANSHI_LEASE": folder.name},
                check=False,  # and no timeout: waiting with one polls, which costs up to 50 ms a start
            )
        if done.returncode != 0:
            raise refuse(SITE_NOT_READY, why="the supervisor did not come up")

    # ---- looking --------------------------------------------------------------------------------------------------

    def _alive(self, folder: Path) -> Look:
        begun = record.pairs(folder / "started")
        end = record.pairs(folder / "ended")  # it may have ended between our two looks
        if end:
            return record.ended(end)
        if not begun:
            return Look(State.STARTING)
        at = record.moment(begun["at"])
        so_far = max(record.moment(str(time.time())) - at, record.NO_TIME)
        read = {name: str(text) for name, text in supervisor.readings(self._plan(folder)).items()}
        return Look(State.RUNNING, started_at=at, usage=record.usage(read, so_far))

    def _settle(self, folder: Path) -> Look:
        """The supervisor was killed: end what it left, and say so. We hold the lease's lock."""
        end = record.pairs(folder / "ended")
        if not end:
            held = self._plan(folder)
            # The mark finds what was born but had not yet joined its groups.
            supervisor.kill_all({**held, "mark": [folder.name]})
            begun = record.pairs(folder / "started")
            lost: dict[str, object] = {"why": Outcome.LOST, "detail": "the supervisor of this run was killed"}
            lost["until"] = time.time()
            if begun:
                lost.update(at=begun["at"], wall=max(0.0, time.time() - float(begun["at"])))
            lost.update(supervisor.readings(held))
            supervisor.record(str(folder / "ended"), lost)
            self._tidy(folder)
        return record.ended(record.pairs(folder / "ended"))

    def _tidy(self, folder: Path) -> None:
        """What the supervisor does last, for one that could not; may be repeated."""
        held = self._plan(folder)
        supervisor.remove_groups(held)
        finish = held.get("finish", [":"])[-1]
        subprocess.run(["/bin/sh", "-c", finish], cwd=folder, capture_output=True, timeout=PATIENCE, check=False)

    def _restore_groups(self) -> None:
        """Somebody tidying the machine may have removed this site's own control groups while nothing ran in them."""
        groups = self.ground.groups
        if groups and not all(folder.is_dir() for folder in groups.controllers.values()):
            find(self.site)

    def _kill_groups(self, lease: str) -> None:
        if self.ground.groups:
            groups = self.ground.groups.groups(lease, Bounds(1000, (), 1 << 30, 1))
            held = plan.group_lines(groups)
            supervisor.kill_all(held)
            supervisor.remove_groups(held)

    def _plan(self, folder: Path) -> dict[str, list[str]]:
        try:
            return supervisor.read_pairs(str(folder / "plan"))
        except FileNotFoundError:
            return {}

    def _folder(self, lease: str) -> Path:
        if not LEASE.fullmatch(lease):
            raise invalid("lease", f"租约编号 {lease!r} 无效", f"{lease!r} is not a lease id")
        return self.state / "leases" / lease

    def _present(self, lease: str) -> Path:
        folder = self._folder(lease)
        if not folder.exists():
            raise not_found("lease", lease)
        return folder


def _lay_out(draft: Path, work: Work, *, images: bool) -> None:
    """The folder's fixed parts and the program's own files, on a disk image of the agreed size where there can be one."""
    tree = draft / "tree"
    for part in ("work/output", "tmp"):
        (tree / part).mkdir(parents=True)
    for name, data in work.inputs.items():
        path = tree / "work" / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            raise invalid("inputs", f"文件名 {name!r} 与另一个冲突", f"{name!r} clashes with another name") from error
    if os.geteuid() == 0:
        for one in (tree, *tree.rglob("*")):
            os.chown(one, sandbox.NOBODY, sandbox.NOBODY, follow_symlinks=False)
    (tree / "tmp").chmod(0o1777)
    if images:
        try:
            make_image(draft, work.disk)
        except subprocess.CalledProcessError as error:
            raise invalid("disk", "磁盘放不下输入文件", "the inputs do not fit on a disk of this size") from error
    else:
        tree.rename(draft / "disk")
    if work.script is not None:
        (draft / "script").write_text(work.script, encoding="utf-8", newline="")
        (draft / "script").chmod(0o755)
    os.mkfifo(draft / "poke", 0o600)


@contextmanager
def _owned(folder: Path, wait: float = 0.0) -> Iterator[bool]:
    """True while we hold a lease that no living supervisor holds."""
    fd = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + wait
    try:
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    yield False
                    return
                time.sleep(0.02)
        yield True
    finally:
        os.close(fd)


def _poke(folder: Path) -> None:
    """Wake the supervisor; it may not listen yet, or no more."""
    with suppress(OSError):
        fd = os.open(folder / "poke", os.O_WRONLY | os.O_NONBLOCK)
        try:
            os.write(fd, b"x")
        finally:
            os.close(fd)
