"""When a sale can begin and on which cards, if not at once on cards nobody has booked: the calendar of a site.

Everything held or booked at the site is read from the database, placement's calendar says when there is room, its seating
which cards, and the exclusion constraint has the last word. Bookings that have not begun may be given other cards to make
room; they keep their times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from suanshi.catalog import store as catalog
from suanshi.catalog.site import Card, Health
from suanshi.catalog.when import HORIZON
from suanshi.db.engine import Tx
from suanshi.fleet import store as fleet
from suanshi.fleet.lease import Held, Lease, Piece
from suanshi.flows.seats import cut, gaps
from suanshi.kit.refusal import Fault, Refusal, Text, kind, refuse
from suanshi.placement.calendar import Booking, Calendar, term_end
from suanshi.placement.calendar import Piece as Booked
from suanshi.placement.seating import Stay, seat
from suanshi.placement.wording import clock

START_ALLOWANCE = timedelta(minutes=15)  # preparing the environment and starting must be done by then
STOPPING = timedelta(minutes=2)  # the site may need so long to end a run that reached its limit
IMMINENT = timedelta(seconds=10)  # a start may be under way: such work is not given other cards any more
NOTICE = timedelta(minutes=2)  # idle work is told so long before it has to leave

NO_ROOM_THEN = kind(
    "no-room-then",
    409,
    (
        "在所要的时间没有足够的空闲：需要 {need}，届时最多可给 {free}。",
        "There is too little room at the time asked for: {need} asked, {free} to be had then.",
    ),
    (
        "改换时间、减少数量，或选择其他商品；没有扣费，也没有占用资源。",
        "Choose another time, ask for less, or another offer; nothing was charged or reserved.",
    ),
    Fault.ASKER,
)


@dataclass(frozen=True, slots=True)
class Want:
    """So many cards (or a share of one) of a model at a site, for `seconds` of work."""

    site: str
    accelerator: str
    cards: int
    share_milli: int
    seconds: int

    def length(self, firm: bool) -> timedelta:
        """How long the cards are kept: a firm booking ends on time, other work may be late in starting."""
        return timedelta(seconds=self.seconds) + STOPPING + (timedelta(0) if firm else START_ALLOWANCE)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where and when: `moved` are leases that have not begun and get other cards, at their old times, to make this room;
    `leaving` are idle leases that end when it begins.
    """

    start: datetime
    end: datetime
    pieces: tuple[Piece, ...]
    moved: tuple[Lease, ...] = ()
    leaving: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """The usable cards of a model at a site, and all that is held or booked there, as the database has it at one moment."""

    cards: Sequence[Card]
    held: Sequence[Held]


def see(tx: Tx, want: Want, now: datetime) -> Seen:
    return Seen(usable(tx, want.site, want.accelerator), lasting(fleet.held(tx, want.site), now))


def slot(tx: Tx, want: Want, after: datetime, latest: datetime, firm: bool, now: datetime) -> Slot:
    """The first slot that begins between `after` and `latest`. Raises NO_ROOM_THEN, with the first that begins later."""
    seen = see(tx, want, now)
    if (found := first(want, seen, after, latest, firm)) is not None:
        return found
    raise full(want, seen, after, firm, now)


def before_bookings(tx: Tx, want: Want, now: datetime, no: Refusal) -> Slot:
    """Cards for work at once among those that are booked for later, if it is over before they are needed.

    Raises the refusal `no`, with the time at which the same could begin.
    """
    seen = see(tx, want, now)
    if any(h.start > now for h in seen.held) and (found := first(want, seen, now, now, False)) is not None:
        return found
    no.reasons = (*no.reasons, *full(want, seen, now, False, now).reasons)
    raise no


def first(want: Want, seen: Seen, after: datetime, latest: datetime, firm: bool) -> Slot | None:
    search = _whole if want.share_milli == 1000 else _share
    return search(want, seen.cards, seen.held, after, latest, want.length(firm))


def full(want: Want, seen: Seen, at: datetime, firm: bool, now: datetime) -> Refusal:
    """The refusal that says how much there is at a moment, and when what was asked could begin."""
    later = first(want, seen, at, now + HORIZON, firm)
    if later is None:
        why = Text("没有足够的卡，任何时间都无法安排", "there are too few cards for it at any time")
    else:
        when = clock(round(later.start.timestamp()))
        why = Text(f"最早可从 {when} 开始", f"it could begin at {when} (China time) at the earliest")
    busy = _pieces_by_card(seen.held, at, at + want.length(firm))
    left = [1000 - sum(high - low for low, high in union(busy.get(card.id, ()))) for card in seen.cards]
    if want.share_milli == 1000:
        return refuse(NO_ROOM_THEN, None, (why,), need=str(want.cards), free=str(sum(milli == 1000 for milli in left)))
    return refuse(NO_ROOM_THEN, None, (why,), need=f"{want.share_milli}/1000", free=f"{max(left, default=0)}/1000")


def take(tx: Tx, found: Slot) -> None:
    """Give the leases that make room their other cards; to be executed under `fleet.contested`, before the new booking."""
    if found.moved:
        fleet.unseat(tx, [lease.id for lease in found.moved])
    for lease in found.moved:
        fleet.reseat(tx, lease.id, lease.pieces, lease.start, lease.end)


def term_seconds(start: datetime, count: int, unit: Literal["hour", "day", "week", "month"]) -> int:
    """How long a term that begins at `start` lasts."""
    begin = _floor(start)
    return term_end(begin, count, unit) - begin


def usable(tx: Tx, site: str, accelerator: str) -> list[Card]:
    return [card for card in catalog.cards(tx, site) if card.accelerator == accelerator and card.health is not Health.FAILED]


def calendar(cards: Sequence[Card], held: Sequence[Held]) -> Calendar:
    """Whole cards over time: a card of which any part is held counts as held."""
    spans: dict[int, list[tuple[int, int]]] = {card.id: [] for card in cards}
    for lease in held:
        for card in {piece.card for piece in lease.pieces} & spans.keys():
            spans[card].append((_floor(lease.start), _ceil(lease.end)))
    bookings = [Booking(f"{card}/{low}", (Booked(low, high, 1),)) for card, taken in spans.items() for low, high in union(taken)]
    return Calendar.restore(len(cards), bookings)


def union(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return out


def lasting(held: Sequence[Held], now: datetime) -> list[Held]:
    """Work that should be over and is not still keeps its cards, for as long as ending it may take; what is about to begin
    counts as begun.
    """
    return [replace(h, end=max(h.end, now + STOPPING), begun=True) if h.begun or h.start <= now + IMMINENT else h for h in held]


def _whole(
    want: Want, cards: Sequence[Card], held: Sequence[Held], after: datetime, latest: datetime, length: timedelta
) -> Slot | None:
    pool, places = calendar(cards, held), [(card.id, card.node) for card in cards]
    stays = list(_stays(cards, held))
    by_id = {h.lease: h for h in held}
    lasts, last = _ceil_seconds(length), _floor(latest)
    ends = iter(sorted({stay.end for stay in stays if stay.end > _floor(after)}))
    at: int | None = _floor(after)
    while at is not None and (at := pool.earliest(want.cards, lasts, at, start_by=last)) is not None:
        if (found := seat(places, stays, want.cards, at, at + lasts)) is not None:
            moved = tuple(_lease(by_id[id_], new) for id_, new in found.moved)
            start = max(after, _moment(at))
            return Slot(start, start + length, tuple(Piece(card) for card in found.cards), moved)
        at = next((end for end in ends if end > at), None)  # bookings that cannot move leave no room together: look later
    return None


def _stays(cards: Sequence[Card], held: Sequence[Held]) -> Iterator[Stay]:
    """Leases on these cards in the words of seating. Only whole cards that have not begun may be exchanged, one for another."""
    here = {card.id for card in cards}
    for lease in held:
        taken = tuple(dict.fromkeys(piece.card for piece in lease.pieces))
        whole = all(piece.high - piece.low == 1000 for piece in lease.pieces)
        if not here.isdisjoint(taken):
            movable = whole and not lease.begun and here.issuperset(taken)
            yield Stay(lease.lease, taken, _floor(lease.start), _ceil(lease.end), movable)


def _lease(held: Held, cards: Sequence[int]) -> Lease:
    pieces = tuple(Piece(card) for card in cards)
    return Lease(held.lease, held.order, "", pieces, held.start, held.end, flexible=held.flexible)


def _share(
    want: Want, cards: Sequence[Card], held: Sequence[Held], after: datetime, latest: datetime, length: timedelta
) -> Slot | None:
    """A slice goes where it leaves the least of a card."""
    for start in [after, *sorted({h.end for h in held if after < h.end <= latest})]:
        busy = _pieces_by_card(held, start, start + length)
        room = [(sum(high - low for low, high in _gaps(busy.get(card.id, ()))), card.id, busy.get(card.id, ())) for card in cards]
        fitting = [found for found in room if found[0] >= want.share_milli]
        if fitting:
            _, card, spans = min(fitting, key=lambda found: found[:2])
            pieces = cut(card, [Piece(card, low, high) for low, high in union(spans)], want.share_milli)
            return Slot(start, start + length, tuple(pieces))
    return None


def _gaps(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return list(gaps([Piece(0, low, high) for low, high in union(spans)]))


def _pieces_by_card(held: Sequence[Held], start: datetime, end: datetime) -> dict[int, list[tuple[int, int]]]:
    """What is held of each card at any moment of [start, end), in thousandths."""
    out: dict[int, list[tuple[int, int]]] = {}
    for lease in held:
        if lease.start < end and start < lease.end:
            for piece in lease.pieces:
                out.setdefault(piece.card, []).append((piece.low, piece.high))
    return out


def _floor(moment: datetime) -> int:
    return int(moment.timestamp() // 1)


def _ceil(moment: datetime) -> int:
    return -int(-moment.timestamp() // 1)


def _ceil_seconds(length: timedelta) -> int:
    return int(length / timedelta(seconds=1)) + 1  # one more, because a start is counted from its full second


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
