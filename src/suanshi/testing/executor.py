"""The checks that any engine must pass before it may sell: what runs, what ends how, what is contained, what survives.

Each check takes an executor and asserts; `CHECKS` lists them by name, for pytest or for a site that proves itself.
Limits that the engine does not claim in `abilities()` are not demanded of it. Times are generous: a check waits long
for what must come, and never takes quickness for a proof.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from suanshi.fleet.executor import Executor, Limit, Look, Outcome, State, Work
from suanshi.kit import ids
from suanshi.kit.refusal import Refusal
from suanshi.kit.units import MIB, Bytes

T = TypeVar("T")
Check = Callable[[Executor], None]
PATIENCE = 180.0  # seconds; only ever waited for in full when something is broken

CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    CHECKS[function.__name__] = function
    return function


def script(text: str, **more: object) -> Work:
    """Python work with small bounds that every site can seat."""
    bounds = {"memory": Bytes(256 * MIB), "disk": Bytes(64 * MIB), "time_limit": timedelta(minutes=5), **more}
    return Work(script=text, **bounds)  # type: ignore[arg-type]


def run(executor: Executor, work: Work) -> tuple[str, Look]:
    """Start under a new lease and wait for the end."""
    lease = ids.new("lse")
    executor.start(lease, work)
    return lease, until_final(executor, lease)


def until_final(executor: Executor, lease: str) -> Look:
    return until(lambda: look if (look := executor.look(lease)).final else None, f"{lease} to end")


def until(found: Callable[[], T | None], what: str) -> T:
    """What `found` gives once it gives something. Raises AssertionError when patience runs out."""
    deadline = time.monotonic() + PATIENCE
    pause = 0.01
    while (value := found()) is None:
        assert time.monotonic() < deadline, f"waited {PATIENCE:.0f} s for {what}"
        time.sleep(pause)
        pause = min(0.2, pause * 1.5)
    return value


def until_said(executor: Executor, lease: str, word: bytes) -> bytes:
    return until(lambda: data if word in (data := log(executor, lease)) else None, f"{lease} to say {word!r}")


def log(executor: Executor, lease: str) -> bytes:
    """The whole log, read the way a reader does: chunk after chunk."""
    data = b""
    while (chunk := executor.logs(lease, len(data), 4 * MIB)).data:
        assert chunk.offset == len(data)
        data += chunk.data
    return data


def settled(look: Look, outcome: Outcome) -> None:
    assert (look.state, look.outcome) == (State.ENDED, outcome), look


# ---- what runs ----------------------------------------------------------------------------------------------------


@check
def a_run_succeeds_with_log_results_times_and_usage(executor: Executor) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    text = """
import os, sys
print("out", open("data.txt").read()); print("err", file=sys.stderr)
sum(range(3_000_000))
open(os.environ["SUANSHI_OUTPUT"] + "/result.txt", "w").write(os.environ["WORD"])
"""
    lease, look = run(executor, script(text, inputs={"data.txt": b"given"}, variables={"WORD": "得到"}))
    settled(look, Outcome.SUCCEEDED)
    assert look.exit_code == 0
    assert look.started_at
    assert look.ended_at
    assert before <= look.started_at <= look.ended_at <= datetime.now(UTC) + timedelta(seconds=5)
    assert look.usage.cpu > timedelta(0)
    assert look.usage.peak_memory > 0
    assert look.usage.wall == look.ended_at - look.started_at
    assert sorted(log(executor, lease).split()) == [b"err", b"given", b"out"]
    assert [(file.name, file.size) for file in executor.files(lease)] == [("result.txt", 6)]
    assert executor.read_file(lease, "result.txt").decode() == "得到"
    assert executor.read_file(lease, "result.txt", 3, 2) == "到".encode()[:2]


@check
def a_command_runs_with_its_arguments_as_given(executor: Executor) -> None:
    odd = 'it\'s $HOME; `x` "y" 算力\n'
    lease, look = run(executor, Work(command=("printf", "%s", odd), memory=Bytes(256 * MIB), disk=Bytes(64 * MIB)))
    settled(look, Outcome.SUCCEEDED)
    assert log(executor, lease).decode() == odd


@check
def the_exit_code_comes_back(executor: Executor) -> None:
    _, look = run(executor, script("raise SystemExit(7)"))
    settled(look, Outcome.FAILED)
    assert look.exit_code == 7


@check
def a_program_that_exits_127_has_run(executor: Executor) -> None:
    _, look = run(executor, script("raise SystemExit(127)"))
    settled(look, Outcome.FAILED)
    assert look.exit_code == 127
    assert look.started_at


@check
def a_missing_program_never_started(executor: Executor) -> None:
    bounds = {"memory": Bytes(256 * MIB), "disk": Bytes(64 * MIB)}
    for work in (Work(command=("no-such-program",), **bounds), script("#!/no/such/interpreter\n")):  # type: ignore[arg-type]
        _, look = run(executor, work)
        settled(look, Outcome.FAILED_TO_START)
        assert look.started_at is None
        assert look.usage.wall == timedelta(0)
        assert look.ended_at
        assert look.detail


@check
def names_in_any_script_come_and_go(executor: Executor) -> None:
    names = ["数据/训练 集.csv", "مرحبا", "a\nb", "-rf", "q'\"\\$(x)", "🧮", "é" * 100]
    text = """
import os, shutil
for top, _, files in os.walk("."):
    for name in files:
        path = os.path.join(top, name)
        if "output" not in top:
            goal = os.path.join(os.environ["SUANSHI_OUTPUT"], path)
            os.makedirs(os.path.dirname(goal), exist_ok=True); shutil.copy(path, goal)
"""
    lease, look = run(executor, script(text, inputs={name: name.encode() for name in names}))
    settled(look, Outcome.SUCCEEDED)
    assert sorted(file.name for file in executor.files(lease)) == sorted(names)
    for name in names:
        assert executor.read_file(lease, name).decode() == name


@check
def results_that_point_elsewhere_are_not_followed(executor: Executor) -> None:
    text = """
import os
os.chdir(os.environ["SUANSHI_OUTPUT"])
os.symlink("/etc/passwd", "link"); os.symlink("/etc", "folder"); os.mkfifo("pipe")
open("real", "w").write("x")
os.mkdir("deep"); os.symlink("/", "deep/root")
"""
    lease, look = run(executor, script(text))
    settled(look, Outcome.SUCCEEDED)
    assert [file.name for file in executor.files(lease)] == ["real"]
    for name in ("link", "folder/passwd", "pipe", "deep/root/etc/passwd", "../log", "/etc/passwd", "", "nothing"):
        refused(lambda name=name: executor.read_file(lease, name))  # type: ignore[misc]


@check
def the_log_can_be_read_by_offset_while_it_grows(executor: Executor) -> None:
    text = """
import os, time
for i in range(100000):
    print("line", i, flush=True)
    if i == 10: print("ten", flush=True)
    if i >= 10: time.sleep(0.2)
"""
    lease = ids.new("lse")
    executor.start(lease, script(text))
    seen = until_said(executor, lease, b"ten")
    assert executor.look(lease).state is State.RUNNING
    assert executor.logs(lease, 5, 3).data == seen[5:8]
    until(lambda: True if executor.logs(lease, len(seen)).data else None, "the log to grow")
    past = executor.logs(lease, 1 << 40)
    assert past.data == b""
    settled(executor.stop(lease, "enough"), Outcome.CANCELLED)
    assert log(executor, lease).startswith(seen)


# ---- what is refused ----------------------------------------------------------------------------------------------


def refused(call: Callable[[], object]) -> None:
    try:
        call()
    except Refusal:
        return
    raise AssertionError("this should have been refused")


@check
def bad_leases_and_work_are_refused_and_leave_nothing(executor: Executor) -> None:
    for lease in ("", "..", "../x", "a/b", "a\0b", "租约", "x" * 500):
        refused(lambda lease=lease: executor.start(lease, script("")))  # type: ignore[misc]
    lease = ids.new("lse")
    refused(lambda: executor.start(lease, script("", environment="no-such")))
    for name in ("../x", "/x", "a/../../x", "", "a//b", "."):
        refused(lambda name=name: script("", inputs={name: b""}))  # type: ignore[misc]
    assert executor.look(lease).state is State.ABSENT
    refused(lambda: executor.logs(lease))
    refused(lambda: executor.files(lease))


# ---- what is contained --------------------------------------------------------------------------------------------


@check
def too_much_memory_is_told_apart(executor: Executor) -> None:
    _, look = run(executor, script("x = b'x' * (1 << 30)\nprint(len(x))", memory=Bytes(128 * MIB)))
    if Limit.MEMORY in executor.abilities().limits:
        settled(look, Outcome.OUT_OF_MEMORY)
        assert look.usage.peak_memory <= 128 * MIB
    else:
        assert look.outcome in (Outcome.OUT_OF_MEMORY, Outcome.FAILED), look


@check
def too_much_time_is_told_apart(executor: Executor) -> None:
    text = """
import signal, time
for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(name, signal.SIG_IGN)
time.sleep(900)
"""
    _, look = run(executor, script(text, time_limit=timedelta(seconds=1)))
    settled(look, Outcome.TIME_LIMIT)
    assert look.usage.wall >= timedelta(seconds=1)


@check
def a_fork_bomb_cannot_starve_its_own_time_limit(executor: Executor) -> None:
    if Limit.PROCESSES not in executor.abilities().limits:
        return
    text = """
import os
while True:
    try: os.fork()
    except OSError: pass
"""
    _, look = run(executor, script(text, processes=64, time_limit=timedelta(seconds=2)))
    assert look.outcome in (Outcome.TIME_LIMIT, Outcome.OUT_OF_MEMORY), look
    _, next_one = run(executor, script("print('still here')"))
    settled(next_one, Outcome.SUCCEEDED)


@check
def a_disk_filler_fills_only_its_own_disk(executor: Executor) -> None:
    if Limit.DISK not in executor.abilities().limits:
        return
    text = """
import itertools, os
for i in itertools.count():
    with open(os.environ["SUANSHI_OUTPUT"] + f"/{i}", "wb") as f: f.write(os.urandom(1 << 20))
"""
    lease, look = run(executor, script(text, disk=Bytes(24 * MIB), time_limit=timedelta(minutes=2)))
    settled(look, Outcome.DISK_LIMIT)
    assert executor.files(lease)


@check
def a_gigabyte_of_log_is_cut_and_the_program_goes_on(executor: Executor) -> None:
    text = """
import os
block = b"x" * (1 << 20)
for i in range(1024): os.write(1, block)
open(os.environ["SUANSHI_OUTPUT"] + "/done", "w").write("yes")
"""
    lease, look = run(executor, script(text, log=Bytes(MIB)))
    settled(look, Outcome.SUCCEEDED)
    assert executor.read_file(lease, "done") == b"yes"
    chunk = executor.logs(lease, MIB - 10, 4096)
    assert chunk.truncated
    assert chunk.total < MIB + 1024
    assert chunk.data.startswith(b"x" * 10)
    assert b"log limit" in chunk.data


@check
def a_program_has_no_network(executor: Executor) -> None:
    if Limit.NETWORK not in executor.abilities().limits:
        return
    text = """
import os, socket, sys
server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen()
inner = socket.create_connection(server.getsockname(), 5)  # its own loopback is fine
names = [name for _, name in socket.if_nameindex()]
print(names)
sys.exit(names != ["lo"])
"""
    lease, look = run(executor, script(text))
    assert look.exit_code == 0, log(executor, lease)


@check
def a_program_sees_neither_the_host_nor_other_leases(executor: Executor) -> None:
    if Limit.NETWORK not in executor.abilities().limits:  # no walls at all
        return
    secret = ids.new("secret")
    neighbour = ids.new("lse")
    executor.start(neighbour, script("import time; print('up', flush=True); time.sleep(900)", inputs={secret: b"x"}))
    until_said(executor, neighbour, b"up")
    text = f"""
import os, sys
found = []
for top, folders, files in os.walk("/", onerror=lambda e: None):
    if top == "/":
        folders[:] = [f for f in folders if f not in ("proc", "usr", "sys")]
    found += [name for name in folders + files if name == {secret!r}]
uid, rights = os.getuid(), [l for l in open("/proc/self/status") if l.startswith("CapEff")][0].split()[1]
others = [p for p in os.listdir("/proc") if p.isdigit()]
hidden = [p for p in ("/root", "/home", "/var", "/etc/shadow", "/sys/fs") if os.path.exists(p)]
writable = [p for p in ("/", "/usr", "/etc", "/dev", "/usr/bin", "/proc/sys/kernel") if os.access(p, os.W_OK)]
print(found, uid, rights, others, hidden, writable, sorted(os.environ))
sys.exit(bool(found or uid == 0 or int(rights, 16) or len(others) > 4 or hidden or writable))
"""
    lease, look = run(executor, script(text))
    executor.stop(neighbour, "done")
    assert look.exit_code == 0, log(executor, lease)


# ---- what is warned -------------------------------------------------------------------------------------------------


@check
def a_warned_program_saves_what_it_has_and_is_told_once(executor: Executor) -> None:
    text = """
import os, signal, subprocess, sys, time
told = []
def save(*_):
    told.append(1)
    seconds, until = open(os.environ["SUANSHI_NOTICE"]).read().split()
    open(os.environ["SUANSHI_OUTPUT"] + "/saved", "w").write(f"{len(told)} {seconds} {until}")
    print("saved", flush=True)
signal.signal(signal.SIGTERM, save)
print(os.path.exists(os.environ["SUANSHI_NOTICE"]), "up", flush=True)
while True: time.sleep(0.1)
"""
    lease = ids.new("lse")
    executor.start(lease, script(text))
    assert b"False up" in until_said(executor, lease, b"up")
    for seconds in (90, 89, 1):
        executor.warn(lease, seconds)
    until_said(executor, lease, b"saved")
    assert executor.look(lease).state is State.RUNNING
    settled(executor.stop(lease, "others need the cards"), Outcome.CANCELLED)
    assert log(executor, lease).count(b"saved") == 1
    count, seconds_told, until_when = executor.read_file(lease, "saved").split()
    assert (count, seconds_told) == (b"1", b"90")
    assert datetime.fromisoformat(until_when.decode()).tzinfo


@check
def a_warned_shell_tells_the_program_it_waits_for(executor: Executor) -> None:
    text = """#!/bin/sh
python3 -c '
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("saved", flush=True), sys.exit(75)))
print("up", flush=True)
while True: time.sleep(0.1)
'
echo "it ended with $?"
exit 3
"""
    lease = ids.new("lse")
    executor.start(lease, script(text))
    until_said(executor, lease, b"up")
    executor.warn(lease, 90)
    look = until_final(executor, lease)
    settled(look, Outcome.FAILED)
    assert look.exit_code == 3
    assert log(executor, lease).split(b"up")[1].split(b"\n")[1:3] == [b"saved", b"it ended with 75"]


@check
def a_warning_stops_nobody(executor: Executor) -> None:
    text = """
import os, time
os.symlink("/etc/passwd", os.environ["SUANSHI_NOTICE"])
print("up", flush=True)
while os.path.islink(os.environ["SUANSHI_NOTICE"]): time.sleep(0.1)
print("told", open(os.environ["SUANSHI_NOTICE"]).readline(), flush=True)
"""
    lease = ids.new("lse")
    executor.warn(lease, 90)
    assert executor.look(lease).state is State.ABSENT
    executor.start(lease, script(text))
    until_said(executor, lease, b"up")
    executor.warn(lease, 90)
    look = until_final(executor, lease)
    settled(look, Outcome.SUCCEEDED)
    assert b"told 90" in log(executor, lease)
    executor.warn(lease, 90)
    assert executor.look(lease) == look


# ---- what survives ------------------------------------------------------------------------------------------------


@check
def started_twice_runs_once(executor: Executor) -> None:
    lease = ids.new("lse")
    work = script("import time; print('ran', flush=True); time.sleep(1)")
    starts = [threading.Thread(target=executor.start, args=(lease, work)) for _ in range(4)]
    for thread in starts:
        thread.start()
    for thread in starts:
        thread.join()
    settled(until_final(executor, lease), Outcome.SUCCEEDED)
    settled(executor.start(lease, work), Outcome.SUCCEEDED)
    assert log(executor, lease) == b"ran\n"


@check
def stopped_at_any_moment_it_ends_once_and_leaves_nothing_running(executor: Executor) -> None:
    text = "import subprocess, time\nprint('up', flush=True)\nsubprocess.Popen(['sleep', '900'])\ntime.sleep(900)"
    for delay in (0.0, 0.01, 0.03, 0.06, 0.1, 0.3):
        lease = ids.new("lse")
        executor.start(lease, script(text))
        time.sleep(delay)
        look = executor.stop(lease, "the buyer asked")
        settled(look, Outcome.CANCELLED)
        assert executor.stop(lease, "again") == look
        assert executor.start(lease, script(text)) == look


@check
def stopped_before_it_came_it_never_runs(executor: Executor) -> None:
    lease = ids.new("lse")
    look = executor.stop(lease, "changed my mind")
    settled(look, Outcome.CANCELLED)
    assert look.started_at is None
    assert executor.start(lease, script("print('ran')")) == look
    assert log(executor, lease) == b""


@check
def what_nobody_knows_is_swept(executor: Executor) -> None:
    known, orphan = ids.new("lse"), ids.new("lse")
    for lease in (known, orphan):
        executor.start(lease, script("import time; time.sleep(900)"))
    swept = executor.sweep(lambda _: frozenset({known}))
    assert orphan in swept
    assert known not in swept
    settled(executor.look(orphan), Outcome.CANCELLED)
    assert not executor.look(known).final
    executor.stop(known, "done")


@check
def a_cleared_lease_is_gone(executor: Executor) -> None:
    lease, _ = run(executor, script("print('x')"))
    executor.clear(lease)
    executor.clear(lease)
    assert executor.look(lease).state is State.ABSENT
    refused(lambda: executor.logs(lease))
    assert lease not in executor.sweep(lambda _: frozenset())
