"""The words everything is said in: identifiers sort by time, spans are half open, refusals speak both languages."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanshi.kit import ids
from suanshi.kit.refusal import INVALID, KINDS, invalid, kind, not_found
from suanshi.kit.span import Span

ZERO = datetime(2026, 1, 1, tzinfo=UTC)


def test_identifiers_are_new_and_sort_by_the_millisecond_they_were_made_in() -> None:
    earlier = {ids.new("ord") for _ in range(500)}
    time.sleep(0.002)
    later = {ids.new("ord") for _ in range(500)}
    assert len(earlier | later) == 1000
    assert max(earlier) < min(later)
    assert all(len(one) == 30 and one.startswith("ord_") for one in earlier)


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_spans_overlap_exactly_when_they_share_a_moment(a: int, long: int, b: int, lasting: int) -> None:
    one, other = (Span.lasting(ZERO + timedelta(seconds=s), n) for s, n in ((a, long), (b, lasting)))
    share = any(one.contains(m) and other.contains(m) for m in (one.start, other.start))
    assert one.overlaps(other) == other.overlaps(one)
    if long and lasting:
        assert one.overlaps(other) == share


def test_a_second_begun_is_a_second_and_nonsense_is_no_span() -> None:
    assert Span(ZERO, ZERO + timedelta(seconds=2, microseconds=1)).seconds == 3
    with pytest.raises(ValueError, match="no length"):
        _ = Span(ZERO).seconds
    with pytest.raises(ValueError, match="before it starts"):
        Span(ZERO, ZERO - timedelta(seconds=1))
    with pytest.raises(ValueError, match="zone"):
        Span(datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_refusal_says_what_is_wrong_and_what_next_in_both_languages() -> None:
    no = invalid("cards", "必须大于零", "must be above zero {not a place}")
    assert (no.code, no.where) == ("invalid", "cards")
    assert no.cause("zh") == "cards：必须大于零。"
    assert no.cause("en") == "cards: must be above zero {not a place}."
    assert not_found("order", "ord_{x}").cause("en").endswith("ord_{x}.")
    with pytest.raises(ValueError, match="twice"):
        kind(INVALID.code, 422, ("一", "one"), ("二", "two"))


def test_every_refusal_is_whole() -> None:
    for found in KINDS.values():
        assert 400 <= found.status < 600, found.code
        assert all((found.cause.zh, found.cause.en, found.next.zh, found.next.en)), found.code
