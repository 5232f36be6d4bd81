"""Lengths of time as people write them (90, 45s, 30m, 2h, 1d), and moments: in 2h, or 2026-12-01T09:00."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import typer

from suanshi.kit.clock import now

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}


def seconds(text: str | int) -> int:
    """Whole seconds (a default comes as a number already). Anything else is a usage error."""
    found = re.fullmatch(r"([0-9]{1,9})([smhd]?)", str(text).strip(), re.ASCII)
    if not found:
        raise typer.BadParameter(f"{text!r}: 90, 45s, 30m, 2h, 1d")
    return int(found[1]) * _UNITS[found[2]]


def moment(text: str) -> str:
    """A moment with its zone: so long from now, or a date and time (this machine's zone, if none is named)."""
    try:
        if re.fullmatch(r"[0-9]{1,9}[smhd]", text.strip(), re.ASCII):
            return (now() + timedelta(seconds=seconds(text))).isoformat()
        return datetime.fromisoformat(text.strip()).astimezone().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise typer.BadParameter(f"{text!r}: 2h, 2026-12-01T09:00, 2026-12-01T09:00+08:00") from error
