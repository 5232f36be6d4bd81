"""The walls around one run: its own processes, network, names and devices, a read-only system, and nobody's rights."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PYTHON = "/usr/bin/python3"
NOBODY = 65534

# Runs inside the walls as nobody. It alone can tell "the program ended with 127" from "there was no such program":
# line 3 closes by itself when the program takes its place. The buyer's variables arrive on line 4, so that nothing
# that runs with rights (bwrap, setpriv) ever sees them. Line 5 is the filter of system calls, read by bwrap.
STARTER = """
import os, sys, _signal
with open(4, "rb") as file:
    limits, *pairs = file.read().split(b"\\0")
os.set_inheritable(3, False)
os.write(3, b"r")
try:
    if limits:
        import resource
        for limit in limits.split(b","):
            name, value = map(int, limit.split(b"="))
            hard = resource.getrlimit(name)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(name, (value, value))
    os.umask(0o022)
    for name in (_signal.SIGPIPE, _signal.SIGXFSZ):
        _signal.signal(name, _signal.SIG_DFL)
    os.execvpe(sys.argv[1], sys.argv[1:], dict(zip(pairs[0::2], pairs[1::2])))
except (OSError, ValueError) as error:
    os.write(3, os.fsencode("%s: %s" % (sys.argv[1], getattr(error, "strerror", error))))
os._exit(127)
"""

_DROP = ("--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups")
_STRIP = ("--bounding-set=-all", "--inh-caps=-all", "--no-new-privs")


@dataclass(frozen=True, slots=True)
class Mount:
    """A host path shown inside; writable only where said."""

    source: Path
    target: str
    writable: bool = False


def variables_file(variables: Mapping[str, str], limits: Mapping[int, int]) -> bytes:
    """What the starter reads: process limits, then the program's variables."""
    head = ",".join(f"{number}={value}" for number, value in limits.items())
    return b"\0".join(text.encode() for text in (head, *(part for pair in variables.items() for part in pair)))


def walled(
    program: Sequence[str], mounts: Sequence[Mount], devices: Sequence[str], shared_memory: int, *, filtered: bool = False
) -> list[str]:
    """The command line that runs `program` in /work inside the sandbox."""
    root = os.geteuid() == 0
    argv = [_tool("bwrap"), "--die-with-parent", "--new-session"]
    argv += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if root:
        argv += [part for cap in ("SETUID", "SETGID", "SETPCAP") for part in ("--cap-add", f"CAP_{cap}")]
    else:
        argv += ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY), *_no_more_namespaces()]
    argv += ["--hostname", "run", *_system(), "--proc", "/proc", "--dev", "/dev"]
    argv += ["--perms", "1777", "--size", str(shared_memory), "--tmpfs", "/dev/shm"]  # noqa: S108
    for device in devices:
        argv += ["--dev-bind", device, device]
    for mount in mounts:
        argv += ["--bind" if mount.writable else "--ro-bind", str(mount.source), mount.target]
    if filtered:
        argv += ["--seccomp", "5"]
    argv += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/work", "--"]
    return argv + dropped(program)


def dropped(program: Sequence[str]) -> list[str]:
    """`program` behind the starter, and as nobody where we are root."""
    drop = [_tool("setpriv"), *_DROP, *_STRIP] if os.geteuid() == 0 else []
    return [*drop, PYTHON, "-I", "-S", "-c", STARTER, *program]


def works() -> str:
    """Empty if a sandbox really comes up here, else what the machine said."""
    if shutil.which("bwrap") is None:
        return "bubblewrap (bwrap) is not installed"
    trial = walled(["/bin/true"], [Mount(Path("/usr"), "/work")], [], 1 << 20)
    # The trial ends at `true`, without the starter: its two lines belong to the supervisor.
    argv = [*trial[: trial.index("--") + 1], "/bin/true"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False, env={})
    return done.stderr.strip() or f"exit status {done.returncode}" if done.returncode else ""


@functools.cache
def _tool(name: str) -> str:
    return shutil.which(name) or f"/usr/bin/{name}"


@functools.cache
def _no_more_namespaces() -> tuple[str, ...]:
    """bubblewrap 0.8 and newer can forbid the program a user namespace of its own."""
    said = subprocess.run([_tool("bwrap"), "--help"], capture_output=True, text=True, timeout=60, check=False)
    return ("--disable-userns",) if "--disable-userns" in said.stdout + said.stderr else ()


@functools.cache
def _system() -> tuple[str, ...]:
    """The system read-only: /usr, the folders or links that lead into it, and the few public files of /etc."""
    argv = ["--ro-bind", "/usr", "/usr", "--perms", "0755", "--dir", "/etc"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = f"/{name}"
        if os.path.islink(path):
            argv += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            argv += ["--ro-bind", path, path]
    for name in ("ld.so.cache", "alternatives", "localtime", "mime.types"):
        argv += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    return tuple(argv)
