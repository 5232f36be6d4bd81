"""Slots ahead of time, from plain values: which bookings may be given other cards, and which never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from suanshi.catalog.site import Card, Health
from suanshi.fleet.lease import Held, Piece
from suanshi.flows.ahead import Seen, Want, first, lasting

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
OURS = [Card(1, "n", "a", "ours", Health.OK), Card(2, "n", "b", "ours", Health.OK)]


def held(name: str, card: int, start: int, end: int, begun: bool = False, share: int = 1000) -> Held:
    return Held(name, f"order-{name}", (Piece(card, 0, share),), NOW + start * HOUR, NOW + end * HOUR, begun, False, False)


def want(cards: int, hours: int, share: int = 1000) -> Want:
    return Want("site", "ours", cards, share, hours * 3600 - 120)


def test_bookings_on_cards_of_another_model_are_left_where_they_are() -> None:
    seen = Seen(OURS, [held("early", 1, 1, 3), held("late", 2, 4, 6), held("other", 9, 1, 6)])
    found = first(want(1, 3), seen, NOW + 2 * HOUR, NOW + 2 * HOUR, firm=True)
    assert found is not None
    assert [lease.id for lease in found.moved] in (["early"], ["late"])
    assert {piece.card for lease in found.moved for piece in lease.pieces} <= {1, 2}


def test_a_booking_that_also_holds_a_failed_card_is_not_moved_by_a_sale() -> None:
    both = Held("both", "order", (Piece(1), Piece(8)), NOW + HOUR, NOW + 3 * HOUR, False, False, False)
    seen = Seen(OURS, [both, held("late", 2, 4, 6)])
    found = first(want(1, 3), seen, NOW + 2 * HOUR, NOW + 2 * HOUR, firm=True)
    assert found is not None
    assert [lease.id for lease in found.moved] == ["late"]


def test_what_is_about_to_begin_and_slices_keep_their_cards() -> None:
    imminent = held("early", 1, 0, 3)
    seen = Seen(OURS, lasting([imminent, held("late", 2, 4, 6, share=500)], NOW))
    assert first(want(1, 3), seen, NOW + 2 * HOUR, NOW + 2 * HOUR, firm=True) is None
    later = first(want(1, 3), seen, NOW + 2 * HOUR, NOW + 9 * HOUR, firm=True)
    assert later is not None
    assert later.start == NOW + 3 * HOUR


def test_a_slice_goes_where_it_leaves_least_and_waits_for_room() -> None:
    seen = Seen(OURS, [held("half", 1, 0, 5, share=500), held("whole", 2, 0, 2)])
    found = first(want(1, 1, 250), seen, NOW, NOW, firm=True)
    assert found is not None
    assert found.pieces == (Piece(1, 500, 750),)
    late = first(want(1, 1, 750), seen, NOW, NOW + 9 * HOUR, firm=True)
    assert late is not None
    assert (late.start, late.pieces) == (NOW + 2 * HOUR, (Piece(2, 0, 750),))
