"""Reads what a program left behind without trusting it: no link is followed, nothing but a regular file is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from suanshi.fleet.executor import ResultFile
from suanshi.kit.units import MIB

DEPTH = 32
COUNT = 10_000
READ_LIMIT = 16 * MIB

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def listing(folder: Path) -> tuple[ResultFile, ...]:
    """The first ten thousand regular files, at most 32 folders deep, by name."""
    found: list[ResultFile] = []
    top = _top(folder)
    if top is None:
        return ()
    try:
        for parts, size in _walk(top, (), DEPTH):
            found.append(ResultFile(_shown(parts), size))
            if len(found) == COUNT:
                break
    finally:
        os.close(top)
    return tuple(sorted(found, key=lambda file: file.name))


def read(folder: Path, name: str, offset: int, limit: int) -> bytes | None:
    """A piece of one file; None if there is no regular file of that shown name."""
    top = _top(folder)
    if top is None:
        return None
    try:
        parts = _find(top, name)
        return _piece(top, parts, offset, limit) if parts else None
    finally:
        os.close(top)


def tail(path: Path, offset: int, limit: int) -> tuple[bytes, int]:
    """Bytes of our own log from `offset`, and how many there are in all."""
    try:
        with path.open("rb") as file:
            # A file system refuses places far beyond any file.
            file.seek(min(max(0, offset), os.fstat(file.fileno()).st_size))
            return file.read(max(0, min(limit, READ_LIMIT))), os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return b"", 0


def _top(folder: Path) -> int | None:
    """The results once kept, before that the program's own output folder; twice, since one may turn into the other."""
    for path in ("results", "disk/work/output", "results"):
        try:
            return os.open(folder / path, _FOLDER)
        except OSError:
            continue
    return None


def _walk(top: int, above: tuple[bytes, ...], depth: int) -> Iterator[tuple[tuple[bytes, ...], int]]:
    with os.scandir(top) as entries:
        names = sorted(os.fsencode(entry.name) for entry in entries)
    for name in names:
        try:
            seen = os.stat(name, dir_fd=top, follow_symlinks=False)
            if stat.S_ISREG(seen.st_mode):
                yield (*above, name), seen.st_size
            elif stat.S_ISDIR(seen.st_mode) and depth > 1:
                inner = os.open(name, _FOLDER, dir_fd=top)
                try:
                    yield from _walk(inner, (*above, name), depth - 1)
                finally:
                    os.close(inner)
        except OSError:
            continue  # it went, or changed its kind, while we looked


def _find(top: int, name: str) -> tuple[bytes, ...] | None:
    plain = tuple(part.encode(errors="surrogatepass") for part in name.split("/"))
    if "\\x" not in name:
        return plain
    return next((parts for parts, _ in _walk(top, (), DEPTH) if _shown(parts) == name), plain)


def _piece(top: int, parts: tuple[bytes, ...], offset: int, limit: int) -> bytes | None:
    if any(part in (b"", b".", b"..") or b"\0" in part for part in parts):
        return None
    opened: list[int] = []
    try:
        at = top
        for part in parts[:-1]:
            at = os.open(part, _FOLDER, dir_fd=at)
            opened.append(at)
        file = os.open(parts[-1], _FILE, dir_fd=at)
        opened.append(file)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return None
        return os.pread(file, max(0, min(limit, READ_LIMIT)), max(0, offset))
    except OSError:
        return None
    finally:
        for fd in opened:
            os.close(fd)


def _shown(parts: tuple[bytes, ...]) -> str:
    return "/".join(part.decode(errors="backslashreplace") for part in parts)
