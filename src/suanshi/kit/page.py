"""A long list handed out piece by piece; the cursor says where the next piece starts, and means nothing to its bearer."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from suanshi.kit.refusal import invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    next_cursor: str | None


def page(rows: Sequence[T], limit: int, place: Callable[[T], str]) -> Page[T]:
    """A page out of up to `limit` + 1 rows: the one too many proves that there is more. `place` names a row's place."""
    items = tuple(rows[:limit])
    return Page(items, cursor(place(items[-1])) if len(rows) > limit else None)


def cursor(place: str) -> str:
    return urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place(cursor: str | None) -> str | None:
    """The place that a cursor of ours names; raises a refusal for one that we did not make."""
    if cursor is None:
        return None
    try:
        found = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (Error, ValueError):
        found = ""
    if not found or not found.isprintable():
        raise invalid("cursor", "不是本平台给出的游标", "is not a cursor that we gave")
    return found
