"""Days and months as a Chinese operator's books know them: Beijing time, half-open."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from suanshi.kit.refusal import invalid
from suanshi.kit.span import Span

ZONE = timezone(timedelta(hours=8), "UTC+8")


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def day(of: date) -> Span:
    start = datetime(of.year, of.month, of.day, tzinfo=ZONE)
    return Span(start, start + timedelta(days=1))


def month(text: str) -> Span:
    """The month that "2026-11" names; refuses anything else."""
    try:
        start = datetime.strptime(text, "%Y-%m").replace(tzinfo=ZONE)
    except ValueError:
        raise invalid("month", "格式应为 2026-11", "must look like 2026-11") from None
    return Span(start, (start + timedelta(days=32)).replace(day=1))


def month_of(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y-%m}"
