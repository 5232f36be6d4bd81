from __future__ import annotations

from datetime import UTC, datetime

import pytest

from suanshi.placement.calendar import LAST, Booking, Calendar, No, Piece, term_end

HOUR = 3600
DAY = 24 * HOUR


def test_an_advance_reservation_holds_and_a_later_request_is_told_when() -> None:
    calendar = Calendar(8)
    assert isinstance(calendar.book("a", 10 * HOUR, 4 * HOUR, 8), Booking)
    no = calendar.book("b", 12 * HOUR, HOUR, 1)
    assert isinstance(no, No)
    assert (no.code, no.earliest) == ("full", 14 * HOUR)
    assert calendar.book_earliest("c", 8, 10 * HOUR, 0) == Booking("c", (Piece(0, 10 * HOUR, 8),))


def test_short_work_is_filled_in_before_a_reservation() -> None:
    calendar = Calendar(8)
    calendar.book("block", 5 * HOUR, 10 * HOUR, 8)
    assert calendar.earliest(4, 5 * HOUR, 0) == 0
    assert calendar.earliest(4, 6 * HOUR, 0) == 15 * HOUR
    assert calendar.earliest(4, 6 * HOUR, 0, finish_by=20 * HOUR) is None
    assert calendar.earliest(4, 6 * HOUR, 0, start_by=14 * HOUR) is None


def test_eight_cards_for_a_day_are_sold_as_any_192_card_hours() -> None:
    calendar = Calendar(8)
    calendar.book("peak", 9 * HOUR, 9 * HOUR, 6)
    made = calendar.book_hours("flexible", 192 * HOUR, 0, 2 * DAY, 8)
    assert isinstance(made, Booking)
    assert made.card_seconds == 192 * HOUR
    assert made.pieces[:2] == (Piece(0, 9 * HOUR, 8), Piece(9 * HOUR, 18 * HOUR, 2))
    no = calendar.book_hours("more", 500 * HOUR, 0, 2 * DAY, 8)
    assert isinstance(no, No)
    assert no.code == "window"


def test_maintenance_displaces_the_last_made_and_blocks_new_bookings() -> None:
    calendar = Calendar(8)
    calendar.book("first", 0, 10 * HOUR, 4)
    calendar.book("second", 0, 10 * HOUR, 4)
    assert calendar.close("power", 5 * HOUR, 6 * HOUR, 4) == ("second",)
    assert calendar.free(5 * HOUR, 6 * HOUR) == 0
    calendar.release("second", at=5 * HOUR)
    assert calendar.displaced() == ()
    assert calendar.free(6 * HOUR, 7 * HOUR) == 4
    calendar.open("power")
    assert calendar.free(5 * HOUR, 7 * HOUR) == 4


def test_a_pool_that_shrinks_under_its_bookings_sells_nothing_more() -> None:
    calendar = Calendar(8)
    calendar.book("a", 0, HOUR, 6)
    assert calendar.resize(4) == ("a",)
    assert isinstance(calendar.book("b", 0, HOUR, 1), No)
    assert isinstance(calendar.book("c", HOUR, HOUR, 4), Booking)
    assert calendar.resize(8) == ()


def test_time_goes_forward_only() -> None:
    calendar = Calendar(8)
    calendar.book("a", 0, HOUR, 8)
    calendar.forget(2 * HOUR)
    calendar.forget(HOUR)  # a clock that jumps back changes nothing
    assert calendar.bookings == {}
    no = calendar.book("b", HOUR, HOUR, 1)
    assert isinstance(no, No)
    assert no.code == "past"


@pytest.mark.parametrize(("start", "seconds", "cards"), [(0, 0, 1), (0, -5, 1), (0, 5, 0), (0, 5, 10**30), (LAST, 9, 1)])
def test_absurd_sizes_are_refused(start: int, seconds: int, cards: int) -> None:
    calendar = Calendar(8)
    no = calendar.book("a", start, seconds, cards)
    assert isinstance(no, No)
    assert no.code == "size"
    assert isinstance(calendar.book_hours("b", 10**30, 0, 10 * HOUR, 8), No)
    assert isinstance(calendar.book_hours("c", HOUR, 0, 10 * HOUR, 8, step=0), No)
    assert calendar.earliest(cards, seconds, 0) is None or seconds > 0


def test_ids_are_used_once_and_unknown_ones_are_named() -> None:
    calendar = Calendar(8)
    calendar.book("a", 0, HOUR, 1)
    assert isinstance(again := calendar.book("a", 0, HOUR, 1), No)
    assert again.code == "taken"
    assert isinstance(none := calendar.extend("z", HOUR), No)
    assert none.code == "unknown"
    assert calendar.release("z") == ()
    with pytest.raises(ValueError, match="two bookings"):
        Calendar.restore(8, [Booking("a", ()), Booking("a", ())])


@pytest.mark.parametrize(
    ("start", "count", "unit", "end"),
    [
        ("2026-01-31T04:00:00", 1, "month", "2026-02-28T04:00:00"),
        ("2026-01-31T20:00:00", 1, "month", "2026-02-28T20:00:00"),  # already 1 February in China
        ("2026-11-15T00:00:00", 14, "month", "2028-01-15T00:00:00"),
        ("2026-03-01T00:00:00", 2, "week", "2026-03-15T00:00:00"),
        ("2026-03-01T00:00:00", 1, "day", "2026-03-02T00:00:00"),
    ],
)
def test_terms_end_on_the_calendar_of_china(start: str, count: int, unit: str, end: str) -> None:
    def seconds(text: str) -> int:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())

    assert term_end(seconds(start), count, unit) == seconds(end)  # type: ignore[arg-type]
