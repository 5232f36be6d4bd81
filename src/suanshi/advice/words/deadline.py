"""When it must be done: "周五前", "三天内", "by next Monday", "12月1日" become a moment in China's time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from suanshi.advice.words.numerals import pattern, value
from suanshi.kit.refusal import Text

CHINA = timezone(timedelta(hours=8), "UTC+08:00")
CLOSE_OF_DAY = time(18)  # a day named without an hour ends with the working day

_DAYS_ZH = "一二三四五六日"
_DAYS_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_UNITS = {
    r"分钟|minutes?|mins?": 60,
    r"个?小时|hours?|hrs?|h": 3600,
    r"天|日|days?": 86400,
    r"个?(?:周|星期|礼拜)|weeks?": 7 * 86400,
    r"个?月|months?": 30 * 86400,
}
_UNIT = "|".join(_UNITS)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment meant by text[start:end]; `read_as` says how vague words were taken, if they were."""

    at: datetime
    start: int
    end: int
    read_as: Text | None = None


def seconds(unit: str) -> int:
    """Length of a unit of time in either language. Raises KeyError for a word that is none."""
    for rule, length in _UNITS.items():
        if re.fullmatch(rule, unit):
            return length
    raise KeyError(unit)


def deadlines(text: str, now: datetime) -> list[Deadline]:
    """Every deadline in normalised `text`. A date that does not exist is passed over; the past is left to the reader."""
    local = now.astimezone(CHINA)
    found = [*_relative(text, local), *_calendar(text, local), *_days(text, local), *_weekdays(text, local)]
    kept: list[Deadline] = []
    for candidate in found:
        if not any(k.start < candidate.end and candidate.start < k.end for k in kept):
            kept.append(candidate)
    return sorted(kept, key=lambda d: d.start)


def _relative(text: str, now: datetime) -> list[Deadline]:
    """ "三天内", "within 48 hours", "in two weeks"."""
    rules = (
        rf"{{n}}\s*({_UNIT})\s*(?:之内|以内|内|后要|后交|之前)",
        rf"\b(?:within|in under|in less than|in)\s+(?:the next\s+)?{{n}}\s*({_UNIT})\b",
    )
    found = []
    for match in (m for rule in rules for m in pattern(rule).finditer(text)):
        length = min(value(match[1]) * seconds(match[2]), 3650 * 86400)  # ten years: further is no deadline
        found.append(Deadline(now + timedelta(seconds=length), match.start(), match.end()))
    return found


def _calendar(text: str, now: datetime) -> list[Deadline]:
    """ "2026-12-05", "12月5日", "Dec 5th", "5 December"."""
    found = []
    for match in re.finditer(r"(\d{4})\s*[-/年.]\s*(\d{1,2})\s*[-/月.]\s*(\d{1,2})\s*[日号]?", text):
        found.append(_on(int(match[1]), int(match[2]), int(match[3]), match))
    for match in re.finditer(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?", text):
        found.append(_next(int(match[1]), int(match[2]), now, match))
    months = "|".join(_MONTHS)
    for match in re.finditer(rf"\b({months})[a-z]*\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b", text):
        found.append(_next(_MONTHS.index(match[1]) + 1, int(match[2]), now, match))
    for match in re.finditer(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+({months})[a-z]*\b", text):
        found.append(_next(_MONTHS.index(match[2]) + 1, int(match[1]), now, match))
    return [deadline for deadline in found if deadline]


def _on(year: int, month: int, day: int, match: re.Match[str]) -> Deadline | None:
    try:
        at = datetime.combine(date(year, month, day), CLOSE_OF_DAY, CHINA)
    except ValueError:
        return None
    return _explained(at, match)


def _next(month: int, day: int, now: datetime, match: re.Match[str]) -> Deadline | None:
    """A date without a year: this year's, or next year's once it lies months behind."""
    this = _on(now.year, month, day, match)
    if this and this.at < now - timedelta(days=90):
        return _on(now.year + 1, month, day, match)
    return this


def _explained(at: datetime, match: re.Match[str]) -> Deadline:
    said = match[0].strip()
    moment = f"{at:%Y-%m-%d %H:%M}"
    return Deadline(
        at,
        match.start(),
        match.end(),
        Text(f"“{said}”按北京时间 {moment} 理解", f'"{said}" is taken as {moment}, China time'),
    )


def _days(text: str, now: datetime) -> list[Deadline]:
    """ "明天", "tonight", "月底", "end of the month"."""
    month_end = (now.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    week_end = now + timedelta(days=(4 - now.weekday()) % 7)
    rules: tuple[tuple[str, datetime, time], ...] = (
        (r"昨天|昨日|yesterday", now - timedelta(days=1), CLOSE_OF_DAY),
        (r"今晚|今夜|tonight", now, time(23, 59)),
        (r"今天|今日|\btoday\b|当天", now, CLOSE_OF_DAY),
        (r"大后天", now + timedelta(days=3), CLOSE_OF_DAY),
        (r"后天|day after tomorrow", now + timedelta(days=2), CLOSE_OF_DAY),
        (r"明晚|tomorrow night", now + timedelta(days=1), time(23, 59)),
        (r"明天|明日|\btomorrow\b", now + timedelta(days=1), CLOSE_OF_DAY),
        (r"月底|月末|end of (?:the |this )?month", month_end, CLOSE_OF_DAY),
        (r"(?:本|这)周内|end of (?:the |this )?week", week_end, CLOSE_OF_DAY),
    )
    found = []
    for rule, day, hour in rules:
        for match in re.finditer(rf"(?:by |before )?(?:{rule})(?:之前|前)?", text):
            at = datetime.combine(day.date(), hour, CHINA)
            found.append(
                _explained(
                    max(at, datetime.combine(day.date(), time(23, 59), CHINA)) if at < now <= at + timedelta(hours=6) else at,
                    match,
                )
            )
    return found


def _weekdays(text: str, now: datetime) -> list[Deadline]:
    """ "周五前", "下周三", "by Friday", "next Monday"."""
    found = []
    for match in re.finditer(rf"(下下|下|本|这)?(?:个)?(?:周|星期|礼拜)([{_DAYS_ZH}天末])(?:之前|以前|前)?", text):
        weekday = 5 if match[2] == "末" else 6 if match[2] == "天" else _DAYS_ZH.index(match[2])
        weeks = {"下": 1, "下下": 2}.get(match[1] or "", 0)
        found.append(_explained(_weekday(now, weekday, weeks), match))
    for match in re.finditer(rf"\b(?:by |before |on |until )?(next |this )?({'|'.join(_DAYS_EN)})[a-z]*day\b", text):
        found.append(_explained(_weekday(now, _DAYS_EN.index(match[2]), int(match[1] == "next ")), match))
    return found


def _weekday(now: datetime, weekday: int, weeks: int) -> datetime:
    """That day of this week (or `weeks` later); once it is over, the plain word means the next one."""
    monday = now.date() - timedelta(days=now.weekday())
    at = datetime.combine(monday + timedelta(days=weekday, weeks=weeks), CLOSE_OF_DAY, CHINA)
    return at + timedelta(weeks=1) if at <= now else at
