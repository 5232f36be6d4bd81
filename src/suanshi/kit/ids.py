"""Identifiers a person can recognise (`ord_...`) and a database can sort: time first, then chance."""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]  # two digits at a time


def _base32(value: int, length: int) -> str:
    return "".join([_PAIRS[value >> shift & 1023] for shift in range(5 * length - 10, -1, -10)])


def new(prefix: str) -> str:
    """`prefix_` and 26 characters: 48 bits of milliseconds and 80 random bits (the layout of a ULID)."""
    return f"{prefix}_{_base32(time.time_ns() // 1_000_000, 10)}{_base32(secrets.randbits(80), 16)}"
