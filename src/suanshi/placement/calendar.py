"""A pool of equal cards over time: who holds how many from when to when, and where the next booking fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from suanshi.kit.refusal import Text
from suanshi.placement.candidate import CHINA_TIME
from suanshi.placement.timeline import Timeline
from suanshi.placement.wording import clock

LAST = 2**40
"""No booking reaches past this second (the year 36812): sums of times stay far inside 64 bits."""
MOST_SLOTS = 100_000


@dataclass(frozen=True, slots=True)
class Piece:
    """So many cards from `start` to before `end`, in epoch seconds."""

    start: int
    end: int
    cards: int


@dataclass(frozen=True, slots=True)
class Booking:
    """What is held under one id: one piece for a reservation, several for card-hours within a window."""

    id: str
    pieces: tuple[Piece, ...]

    @property
    def card_seconds(self) -> int:
        return sum((p.end - p.start) * p.cards for p in self.pieces)


@dataclass(frozen=True, slots=True)
class No:
    """Why a booking was not made; nothing changed. `earliest` is when the same booking would fit, if ever asked for."""

    code: str
    text: Text
    earliest: int | None = None


_TAKEN = No("taken", Text("编号已被占用", "the id is in use"))
_SIZE = No("size", Text("卡数和时长必须为正数且在范围内", "cards and duration must be positive and within range"))
_PAST = No("past", Text("该时间已经过去", "that time has passed"))


class Calendar:
    """Bookings never pass the capacity. Closures (maintenance, power curtailment) and a shrinking pool may, and then
    `displaced` names the bookings to move; nothing new is booked there meanwhile. The calendar reads no clock: time
    moves on by `forget`, which never goes back, so a clock that jumps back changes nothing.
    """

    def __init__(self, capacity: int, since: int = 0) -> None:
        if not 0 <= capacity <= 10**9:
            raise ValueError("a pool has between none and a billion cards")
        self._capacity, self._since = capacity, since
        self._use = Timeline()
        self._bookings: dict[str, Booking] = {}
        self._closures: dict[str, Piece] = {}

    @classmethod
    def restore(
        cls, capacity: int, bookings: Iterable[Booking], closures: Iterable[tuple[str, Piece]] = (), since: int = 0
    ) -> Calendar:
        """The calendar that these leases and closures make; what they hold is taken as it is, even past the capacity."""
        calendar = cls(capacity, since)
        for booking in bookings:
            if booking.id in calendar._bookings:
                raise ValueError(f"two bookings are called {booking.id}")
            calendar._bookings[booking.id] = booking
            for piece in booking.pieces:
                calendar._use.add(piece.start, piece.end, piece.cards)
        for id_, piece in closures:
            calendar.close(id_, piece.start, piece.end, piece.cards)
        return calendar

    @property
    def capacity(self) -> int:
        return self._capacity

    @property
    def bookings(self) -> dict[str, Booking]:
        return dict(self._bookings)

    def same_as(self, other: Calendar) -> bool:
        """Equal in what is held, what is closed and what is free at every second."""
        mine = (self._capacity, self._bookings, self._closures, self._use.steps())
        return mine == (other._capacity, other._bookings, other._closures, other._use.steps())

    # --- questions ---

    def free(self, start: int, end: int) -> int:
        """Cards free throughout [start, end)."""
        return max(0, self._capacity - self._use.peak(start, end)) if start < end else 0

    def earliest(
        self, cards: int, seconds: int, after: int, start_by: int | None = None, finish_by: int | None = None
    ) -> int | None:
        """The first moment from `after` on at which so many cards are free for so long, within the limits given."""
        latest = min(
            LAST - seconds,
            LAST if start_by is None else start_by,
            LAST if finish_by is None else finish_by - seconds,
        )
        after = max(after, self._since)
        if not self._sizes_hold(cards, seconds) or cards > self._capacity or after > latest:
            return None
        return self._use.first_below(self._capacity - cards, seconds, after, latest)

    def displaced(self) -> tuple[str, ...]:
        """The bookings that closures or a smaller pool leave no room for: the last made give way first."""
        trial = Timeline()
        for piece in self._closures.values():
            trial.add(piece.start, piece.end, piece.cards)
        out: list[str] = []
        for booking in self._bookings.values():  # in the order they were made
            if all(trial.peak(p.start, p.end) + p.cards <= self._capacity for p in booking.pieces):
                for p in booking.pieces:
                    trial.add(p.start, p.end, p.cards)
            else:
                out.append(booking.id)
        return tuple(out)

    # --- changes: each happens whole or not at all ---

    def book(self, id_: str, start: int, seconds: int, cards: int) -> Booking | No:
        """A fixed reservation."""
        if (wrong := self._wrong(id_, start, seconds, cards)) is not None:
            return wrong
        if not self._use.add_within(start, start + seconds, cards, self._capacity):
            return self._full(cards, seconds, start)
        return self._keep(Booking(id_, (Piece(start, start + seconds, cards),)))

    def book_earliest(
        self,
        id_: str,
        cards: int,
        seconds: int,
        after: int,
        start_by: int | None = None,
        finish_by: int | None = None,
    ) -> Booking | No:
        """The first reservation that fits between the limits: behind, between or before what is already held."""
        if (wrong := self._wrong(id_, max(after, self._since), seconds, cards)) is not None:
            return wrong
        start = self.earliest(cards, seconds, after, start_by, finish_by)
        if start is None:
            return self._full(cards, seconds, after)
        return self.book(id_, start, seconds, cards)

    def book_hours(self, id_: str, card_seconds: int, start: int, end: int, most_cards: int, step: int = 3600) -> Booking | No:
        """Card-hours anywhere within a window (8 cards x 24 h as any 192 card-hours), in whole steps, the soonest first.

        `card_seconds` must be a whole number of steps and the window at most a hundred thousand of them.
        """
        if (wrong := self._wrong(id_, start, end - start, 1)) is not None:
            return wrong
        slots = (end - start) // step if step > 0 else 0
        if not 0 < slots <= MOST_SLOTS or most_cards <= 0 or card_seconds <= 0 or card_seconds % step:
            return _SIZE
        left, pieces = card_seconds // step, list[Piece]()
        for k, peak in enumerate(self._use.peaks(start, step, slots)):
            cards = min(self._capacity - peak, most_cards, left)
            if cards > 0:
                left -= cards
                begin = start + k * step
                if pieces and pieces[-1].end == begin and pieces[-1].cards == cards:
                    pieces[-1] = replace(pieces[-1], end=begin + step)
                else:
                    pieces.append(Piece(begin, begin + step, cards))
        if left:
            short = left * step / 3600
            return No("window", Text(f"时段内还缺 {short:g} 卡时", f"the window is {short:g} card-hours short"))
        for p in pieces:
            self._use.add(p.start, p.end, p.cards)
        return self._keep(Booking(id_, tuple(pieces)))

    def extend(self, id_: str, seconds: int) -> Booking | No:
        """The last piece goes on for longer, on the same number of cards."""
        if id_ not in self._bookings:
            return No("unknown", Text("没有这个预订", "there is no such booking"))
        held = self._bookings[id_]
        last = held.pieces[-1]
        if last.end < self._since:
            return _PAST
        if not self._sizes_hold(last.cards, seconds) or last.end + seconds > LAST:
            return _SIZE
        if not self._use.add_within(last.end, last.end + seconds, last.cards, self._capacity):
            return self._full(last.cards, seconds, last.end)
        return self._keep(replace(held, pieces=(*held.pieces[:-1], replace(last, end=last.end + seconds))))

    def release(self, id_: str, at: int | None = None) -> tuple[Piece, ...]:
        """Give back a booking, or what is left of it from `at` on; the pieces that became free come back."""
        held = self._bookings.pop(id_, None)
        if held is None:
            return ()
        cut = -LAST if at is None else at
        freed = tuple(replace(p, start=max(p.start, cut)) for p in held.pieces if p.end > cut)
        kept = tuple(replace(p, end=min(p.end, cut)) for p in held.pieces if p.start < cut)
        for p in freed:
            self._use.add(p.start, p.end, -p.cards)
        if kept:
            self._bookings[id_] = replace(held, pieces=kept)
        return freed

    def close(self, id_: str, start: int, end: int, cards: int) -> tuple[str, ...]:
        """Take cards out of service for a time (maintenance, curtailment); returns the bookings this displaces."""
        self.open(id_)
        start, end, cards = max(start, -LAST), min(end, LAST), min(cards, self._capacity)
        if start < end and self._since < end and cards > 0:
            self._closures[id_] = Piece(start, end, cards)
            self._use.add(start, end, cards)
        return self.displaced()

    def open(self, id_: str) -> None:
        """End a closure."""
        piece = self._closures.pop(id_, None)
        if piece is not None:
            self._use.add(piece.start, piece.end, -piece.cards)

    def resize(self, capacity: int) -> tuple[str, ...]:
        """The pool grows or shrinks; returns the bookings for which no room is left."""
        self._capacity = max(0, min(capacity, 10**9))
        return self.displaced()

    def forget(self, before: int) -> None:
        """Time has come this far: nothing can be booked before it any more, and what had ended by then is dropped."""
        if before <= self._since:
            return
        self._since = before
        for id_, booking in list(self._bookings.items()):
            if booking.pieces[-1].end <= before:
                self.release(id_)
        for id_, piece in list(self._closures.items()):
            if piece.end <= before:
                self.open(id_)

    # --- within ---

    @staticmethod
    def _sizes_hold(cards: int, seconds: int) -> bool:
        return 0 < cards <= 10**9 and 0 < seconds <= LAST

    def _wrong(self, id_: str, start: int, seconds: int, cards: int) -> No | None:
        if id_ in self._bookings:
            return _TAKEN
        if not self._sizes_hold(cards, seconds) or start + seconds > LAST:
            return _SIZE
        return _PAST if start < self._since else None

    def _full(self, cards: int, seconds: int, after: int) -> No:
        if cards > self._capacity:
            return No("pool", Text(f"资源池共 {self._capacity} 张卡", f"the pool has {self._capacity} cards in all"))
        when = self.earliest(cards, seconds, after)
        if when is None:
            return No("full", Text("没有足够长的空闲时段", "no free stretch is long enough"))
        zh, en = f"最早 {clock(when)} 可以开始", f"it could start at {clock(when)} at the earliest"
        return No("full", Text(zh, en), when)

    def _keep(self, booking: Booking) -> Booking:
        self._bookings[booking.id] = booking
        return booking


def term_end(start: int, count: int, unit: Literal["hour", "day", "week", "month"]) -> int:
    """When a term of so many units ends. A month runs to the same day of a later month, or to its last, in China time."""
    if unit != "month":
        return start + count * {"hour": 3600, "day": 86_400, "week": 604_800}[unit]
    zone = timedelta(hours=CHINA_TIME)
    local = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=start) + zone
    months = local.year * 12 + local.month - 1 + count
    year, month = months // 12, months % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    day = min(local.day, (following - timedelta(days=1)).day)
    end = datetime.combine(date(year, month, day), time(local.hour, local.minute, local.second), UTC) - zone
    return int(end.timestamp())
