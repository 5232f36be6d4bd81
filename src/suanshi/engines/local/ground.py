"""What this machine lets us enforce, found out by trying: sandbox, control groups, disk images; and what follows."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from suanshi.catalog.site import Isolation
from suanshi.engines.local import sandbox
from suanshi.engines.local.cgroup import Hierarchy, find
from suanshi.fleet.executor import Abilities, Limit
from suanshi.kit.refusal import Text

MOUNT = "mount -o loop,nosuid,nodev,noatime disk.img disk"


@dataclass(frozen=True, slots=True)
class Ground:
    """`sandbox`: walls work. `groups`: the kernel's limits. `images`: each run can have a disk of its own size."""

    sandbox: bool
    groups: Hierarchy | None
    images: bool
    notes: tuple[Text, ...] = ()

    def abilities(self) -> Abilities:
        limits = {Limit.LOG, Limit.TIME, Limit.DISK}
        if self.groups:
            limits |= {Limit.CPU, Limit.MEMORY, Limit.PROCESSES}
        if self.sandbox:
            limits |= {Limit.NETWORK, Limit.PROCESSES}
        walled = Isolation.KERNEL if self.groups and self.images else Isolation.SOFT
        isolation = walled if self.sandbox else Isolation.NONE
        return Abilities(isolation, frozenset(limits), slice=self.groups is not None, notes=self.notes)


def survey(state: Path, site: str) -> Ground:
    """Try each means once. Every miss becomes a note that the operator can read."""
    notes: list[Text] = []
    no_walls = sandbox.works()
    if no_walls:
        notes.append(Text(f"没有沙箱：{no_walls}", f"no sandbox: {no_walls}"))
    groups: Hierarchy | None = None
    try:
        groups = find(site)
    except OSError as error:
        notes.append(Text(f"内核限额不可用：{error}", f"limits by the kernel are not available: {error}"))
    no_images = _no_images(state)
    if no_images:
        notes.append(Text(f"磁盘限额只能靠巡查：{no_images}", f"disk limits are watched, not enforced: {no_images}"))
    return Ground(not no_walls, groups, not no_images, tuple(notes))


def make_image(folder: Path, size: int) -> None:
    """Turn `folder`/tree into `folder`/disk.img, a file system of `size` bytes. Raises CalledProcessError if it does
    not fit."""
    image = folder / "disk.img"
    with image.open("wb") as file:
        file.truncate(size)
    options = ["-q", "-F", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-E", "lazy_itable_init=1,nodiscard"]
    make = [_mke2fs() or "mke2fs", *options, "-d", str(folder / "tree"), str(image)]
    subprocess.run(make, capture_output=True, text=True, check=True, env={"PATH": os.defpath})
    shutil.rmtree(folder / "tree")
    (folder / "disk").mkdir()


def _no_images(state: Path) -> str:
    """Empty if a small image can be made, mounted and taken away again, else the reason."""
    if os.geteuid() != 0:
        return "only root can mount a disk image"
    if _mke2fs() is None:
        return "mke2fs (e2fsprogs) is not installed"
    with tempfile.TemporaryDirectory(dir=state) as name:
        (Path(name) / "tree").mkdir()
        make_image(Path(name), 4 << 20)
        trial = ["unshare", "--mount", "/bin/sh", "-c", MOUNT]  # in names of its own: the mount goes with its shell
        done = subprocess.run(trial, cwd=name, capture_output=True, text=True, timeout=120, check=False)
    return done.stderr.strip() if done.returncode else ""


def _mke2fs() -> str | None:
    return shutil.which("mke2fs", path=f"{os.defpath}:/usr/sbin:/sbin")
