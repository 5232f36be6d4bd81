"""The engine `local` passes the suite for engines; what only it can be asked (killed supervisors, leaks) follows."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from suanshi.catalog.site import Isolation
from suanshi.engines.local import plan
from suanshi.engines.local.executor import LocalExecutor
from suanshi.engines.local.ground import Ground
from suanshi.engines.local.inventory import Card, Kind, Machine
from suanshi.fleet.executor import Outcome, Seat, State, Work
from suanshi.kit import ids
from suanshi.kit.refusal import Refusal
from suanshi.kit.units import GIB, MIB, Bytes, MilliCards
from suanshi.testing import executor as suite

NAP = 100_000 + os.getpid()  # a number of seconds that names this test run's own sleepers
SOURCE = Path(suite.__file__).parents[2]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalExecutor]:
    executor = LocalExecutor(tmp_path_factory.mktemp("site"))
    yield executor
    clear_all(executor)
    nothing_left(executor)
    forget_groups(executor)


def clear_all(executor: LocalExecutor) -> None:
    for lease in sorted((executor.state / "leases").iterdir()):
        executor.clear(lease.name)


def nothing_left(executor: LocalExecutor) -> None:
    """The kernel lets go of a loop device or a group a moment after its last user; a leak stays."""
    suite.until(lambda: None if leftovers(executor) else True, "the last of the site to go")


def leftovers(executor: LocalExecutor) -> list[str]:
    """Everything a site could leave on its machine: processes, mounts, loop devices, control groups, drafts."""
    site = str(executor.state)
    found = [line for line in Path("/proc/self/mounts").read_text().splitlines() if site in line]
    found += [line for line in loop_files() if site in line]
    if executor.ground.groups:
        found += sorted(executor.ground.groups.leases())
    return found + processes_of(site) + [str(path) for path in (executor.state / "staging").iterdir()]


def loop_files() -> list[str]:
    files = []
    for path in Path("/sys/block").glob("loop*/loop/backing_file"):
        try:
            files.append(path.read_text().strip())
        except OSError:
            continue  # it was let go meanwhile
    return files


def processes_of(mark: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if mark in words and int(path.parent.name) != os.getpid():
            found.append(words.replace("\0", " ")[:200])
    return found


def forget_groups(executor: LocalExecutor) -> None:
    if executor.ground.groups:
        for folder in set(executor.ground.groups.controllers.values()):
            folder.rmdir()


@pytest.mark.parametrize("name", suite.CHECKS)
def test_conformance(local: LocalExecutor, name: str) -> None:
    suite.CHECKS[name](local)


def supervisor_of(executor: LocalExecutor, lease: str) -> int | None:
    """The process that holds the lease's lock; a child it has just forked looks the same in every other way."""
    inode = (executor.state / "leases" / lease / "lock").stat().st_ino
    held = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return next((int(words[4]) for words in held if words[1] == "FLOCK" and words[5].endswith(f":{inode}")), None)


def test_a_killed_supervisor_is_a_lost_run_and_leaks_nothing(local: LocalExecutor) -> None:
    text = f"import subprocess, time\nprint('up', flush=True)\nsubprocess.Popen(['sleep', '{NAP}'])\ntime.sleep(900)"
    for delay in (None, 0.0, 0.005, 0.01, 0.02, 0.03, 0.05):
        lease = ids.new("lse")
        local.start(lease, suite.script(text))
        if delay is None:
            suite.until_said(local, lease, b"up")
        else:
            time.sleep(delay)
        pid = supervisor_of(local, lease)
        assert pid
        os.kill(pid, signal.SIGKILL)
        look = suite.until_final(local, lease)
        suite.settled(look, Outcome.LOST)
        assert local.start(lease, suite.script(text)) == look
        assert local.stop(lease, "late") == look
        if local.ground.groups:
            assert lease not in local.ground.groups.leases()
        assert processes_of(f"sleep\0{NAP}\0") == []
        local.clear(lease)


def test_a_caller_killed_anywhere_in_start_runs_the_program_at_most_once(local: LocalExecutor) -> None:
    """The caller is killed at a random moment, then asks again, as a worker does after a restart."""
    call = (
        "import sys; from pathlib import Path; from suanshi.testing.executor import script;"
        "from suanshi.engines.local.executor import LocalExecutor;"
        "LocalExecutor(Path(sys.argv[1])).start(sys.argv[2], script(sys.argv[3]))"
    )
    chance = random.Random(20250)
    text = "import time; print('ran', flush=True); time.sleep(0.2)"
    for _ in range(8):
        lease = ids.new("lse")
        caller = subprocess.Popen([sys.executable, "-c", call, str(local.state), lease, text])
        time.sleep(0.25 + chance.random() * 0.4)
        caller.kill()
        caller.wait()
        local.start(lease, suite.script(text))
        suite.settled(suite.until_final(local, lease), Outcome.SUCCEEDED)
        assert suite.log(local, lease) == b"ran\n"
    for draft in (local.state / "staging").iterdir():  # what a killed caller left is not a lease
        shutil.rmtree(draft)


def test_a_full_core_and_a_quarter_get_what_they_pay_for(local: LocalExecutor) -> None:
    if local.ground.groups is None:
        pytest.skip("no control groups here")
    text = "import time\nstart = time.monotonic()\nwhile time.monotonic() - start < 2: pass"
    card = local.machine.cards[0].name
    _, look = suite.run(local, suite.script(text, seats=(Seat(card, MilliCards(250)),)))
    suite.settled(look, Outcome.SUCCEEDED)
    share = look.usage.cpu / look.usage.wall
    assert share < 0.40  # never more than a quarter, and the sandbox's own start


def test_usage_is_there_while_it_runs(local: LocalExecutor) -> None:
    lease = ids.new("lse")
    local.start(lease, suite.script("print('up', flush=True)\nwhile True: pass"))
    suite.until_said(local, lease, b"up")
    look = local.look(lease)
    assert look.state is State.RUNNING
    assert look.started_at
    if local.ground.groups:
        assert look.usage.cpu > timedelta(0)
    local.stop(lease, "seen enough")


def test_unknown_cards_and_inputs_too_big_for_the_disk_are_refused(local: LocalExecutor) -> None:
    with pytest.raises(Refusal, match="unknown-card"):
        local.start(ids.new("lse"), suite.script("", seats=(Seat("cpu-9999"),)))
    if local.ground.images:
        big = {"big": os.urandom(2 * MIB)}
        with pytest.raises(Refusal, match="disk"):
            local.start(ids.new("lse"), suite.script("", inputs=big, disk=Bytes(MIB)))
    with pytest.raises(Refusal, match="inputs"):
        local.start(ids.new("lse"), suite.script("", inputs={"a": b"", "a/b": b""}))
    with pytest.raises(Refusal, match="memory"):
        local.start(ids.new("lse"), suite.script("", memory=Bytes(MIB)))


def test_variables_cannot_reach_what_runs_with_rights(local: LocalExecutor) -> None:
    """A library that the loader would put into bwrap or setpriv, were they given the buyer's variables."""
    trap = {"LD_PRELOAD": "/work/trap.so", "PATH": "/work", "PYTHONSTARTUP": "/work/trap.so"}
    bounds = suite.script("", inputs={"trap.so": b"not a library"}, variables=trap)
    command = Work(command=("/bin/echo", "ran"), inputs=bounds.inputs, variables=trap, memory=Bytes(128 * MIB))
    lease, look = suite.run(local, command)
    suite.settled(look, Outcome.SUCCEEDED)
    said = suite.log(local, lease)
    assert said.count(b"trap.so") == 1  # the program's own loader complains, nobody else's
    assert said.endswith(b"ran\n")


def test_a_program_gets_no_namespaces_keys_or_rings_of_its_own(local: LocalExecutor) -> None:
    text = """
import ctypes, os, sys, threading
libc = ctypes.CDLL(None, use_errno=True)
NEWUSER = 0x10000000
unshare, clone, keyctl = {"x86_64": (272, 56, 250), "aarch64": (97, 220, 219)}[os.uname().machine]
got = [libc.syscall(*call) for call in ((unshare, NEWUSER), (clone, NEWUSER | 17, 0, 0, 0, 0), (keyctl, 0, -3, 1), (425, 8, 0))]
thread = threading.Thread(target=print, args=("threads and children work",)); thread.start(); thread.join()
sys.exit(got != [-1] * 4 or os.system("true") != 0)
"""
    if not local.ground.sandbox or os.uname().machine not in ("x86_64", "aarch64"):
        pytest.skip("no filter of system calls here")
    lease, look = suite.run(local, suite.script(text))
    assert look.exit_code == 0, suite.log(local, lease)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that another user can reach, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp(prefix="suanshi-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_without_a_sandbox_the_engine_says_so_and_still_keeps_time(open_folder: Path) -> None:
    bare = LocalExecutor(open_folder, ground=Ground(sandbox=False, groups=None, images=False))
    assert bare.abilities().isolation is Isolation.NONE
    for name in ("the_exit_code_comes_back", "a_missing_program_never_started", "too_much_time_is_told_apart"):
        suite.CHECKS[name](bare)
    text = f"import subprocess\nsubprocess.Popen(['sleep', '{NAP}'], start_new_session=True)"
    suite.settled(suite.run(bare, suite.script(text))[1], Outcome.SUCCEEDED)
    assert processes_of(f"sleep\0{NAP}\0") == []
    clear_all(bare)
    nothing_left(bare)


def test_an_ordinary_user_gets_a_sandbox_with_soft_limits(open_folder: Path) -> None:
    """The whole suite once more as a user without rights, under the system's own Python."""
    if os.geteuid() != 0:
        pytest.skip("the suite above already ran as an ordinary user")
    shutil.copytree(SOURCE, open_folder / "src", ignore=shutil.ignore_patterns("__pycache__", "console", "*.csv"))
    subprocess.run(["chown", "-R", "65534:65534", str(open_folder)], check=True)
    drop = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set=-all"]
    done = subprocess.run(
        [*drop, "/usr/bin/python3", "-B", "-c", SOFT, str(open_folder / "site")],
        env={"PYTHONPATH": str(open_folder / "src"), "PATH": os.environ["PATH"]},
        cwd=open_folder,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] in ("soft: all passed", "none: no sandbox for ordinary users here")


SOFT = """
import sys
from pathlib import Path
from suanshi.engines.local.executor import LocalExecutor
from suanshi.testing.executor import CHECKS
executor = LocalExecutor(Path(sys.argv[1]))
if executor.abilities().isolation == "none":
    print("none: no sandbox for ordinary users here"); sys.exit()
assert executor.abilities().isolation == "soft", executor.abilities()
for name, check in CHECKS.items():
    print(name, flush=True)
    check(executor)
for lease in (executor.state / "leases").iterdir():
    executor.clear(lease.name)
print("soft: all passed")
"""


def test_only_the_allotted_nvidia_cards_are_shown(tmp_path: Path) -> None:
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"):
        (tmp_path / "dev").mkdir(exist_ok=True)
        (tmp_path / "dev" / name).touch()
    cards = tuple(Card(f"nvidia-{i}", Kind.NVIDIA, i, "h100-sxm-80g", Bytes(80 * GIB), f"GPU-{i}") for i in range(2))
    cores = tuple(Card(f"cpu-{i}", Kind.CPU, i, "cpu-core-x86", Bytes(GIB)) for i in range(16))
    machine = Machine(cores + cards, 16, Bytes(16 * GIB), Bytes(GIB))
    taken = plan.share(machine, Work(command=("x",), seats=(Seat("nvidia-1"),)))
    assert plan.devices(taken.cards, tmp_path) == ["/dev/nvidia1", "/dev/nvidiactl", "/dev/nvidia-uvm"]
    assert taken.millicores == 8000
    ground = Ground(sandbox=True, groups=None, images=False)
    run = plan.Run("lse_1", Work(command=("x",)), ground, tmp_path, None, taken)
    assert plan.variables(run)["CUDA_VISIBLE_DEVICES"] == "GPU-1"
    assert plan.devices(plan.share(machine, Work(command=("x",))).cards, tmp_path) == []


def test_a_site_whose_control_groups_were_tidied_away_starts_and_sweeps_all_the_same(local: LocalExecutor) -> None:
    if not local.ground.groups:
        assert os.geteuid() != 0, "root without control groups: the engine could hold no limit"
        pytest.skip("an ordinary user has no control groups to be tidied away")
    _, look = suite.run(local, suite.script("print('before')"))
    assert look.outcome is Outcome.SUCCEEDED
    forget_groups(local)
    assert local.sweep(lambda here: here) == ()
    forget_groups(local)
    _, look = suite.run(local, suite.script("print('after')"))
    assert look.outcome is Outcome.SUCCEEDED
