"""The small program that owns one run: it starts it once, keeps its limits and its log, and writes down how it ended.

It is started with the system's own Python (3.9 or newer), detached, with the lease's folder as its only argument. A
run costs one of these processes, so it imports nothing but compiled modules, sleeps in one poll, and knows nothing of
cgroup versions, sandboxes or images: the file `plan` says what to create, to run, to read and to undo.
"""
# ruff: noqa: SIM105, B905 (contextlib costs milliseconds a run; zip's strict came after 3.9)

from __future__ import annotations

import errno
import fcntl
import os
import select
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import resource

SIGKILL = 9
SIGTERM = 15
NOTICE = "SUANSHI_NOTICE"  # a file in the working folder: the program will be stopped soon
F_SETPIPE_SZ = 1031
PIPE = 1 << 20
PAUSE = 0.002  # between two reads of a slow or cut log: a chatty program must not buy the supervisor's time
SETUP = 120.0  # seconds for the sandbox to come up on a very busy machine
SETTLE = 60.0  # seconds to see the last process of a killed run disappear
WATCH = 1.0  # seconds between two looks at a folder that has no limit of its own


class NotStarted(Exception):
    """The program never began; the text says why."""


def read_pairs(path: str) -> dict[str, list[str]]:
    """A file of NUL-separated key, value, key, value; a key may repeat."""
    with open(path, "rb") as file:
        parts = [os.fsdecode(part) for part in file.read().split(b"\0")]
    pairs: dict[str, list[str]] = {}
    for key, value in zip(parts[0::2], parts[1::2]):
        pairs.setdefault(key, []).append(value)
    return pairs


def record(path: str, values: dict[str, object]) -> None:
    """Write `values` so that a reader sees all of it or nothing, even after a power cut."""
    data = b"\0".join(os.fsencode(str(text)) for pair in values.items() for text in pair)
    with open(path + ".new", "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(path + ".new", path)


def write(line: str) -> None:
    """`path<TAB>value`: one setting of a control group."""
    path, value = line.split("\t", 1)
    with open(path, "w") as file:
        file.write(value)


def make_groups(plan: dict[str, list[str]]) -> None:
    for path in plan.get("group", ()):
        try:
            os.mkdir(path)
        except FileExistsError:
            pass
    for line in plan.get("limit", ()):
        write(line)


def members(plan: dict[str, list[str]]) -> list[int]:
    pids = {pid for lease in plan.get("mark", ()) for pid in marked(lease)}
    for path in plan.get("join", ()):
        try:
            with open(path) as file:
                pids.update(int(line) for line in file)
        except OSError:
            continue
    return sorted(pids)


def marked(lease: str) -> list[int]:
    """Where no group holds them together: every process that was born with the lease's mark, but us."""
    mark, pids = os.fsencode("SUANSHI_LEASE=" + lease), []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                with open("/proc/" + name + "/environ", "rb") as file:
                    if mark in file.read().split(b"\0"):
                        pids.append(int(name))
            except OSError:
                continue
    return pids


def kill_all(plan: dict[str, list[str]]) -> bool:
    """Kill every process of the run's groups and wait until the kernel has none left; False if some would not go."""
    for line in plan.get("halt", ()):  # no more forks, so that the loop below comes to an end
        try:
            write(line)
        except OSError:
            continue
    deadline = time.monotonic() + SETTLE
    left = members(plan)
    while left and time.monotonic() < deadline:
        for pid in left:
            try:
                os.kill(pid, SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.01)
        left = members(plan)
    return not left


def readings(plan: dict[str, list[str]]) -> dict[str, object]:
    """The kernel's own accounts, as they stand in its files."""
    found: dict[str, object] = {}
    for path in plan.get("reading", ()):
        try:
            with open(path) as file:
                found[os.path.basename(path)] = file.read()
        except OSError:
            continue
    return found


def remove_groups(plan: dict[str, list[str]]) -> None:
    for path in reversed(plan.get("group", [])):
        for _ in range(200):
            try:
                os.rmdir(path)
                break
            except OSError as error:
                if error.errno != errno.EBUSY:
                    break
                time.sleep(0.01)  # the last process is still on its way out


def shell(script: str, lease: str) -> int:
    """Run a few lines of the plan's own shell in the present folder."""
    about = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SUANSHI_LEASE": lease}
    return os.waitpid(os.posix_spawn("/bin/sh", ["sh", "-c", script], about), 0)[1]


def folder_size(top: str, enough: int) -> int:
    """Bytes on disk below `top`, an entry counting at least 512; stops counting once `enough` is passed."""
    size, folders = 0, [top]
    while folders and size <= enough:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    size += 512 + entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
        except OSError:
            continue  # it went while we looked
    return size


def leave_notice(text: bytes) -> None:
    """Put the notice into the working folder. The program may have put anything there: no link of its is followed."""
    flags, places = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, [os.open(".", os.O_RDONLY)]
    draft = "." + NOTICE
    try:
        for name in ("disk", "work"):
            places.append(os.open(name, flags, dir_fd=places[-1]))
        try:
            os.unlink(draft, dir_fd=places[-1])
        except FileNotFoundError:
            pass
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=places[-1])
        places.append(file)
        os.fchmod(file, 0o644)
        os.write(file, text)
        os.rename(draft, NOTICE, src_dir_fd=places[-2], dst_dir_fd=places[-2])
    except OSError:
        pass  # its disk is full, or a folder of that name is in the way: the signal still tells it
    finally:
        for place in places:
            os.close(place)


def listeners(pid: int) -> list[int]:
    """The first processes, from `pid` down, that catch SIGTERM: whoever does not would only die of it."""
    if catches_term(pid):
        return [pid]
    return [found for child in children(pid) for found in listeners(child)]


def catches_term(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/status") as file:
            caught = next(line.split()[1] for line in file if line.startswith("SigCgt:"))
    except (OSError, StopIteration):
        return False
    return bool(int(caught, 16) >> (SIGTERM - 1) & 1)


def children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += map(int, file.read().split())
    except OSError:
        pass  # it went while we looked
    return found


class Log:
    """What the program prints, kept up to a limit; the rest is read and dropped, so that the program goes on."""

    def __init__(self, source: int, limit: int) -> None:
        self.source = source
        self.room = limit
        self.notice = b"\n[suanshi] the log limit of %d bytes is reached; the rest is not kept\n" % limit
        self.file = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def relay(self) -> bool:
        """Take what is there; False once there is nothing more to come (or, when not blocking, nothing now)."""
        try:
            data = os.read(self.source, PIPE)
        except BlockingIOError:
            return False
        kept, cut = data[: self.room], len(data) > self.room
        self.room -= len(kept)
        if cut:
            kept, self.notice = kept + self.notice, b""
        while kept:
            kept = kept[os.write(self.file, kept) :]
        if cut or len(data) < 1 << 16:
            time.sleep(PAUSE)
        return bool(data)

    def drain(self) -> None:
        """The last words of a program that has ended; whoever still holds the pipe is not waited for."""
        os.set_blocking(self.source, False)
        deadline = time.monotonic() + 1
        while self.relay() and time.monotonic() < deadline:
            pass


class Run:
    """One program under its plan, from the first setting to the last reading."""

    def __init__(self, plan: dict[str, list[str]], poke: int) -> None:
        self.plan = plan
        self.poke = poke
        self.child = 0
        self.began: tuple[float, float] | None = None  # wall clock, steady clock
        self.ended = 0.0  # steady clock
        self.end: dict[str, object] = {"why": "", "detail": ""}
        self.told: set[int] = set()  # processes that got the notice's signal
        self.noticed = False

    def one(self, key: str, default: str = "0") -> str:
        return self.plan.get(key, [default])[-1]

    def go(self) -> None:
        """Set up, start, watch. Whatever goes wrong, `end` says so."""
        try:
            make_groups(self.plan)
            if shell(self.one("setup", ":"), self.one("lease")) != 0:
                raise NotStarted("the working folder could not be made")
            self._watch(*self._spawn())
        except (NotStarted, OSError) as error:
            self.end.update(why="failed_to_start" if self.began is None else "lost", detail=error)

    def _spawn(self) -> tuple[int, Log]:
        status, status_in = os.pipe()
        output, output_in = os.pipe()
        try:
            fcntl.fcntl(output_in, F_SETPIPE_SZ, PIPE)
        except OSError:
            pass  # a smaller pipe only makes a loud program slower
        self.child = os.fork()
        if self.child == 0:
            try:
                self._become(status_in, output_in)
            except BaseException as error:
                os.write(status_in, os.fsencode(str(error)))
            os._exit(126)
        os.close(status_in)
        os.close(output_in)
        return status, Log(output, int(self.one("log_limit")))

    def _become(self, status: int, output: int) -> None:
        """In the child: step into the groups, take the agreed descriptors, turn into the sandbox."""
        for path in self.plan.get("join", ()):
            write(path + "\t0")
        files = [os.open(self.one(name), os.O_RDONLY) for name in ("variables", "filter") if name in self.plan]
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (output, output, status, *files)]
        for place, fd in enumerate(high, 1):  # 1 and 2 the log, 3 the status line, 4 the variables, 5 the filter
            os.dup2(fd, place)
        write("/proc/self/oom_score_adj\t500")  # when the whole machine is short, a run goes before its keepers
        os.chdir(self.one("cwd", "."))
        os.umask(0o022)
        argv = self.plan["argv"]
        os.execve(argv[0], argv, {"SUANSHI_LEASE": self.one("lease")})  # noqa: S606

    def _watch(self, status: int, log: Log) -> None:
        exit_fd = os.pidfd_open(self.child)
        poller = select.poll()
        for fd in (status, log.source, self.poke, exit_fd):
            poller.register(fd, select.POLLIN)
        deadline, look, said = time.monotonic() + SETUP, time.monotonic(), b""
        while not self.end["why"]:
            wake = min(deadline, look) if self.one("watch") != "0" else deadline
            ready = dict(poller.poll(min(3600.0, max(0.0, wake - time.monotonic())) * 1000 + 1))
            if status in ready:
                part = os.read(status, 4096)
                said += part
                if not part:
                    poller.unregister(status)
                    self._begin(said)
                    deadline = time.monotonic() + float(self.one("time_limit"))
            if log.source in ready and not log.relay():
                poller.unregister(log.source)
            if exit_fd in ready:
                break
            if self.poke in ready:
                self._heed()
            elif time.monotonic() >= deadline:
                self._too_late()
            elif wake == look and time.monotonic() >= look:
                look = self._check_folder()
        self._finish(status, said, log)

    def _heed(self) -> None:
        """Somebody wants something of us: the files say what."""
        os.read(self.poke, PIPE)
        if os.path.exists("stop"):
            self.end["why"] = "cancelled"
        elif self.began is not None and os.path.exists("warned"):
            self._warn()

    def _warn(self) -> None:
        """Tell the program that it will be stopped soon, each of its processes once."""
        if not self.noticed:
            self.noticed = True
            with open("warned", "rb") as file:
                leave_notice(file.read())
        for pid in listeners(self.child):
            if pid not in self.told:
                self.told.add(pid)
                try:
                    os.kill(pid, SIGTERM)
                except ProcessLookupError:
                    continue

    def _begin(self, said: bytes) -> None:
        """The starter inside says "r" when the sandbox stands, and its end of the line closes as the program begins."""
        if said != b"r":
            raise NotStarted(os.fsdecode(said[1:] if said[:1] == b"r" else said) or "the sandbox could not be set up")
        self.began = time.time(), time.monotonic()
        record("started", {"at": self.began[0]})

    def _too_late(self) -> None:
        if self.began is None:
            raise NotStarted("the sandbox did not come up in time")
        self.end["why"] = "time_limit"

    def _check_folder(self) -> float:
        """The time of the next look: a folder that takes long to count is counted less often."""
        start, limit = time.monotonic(), int(self.one("watch"))
        if folder_size("disk", limit) > limit:
            self.end["why"] = "disk_limit"
        return time.monotonic() + max(WATCH, 20 * (time.monotonic() - start))

    def _finish(self, status: int, said: bytes, log: Log) -> None:
        used = self.bury()
        self.ended = time.monotonic()
        while self.began is None and not self.end["why"]:  # it was quicker than our own look at the status line
            part = os.read(status, 4096)
            said += part
            if not part:
                self._begin(said)
        self.end["cpu"], self.end["peak"] = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
        log.drain()

    def bury(self) -> resource.struct_rusage:
        """Kill the sandbox unless it has ended by itself, and take its last account. It dies with its namespace."""
        if self.end["why"]:
            os.kill(self.child, SIGKILL)
        _, code, used = os.wait4(self.child, 0)
        self.child = 0
        self.end["exit"] = 128 + os.WTERMSIG(code) if os.WIFSIGNALED(code) else os.WEXITSTATUS(code)
        return used

    def close(self) -> None:
        """Leave no process, write the end, then tidy up; what a kill leaves undone here, clearing the lease does."""
        if self.child:
            self.bury()
        if not kill_all(self.plan):
            self.end["detail"] = "some processes would not die"
        if self.began is not None:
            self.end.update(at=self.began[0], wall=(self.ended or time.monotonic()) - self.began[1])
        self.end.update(readings(self.plan), until=time.time())
        if "image" in self.plan:
            space = os.statvfs("disk")
            self.end.update(bytes=space.f_blocks * space.f_frsize, bytes_free=space.f_bavail * space.f_frsize)
            self.end["files_free"] = space.f_ffree
        record("ended", self.end)
        remove_groups(self.plan)
        shell(self.one("finish", ":"), self.one("lease"))


def own(ready: int) -> None:
    """Take the lease for good: one lock for the living, one token for ever, so that nothing ever runs twice."""
    lock = os.open("lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.open("token", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except (BlockingIOError, FileExistsError):
        os.write(ready, b"k")
        return
    here = os.open(".", os.O_RDONLY)
    os.fsync(here)  # the token's name is what counts
    os.write(ready, b"k")
    os.close(ready)
    # Open for writing too: the line then never hangs up when a caller lets go of it.
    run = Run(read_pairs("plan"), os.open("poke", os.O_RDWR | os.O_NONBLOCK))
    if os.path.exists("stop"):
        run.end["why"] = "cancelled"
    else:
        run.go()
    run.close()


def main(folder: str) -> None:
    """The first process only waits until the second has taken the lease, and leaves no zombie to anyone."""
    os.chdir(folder)
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        os._exit(0 if os.read(reader, 1) else 1)
    os.close(reader)
    own(writer)


if __name__ == "__main__":
    main(sys.argv[1])
