"""Reads plain words in Chinese or English into the form of a purchase, by rules, and says what it assumed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from suanshi.advice.model import models
from suanshi.advice.words.deadline import CHINA
from suanshi.advice.words.notes import Notes
from suanshi.advice.words.parsed import Named, Parsed, Question
from suanshi.advice.words.said import Said, read
from suanshi.advice.words.wanted import named, wishes
from suanshi.advice.words.work import workload
from suanshi.catalog.accelerator import accelerators

__all__ = ["Named", "Parsed", "Question", "parse"]


def parse(text: str, today: date | datetime) -> Parsed:
    """The form `text` fills, whoever wrote it: never raises for any text. `today` alone counts as nine in the morning.

    Only the first 4,000 characters are read. Nothing is sent anywhere.
    """
    now = _moment(today)
    said: Said = read(text, now, accelerators(), models())
    notes = Notes()
    work = workload(said, notes)
    wanted = wishes(said, now, notes)
    hardware = named(said, notes)
    return Parsed(
        text=text,
        workload=work,
        wishes=wanted,
        named=hardware,
        card_choices=said.card_choices,
        assumptions=tuple(dict.fromkeys(notes.assumptions)),
        questions=tuple(notes.questions),
    )


def _moment(today: date | datetime) -> datetime:
    if not isinstance(today, datetime):
        return datetime.combine(today, time(9), CHINA)
    return today if today.tzinfo else today.replace(tzinfo=UTC)
