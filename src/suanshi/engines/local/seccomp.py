"""The system calls that no run needs and every escape likes: namespaces of one's own, kernel keys, BPF, io_uring."""

from __future__ import annotations

import platform
import struct
from dataclasses import dataclass
from errno import ENOSYS, EPERM

ALLOW = 0x7FFF0000
ERRNO = 0x00050000
NAMESPACES = 0x7E020000  # every CLONE_NEW* flag of clone(2)
X32 = 0x40000000  # the second set of call numbers on x86-64

LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCH, FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, little-endian


@dataclass(frozen=True, slots=True)
class Machine:
    """Its audit number, and the numbers of its calls."""

    arch: int
    clone: int
    clone3: int
    denied: tuple[int, ...]


# In this order: unshare, setns, add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd, io_uring (three).
MACHINES = {
    "x86_64": Machine(0xC000003E, 56, 435, (272, 308, 248, 249, 250, 321, 298, 323, 425, 426, 427)),
    "aarch64": Machine(0xC00000B7, 220, 435, (97, 268, 217, 218, 219, 280, 241, 282, 425, 426, 427)),
}


def filter_program(machine: str = platform.machine()) -> bytes:
    """A classic BPF program for `bwrap --seccomp`; empty for a machine whose call numbers are not listed."""
    known = MACHINES.get(machine)
    if known is None:
        return b""
    steps = [
        (LOAD, 0, 0, ARCH),
        *_unless(EQUAL, known.arch, ENOSYS),  # 32-bit calls have numbers of their own
        (LOAD, 0, 0, NUMBER),
        *_if(AT_LEAST, X32, ENOSYS),
        *_if(EQUAL, known.clone3, ENOSYS),  # its flags lie in memory, where no filter can see them: clone is used instead
        *(step for number in known.denied for step in _if(EQUAL, number, EPERM)),
        (EQUAL, 0, 3, known.clone),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        *_if(ANY_BIT, NAMESPACES, EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)


def _if(test: int, value: int, error: int) -> list[tuple[int, int, int, int]]:
    return [(test, 0, 1, value), (RETURN, 0, 0, ERRNO | error)]


def _unless(test: int, value: int, error: int) -> list[tuple[int, int, int, int]]:
    return [(test, 1, 0, value), (RETURN, 0, 0, ERRNO | error)]
