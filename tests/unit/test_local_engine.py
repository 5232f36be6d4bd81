"""What the local engine decides without running anything: groups of both versions, cards, outcomes, names, filters."""

from __future__ import annotations

import os
import struct
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.engines.local import cgroup, environment, ground, inventory, record, results, seccomp, supervisor
from suanshi.engines.local.cgroup import Bounds
from suanshi.fleet.executor import Isolation, Limit, Outcome, State, Work
from suanshi.kit.refusal import Refusal
from suanshi.kit.units import GIB

BOUNDS = Bounds(millicores=1500, cores=(0, 3), memory=GIB, processes=67)


@pytest.fixture
def trees(tmp_path: Path) -> Path:
    """A stand-in for the kernel's folders, which this machine has in one version only."""
    for name in ("cpu,cpuacct", "memory", "pids", "cpuset", "unified"):
        (tmp_path / name).mkdir()
    for name, text in {"cpuset.cpus": "0-3\n", "cpuset.mems": "0\n"}.items():
        (tmp_path / "cpuset" / name).write_text(text)
    (tmp_path / "unified/cgroup.controllers").write_text("cpuset cpu io memory hugetlb pids\n")
    return tmp_path


def mounts(trees: Path, *lines: str) -> str:
    path = trees / "mounts"
    path.write_text("".join(f"{line}\n" for line in lines))
    return str(path)


def test_version_1_has_a_folder_in_every_tree(trees: Path) -> None:
    table = mounts(
        trees,
        f"cgroup {trees}/cpu,cpuacct cgroup rw,nosuid,cpu,cpuacct 0 0",
        *(f"cgroup {trees}/{name} cgroup rw,{name} 0 0" for name in ("memory", "pids", "cpuset")),
        f"cgroup2 {trees}/unified cgroup2 rw 0 0",
    )
    found = cgroup.find("site", table)
    assert found.version == 1
    (trees / "memory/site/memory.memsw.limit_in_bytes").write_text("")
    groups = found.groups("lse_1", BOUNDS)
    assert len(groups.create) == len(groups.join) == 4
    limits = {path.name: value for path, value in groups.limits}
    assert limits["cpu.cfs_quota_us"] == "150000"
    assert limits["memory.limit_in_bytes"] == limits["memory.memsw.limit_in_bytes"] == str(GIB)
    assert limits["cpuset.cpus"] == "0,3"
    assert limits["pids.max"] == "67"
    assert [path.name for path, _ in groups.limits].index("memory.limit_in_bytes") < [
        path.name for path, _ in groups.limits
    ].index("memory.memsw.limit_in_bytes")
    assert groups.halt == ((trees / "pids/site/lse_1/pids.max", "0"),)


def test_version_2_has_one_folder_and_hands_its_controllers_down(trees: Path) -> None:
    found = cgroup.find("site", mounts(trees, f"cgroup2 {trees}/unified cgroup2 rw 0 0"))
    assert found.version == 2
    for folder in (trees / "unified", trees / "unified/site"):
        assert (folder / "cgroup.subtree_control").read_text() == "+cpu +memory +pids +cpuset"
    groups = found.groups("lse_1", BOUNDS)
    assert groups.create == (trees / "unified/site/lse_1",)
    limits = {path.name: value for path, value in groups.limits}
    assert limits["cpu.max"] == "150000 100000"
    assert limits["memory.max"] == str(GIB)
    assert limits["memory.oom.group"] == "1"
    assert [path.name for path, _ in groups.halt] == ["pids.max", "cgroup.kill"]


def test_missing_controllers_are_said(trees: Path) -> None:
    (trees / "unified/cgroup.controllers").write_text("hugetlb\n")
    with pytest.raises(OSError, match="cpu, memory, pids"):
        cgroup.find("site", mounts(trees, f"cgroup2 {trees}/unified cgroup2 rw 0 0"))
    with pytest.raises(OSError, match="no control groups"):
        cgroup.find("site", mounts(trees, "proc /proc proc rw 0 0"))


def test_both_versions_count_the_same() -> None:
    one = {
        "cpuacct.usage": "2500000999\n",
        "memory.max_usage_in_bytes": "4096\n",
        "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
    }
    two = {
        "cpu.stat": "usage_usec 2500000\nuser_usec 1\n",
        "memory.peak": "4096\n",
        "memory.events": "low 0\noom 3\noom_kill 2\noom_group_kill 1\n",
    }
    assert cgroup.account(one) == cgroup.account(two) == cgroup.Account(2_500_000, 4096, 2)
    assert cgroup.account({}) is None


def test_isolation_is_kernel_only_where_everything_is_enforced(trees: Path) -> None:
    groups = cgroup.find("site", mounts(trees, f"cgroup2 {trees}/unified cgroup2 rw 0 0"))
    for walls in (True, False):
        for images in (True, False):
            for held in (groups, None):
                able = ground.Ground(walls, held, images).abilities()
                whole = walls and images and held is not None
                assert (able.isolation is Isolation.KERNEL) == whole
                assert (able.isolation is Isolation.NONE) == (not walls)
                assert (Limit.MEMORY in able.limits) == (held is not None)
                assert (Limit.NETWORK in able.limits) == walls


NVIDIA = """0, GPU-1a2b, NVIDIA H100 80GB HBM3, 81559
1, GPU-3c4d, NVIDIA A100 80GB PCIe, 81920
2, GPU-5e6f, NVIDIA GeForce RTX 9999, 24564
3, GPU-dead, NVIDIA H100 80GB HBM3, [N/A]
"""


def test_nvidia_cards_are_named_as_in_the_catalogue() -> None:
    cards = inventory.nvidia_cards(NVIDIA)
    assert [(card.name, card.model, card.identity) for card in cards] == [
        ("nvidia-0", "h100-sxm-80g", "GPU-1a2b"),
        ("nvidia-1", "a100-pcie-80g", "GPU-3c4d"),
        ("nvidia-2", "NVIDIA GeForce RTX 9999", "GPU-5e6f"),
    ]
    assert cards[0].memory == 81559 << 20
    assert inventory.nvidia_cards("No devices were found\n") == ()


def test_this_machine_has_a_card_a_core(tmp_path: Path) -> None:
    machine = inventory.discover(tmp_path)
    assert machine.count(inventory.Kind.CPU) == machine.cores == len(os.sched_getaffinity(0))
    assert machine.memory > 0
    assert machine.disk > 0


def test_outcomes_follow_the_record() -> None:
    end = {"why": "", "exit": "1", "bytes": str(64 << 20), "bytes_free": str(60 << 20), "files_free": "5", "until": "0"}
    oom = {"cpuacct.usage": "0", "memory.oom_control": "oom_kill 1"}
    assert record.classify({**end, "exit": "0"}) is Outcome.SUCCEEDED
    assert record.classify({**end, "exit": "0", **oom}) is Outcome.SUCCEEDED
    assert record.classify(end) is Outcome.FAILED
    assert record.classify({**end, **oom}) is Outcome.OUT_OF_MEMORY
    assert record.classify({**end, "bytes_free": "4096"}) is Outcome.DISK_LIMIT
    assert record.classify({**end, "files_free": "0"}) is Outcome.DISK_LIMIT
    for why in ("time_limit", "disk_limit", "cancelled", "failed_to_start", "lost"):
        assert record.classify({**end, **oom, "why": why}) is Outcome(why)


def test_a_clock_set_back_meanwhile_bills_nobody() -> None:
    look = record.ended({"why": "", "exit": "0", "at": "1000.5", "wall": "2.25", "until": "5"})
    assert look.state is State.ENDED
    assert look.started_at
    assert look.ended_at == look.started_at + timedelta(seconds=2.25)


words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(st.dictionaries(words, words))
@settings(max_examples=40, deadline=None)
def test_records_come_back_as_written(tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]) -> None:
    path = tmp_path_factory.mktemp("record") / "ended"
    supervisor.record(str(path), dict(values))
    assert record.pairs(path) == values


names = st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(st.lists(names, min_size=1, max_size=4).map("/".join))
@settings(max_examples=200, deadline=None)
def test_every_name_is_refused_or_stays_inside(name: str) -> None:
    try:
        Work(command=("x",), inputs={name: b""})
    except Refusal:
        return
    assert os.path.normpath(f"/work/{name}").startswith("/work/")
    assert "/../" not in f"/{name}/"


def test_results_show_names_that_are_no_text(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / os.fsdecode(b"caf\xe9")).write_bytes(b"latin")
    (folder / "a\\xe9").write_bytes(b"plain backslash")
    assert [file.name for file in results.listing(tmp_path)] == ["a\\xe9", "caf\\xe9"]
    assert results.read(tmp_path, "caf\\xe9", 0, 99) == b"latin"
    assert results.read(tmp_path, "a\\xe9", 2, 3) == b"ain"
    assert results.listing(tmp_path / "nothing") == ()


def test_the_filter_is_whole_and_jumps_nowhere_else() -> None:
    for machine in seccomp.MACHINES:
        program = seccomp.filter_program(machine)
        steps = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
        assert steps[-1] == (seccomp.RETURN, 0, 0, seccomp.ALLOW)
        for at, (code, yes, no, _) in enumerate(steps):
            if code != seccomp.RETURN:
                assert at + 1 + max(yes, no) < len(steps)
    assert seccomp.filter_program("riscv64") == b""


def test_environments_carry_their_contents_in_their_name(tmp_path: Path) -> None:
    one = environment.Environments(tmp_path, {"x": environment.Template(("a==1",)), "plain": environment.Template()})
    two = environment.Environments(tmp_path, {"x": environment.Template(("a==2",))})
    assert one.path("plain") is None
    assert one.path("x") != two.path("x")
    assert not one.prepare("plain").built
    with pytest.raises(Refusal, match="unknown-environment"):
        one.path("y")


def test_an_environment_that_cannot_be_built_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        environment, "installer", lambda target, template: ["sh", "-c", f"mkdir {target}; echo no such package >&2; exit 1"]
    )
    site = environment.Environments(tmp_path, {"x": environment.Template(("a==1",))})
    with pytest.raises(Refusal, match="no such package"):
        site.prepare("x")
    path = site.path("x")
    assert path
    assert not path.exists()
    monkeypatch.setattr(environment, "installer", lambda target, template: ["sh", "-c", f"mkdir {target}"])
    assert site.prepare("x").built
    assert not site.prepare("x").built
    assert path.is_dir()
