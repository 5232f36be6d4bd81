"""Metering: whatever the samples, the intervals fill the window exactly and no time is counted twice."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.kit.refusal import Refusal
from suanshi.kit.span import Span
from suanshi.kit.units import MilliCards
from suanshi.metering.interval import seal, usage
from suanshi.metering.sample import Sample

T0 = datetime(2026, 11, 3, 8, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def sample(seq: int, start: float, end: float, cards: int = 1000, cpu: int = 0, peak: int = 0) -> Sample:
    return Sample("les_1", seq, Span(at(start), at(end)), MilliCards(cards), cpu, peak)


@st.composite
def _samples(draw: st.DrawFn) -> list[Sample]:
    out = []
    for seq in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, 60))
        length, cards = draw(st.integers(1, 20)), draw(st.sampled_from([250, 1000, 4000]))
        out.append(sample(seq, start, start + length, cards, cpu=draw(st.integers(0, 99)), peak=draw(st.integers(0, 9))))
    return out


@settings(deadline=None, max_examples=150)
@given(_samples(), st.integers(0, 40), st.integers(1, 60), st.randoms(use_true_random=False))
def test_intervals_fill_the_window_and_no_time_counts_twice(samples, start, length, order):
    window = Span(at(start), at(start + length))
    found = seal(samples, window)
    assert (found[0].start, found[-1].end) == (window.start, window.end)
    assert all(a.end == b.start and a.milli_cards != b.milli_cards for a, b in itertools.pairwise(found))
    # Second by second: the most cards any sample saw.
    expected = 0
    for second in range(start, start + length):
        expected += max((s.milli_cards for s in samples if s.span.contains(at(second))), default=0)
    assert usage(found).milli_card_seconds == expected
    shuffled = list(samples)
    order.shuffle(shuffled)
    assert seal(shuffled, window) == found


@settings(deadline=None, max_examples=100)
@given(_samples(), st.lists(st.integers(1, 79), min_size=1, max_size=5, unique=True))
def test_sealing_in_pieces_is_sealing_at_once(samples, cuts):
    edges = [0, *sorted(cuts), 80]
    pieces = [i for a, b in itertools.pairwise(edges) for i in seal(samples, Span(at(a), at(b)))]
    whole = usage(seal(samples, Span(at(0), at(80))))
    assert usage(pieces) == whole
    assert whole.cpu_micros == sum(s.cpu_micros for s in samples)
    assert whole.peak_bytes == max((s.peak_bytes for s in samples), default=0)


def test_a_second_begun_is_a_second_used_once_over_all():
    parts = [sample(i, i * 0.7, (i + 1) * 0.7, cards=250) for i in range(3)]
    assert usage(seal(parts, Span(at(0), at(2.1)))).milli_card_seconds == 3 * 250
    assert usage(seal(parts[:2], Span(at(0), at(1)))).milli_card_seconds == 250


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"end": 0}, "span"),
        ({"cards": 0}, "milli_cards"),
        ({"cards": -1000}, "milli_cards"),
        ({"cards": 10**12}, "milli_cards"),
        ({"seq": -1}, "seq"),
        ({"cpu": -1}, "cpu_micros"),
        ({"cpu": 2**63}, "cpu_micros"),
        ({"peak": -5}, "peak_bytes"),
    ],
)
def test_a_sample_that_cannot_be_true_is_refused(change, field):
    with pytest.raises(Refusal) as refused:
        sample(**{"seq": 1, "start": 0, "end": 5, **change})
    assert refused.value.where == field


def test_an_open_sample_is_refused():
    with pytest.raises(Refusal, match="ends after it starts"):
        Sample("les_1", 1, Span(at(0)), MilliCards(1000))
