"""Lengths of time as people write them: 90, 45s, 30m, 2h, 1d."""

from __future__ import annotations

import re

import typer

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds(text: str | int) -> int:
    """Whole seconds (a default comes as a number already). Anything else is a usage error."""
    found = re.fullmatch(r"([0-9]{1,9})([smhd]?)", str(text).strip(), re.ASCII)
    if not found:
        raise typer.BadParameter(f"{text!r}: 90, 45s, 30m, 2h, 1d")
    return int(found[1]) * _UNITS[found[2]]
