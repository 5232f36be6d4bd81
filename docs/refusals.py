"""Writes docs/refusals.md from the refusals that the code declares: `python docs/refusals.py > docs/refusals.md`."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

import suanshi
from suanshi.kit.refusal import KINDS, Kind

HEAD = """# 拒绝代码 Refusals

Every "no" of the platform has one of these codes. The API sends it as `application/problem+json` (RFC 9457) with `code`,
`status`, `detail` (what is wrong), `next` (what to do), `fault` (who has to act), `charged` (whether money moved), `where`
(the field or thing at fault) and `reasons`; the command line prints the same two sentences and ends with status 1. Words in
braces are filled in each answer. `GET /api/v1/refusals` gives this table to programs. Written by `docs/refusals.py`.

| code | status | fault | 中文 | English |
|---|---|---|---|---|
"""


def load_everything() -> None:
    """Import every module that can declare a refusal."""
    for module in pkgutil.walk_packages(suanshi.__path__, "suanshi."):
        if not module.name.endswith("__main__") and ".migrations" not in module.name:
            import_module(module.name)


def row(kind: Kind) -> str:
    told = (f"{kind.cause.zh}{kind.next.zh}", f"{kind.cause.en} {kind.next.en}")
    cells = (f"`{kind.code}`", str(kind.status), kind.fault.value, *told)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    load_everything()
    sys.stdout.write(HEAD + "".join(row(KINDS[code]) for code in sorted(KINDS)))
