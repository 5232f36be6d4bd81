"""From samples to time: which stretches of a lease were measured, which were not (gaps), and how much use they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import pairwise

from suanshi.kit.span import Span
from suanshi.kit.units import MilliCards, MilliCardSeconds
from suanshi.metering.sample import Sample

_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a lease's time. No cards means a gap: nobody measured it, and nothing is assumed about it."""

    start: datetime
    end: datetime
    milli_cards: MilliCards
    cpu_micros: int = 0
    peak_bytes: int = 0

    @property
    def is_gap(self) -> bool:
        return self.milli_cards == 0

    @property
    def micros(self) -> int:
        return (self.end - self.start) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Usage:
    """The use of one lease. Its time is rounded up once, over all of it: a second begun is a second used."""

    milli_card_seconds: MilliCardSeconds
    gap_seconds: int
    cpu_micros: int
    peak_bytes: int
    span: Span | None


def seal(samples: Iterable[Sample], window: Span) -> tuple[Interval, ...]:
    """The intervals and gaps that fill `window` exactly, in order, however the samples overlap or arrive.

    Time that two samples cover counts once, with the larger of their cards. A sample's CPU time and memory peak go to the
    interval its end lies in, so that a sample cut by the window's end is counted whole by the next window.
    """
    assert window.end is not None, "only a closed window can be sealed"
    inside = [s for s in samples if _end(s) > window.start and s.span.start < window.end]
    pieces = _merged(_held(inside, window.start, window.end))
    return tuple(_with_cpu_and_memory(pieces, inside))


def usage(intervals: Sequence[Interval]) -> Usage:
    """The sum of intervals that do not overlap (a seal's, with its corrections)."""
    time: Counter[MilliCards] = Counter()  # by how many cards were held
    for interval in intervals:
        time[interval.milli_cards] += interval.micros
    seconds = {cards: -(-micros // _SECOND) for cards, micros in time.items()}
    return Usage(
        milli_card_seconds=MilliCardSeconds(sum(cards * n for cards, n in seconds.items())),
        gap_seconds=seconds.get(MilliCards(0), 0),
        cpu_micros=sum(i.cpu_micros for i in intervals),
        peak_bytes=max((i.peak_bytes for i in intervals), default=0),
        span=Span(min(i.start for i in intervals), max(i.end for i in intervals)) if intervals else None,
    )


def _end(sample: Sample) -> datetime:
    assert sample.span.end is not None, "a sample is closed"
    return sample.span.end


def _held(samples: Sequence[Sample], start: datetime, end: datetime) -> Iterator[Interval]:
    """Between each two moments at which a sample starts or ends: the most cards that any sample saw there."""
    waiting = sorted(samples, key=lambda s: s.span.start, reverse=True)
    edges = {m for s in samples for m in (s.span.start, _end(s)) if start < m < end}
    open_: list[tuple[int, datetime]] = []  # most cards first; those that ended leave when they come to the top
    for a, b in pairwise(sorted({start, end} | edges)):
        while waiting and waiting[-1].span.start <= a:
            sample = waiting.pop()
            heappush(open_, (-sample.milli_cards, _end(sample)))
        while open_ and open_[0][1] <= a:
            heappop(open_)
        yield Interval(a, b, MilliCards(-open_[0][0] if open_ else 0))


def _merged(pieces: Iterable[Interval]) -> list[Interval]:
    out: list[Interval] = []
    for piece in pieces:
        if out and out[-1].milli_cards == piece.milli_cards:
            out[-1] = Interval(out[-1].start, piece.end, piece.milli_cards)
        else:
            out.append(piece)
    return out


def _with_cpu_and_memory(pieces: Iterable[Interval], samples: Sequence[Sample]) -> Iterator[Interval]:
    by_end = sorted(samples, key=_end, reverse=True)
    for piece in pieces:
        cpu = peak = 0
        while by_end and _end(by_end[-1]) <= piece.end:
            sample = by_end.pop()
            cpu, peak = cpu + sample.cpu_micros, max(peak, sample.peak_bytes)
        yield replace(piece, cpu_micros=cpu, peak_bytes=peak)
