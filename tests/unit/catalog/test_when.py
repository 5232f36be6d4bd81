"""When work may begin: what a buyer may ask for, and the words of each no."""

from datetime import UTC, datetime, timedelta

import pytest

from suanshi.catalog.when import AT_ONCE, HORIZON, When

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_at_once_is_the_absence_of_any_wish() -> None:
    assert When().at_once
    assert AT_ONCE.check(3600, NOW) is None
    assert not When(start_by=NOW + HOUR).at_once


def test_the_latest_start_is_what_every_limit_allows() -> None:
    assert When(start=NOW + HOUR).latest(60) == NOW + HOUR
    assert When(start_by=NOW + 2 * HOUR, finish_by=NOW + 2 * HOUR).latest(3600) == NOW + HOUR
    assert When(start_by=NOW + HOUR, finish_by=NOW + 9 * HOUR).latest(3600) == NOW + HOUR


@pytest.mark.parametrize(
    ("when", "field"),
    [
        (When(start=NOW + HOUR, start_by=NOW + 2 * HOUR), "start"),
        (When(start=NOW), "start"),
        (When(start_by=NOW - HOUR), "start_by"),
        (When(finish_by=NOW + HOUR - timedelta(seconds=1)), "finish_by"),
        (When(start=NOW + HORIZON + timedelta(seconds=1)), "start"),
        (When(finish_by=datetime.max.replace(tzinfo=UTC)), "finish_by"),
    ],
)
def test_times_nobody_can_meet_are_refused_by_name(when: When, field: str) -> None:
    refusal = when.check(3600, NOW)
    assert refusal is not None
    assert refusal.where == field


def test_the_very_edge_of_the_possible_is_accepted() -> None:
    assert When(finish_by=NOW + HOUR).check(3600, NOW) is None
    assert When(start=NOW + HORIZON).check(3600, NOW) is None
