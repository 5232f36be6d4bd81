"""Seats over time: nobody sits twice on a card, nobody who has begun is moved, and room by number is room by seat."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from suanshi.placement.seating import Seating, Stay, reseat, seat

CARDS = [(n, f"node{n // 3}") for n in range(6)]


@st.composite
def rooms(draw: st.DrawFn) -> list[Stay]:
    """Bookings that do not overlap on a card: what has begun first, then what may still move."""
    stays: list[Stay] = []
    busy: dict[int, list[tuple[int, int]]] = {card: [] for card, _ in CARDS}
    for i in range(draw(st.integers(0, 12))):
        movable = draw(st.booleans())
        start = draw(st.integers(1, 30)) if movable else 0
        end = start + draw(st.integers(1, 15))
        free = [c for c, spans in busy.items() if all(end <= low or high <= start for low, high in spans)]
        if not free:
            continue
        cards = tuple(draw(st.lists(st.sampled_from(free), min_size=1, max_size=3, unique=True)))
        for card in cards:
            busy[card].append((start, end))
        stays.append(Stay(f"s{i}", cards, start, end, movable))
    return stays


def after(stays: list[Stay], found: Seating, start: int, end: int) -> list[Stay]:
    moved = dict(found.moved)
    sat = [Stay(s.id, moved.get(s.id, s.cards), s.start, s.end, s.movable) for s in stays]
    return [*sat, Stay("new", found.cards, start, end, True)]


def nobody_sits_on_another(stays: list[Stay]) -> bool:
    for card, _ in CARDS:
        spans = sorted((s.start, s.end) for s in stays if card in s.cards)
        if any(high > low for (_, high), (low, _) in pairwise(spans)):
            return False
    return True


def most_held(stays: list[Stay], start: int, end: int) -> int:
    return max(sum(len(s.cards) for s in stays if s.start <= t < s.end) for t in range(start, end))


@given(rooms(), st.integers(1, 6), st.integers(0, 30), st.integers(1, 15), st.booleans())
def test_a_seat_is_found_whenever_the_number_of_cards_allows_it(
    stays: list[Stay], count: int, start: int, length: int, one_node: bool
) -> None:
    end = start + length
    found = seat(CARDS, stays, count, start, end, one_node)
    assert (found is not None) == (most_held(stays, start, end) + count <= len(CARDS))
    if found is None:
        return
    assert len(set(found.cards)) == count
    sat = after(stays, found, start, end)
    assert nobody_sits_on_another(sat)
    by_id = {s.id: s for s in stays}
    for id_, cards in found.moved:
        assert by_id[id_].movable
        assert len(set(cards)) == len(by_id[id_].cards)
        assert set(cards) != set(by_id[id_].cards)
    assert seat(CARDS[::-1], stays[::-1], count, start, end, one_node) == found


@given(rooms(), st.sets(st.integers(0, 5), max_size=3))
def test_bookings_leave_lost_cards_and_only_those_without_room_stay_unseated(stays: list[Stay], lost: set[int]) -> None:
    left = [(card, node) for card, node in CARDS if card not in lost]
    moved, unseated = reseat(left, stays)
    sat = [
        Stay(s.id, dict(moved).get(s.id, s.cards), s.start, s.end, s.movable)
        for s in stays
        if s.id not in unseated and (s.movable or not lost.intersection(s.cards))
    ]
    assert nobody_sits_on_another(sat)
    for stay in sat:
        assert not lost.intersection(stay.cards)
    movable = {s.id for s in stays if s.movable}
    assert set(unseated) <= movable
    assert {id_ for id_, _ in moved} <= movable
    touched = {s.id for s in stays if s.movable and lost.intersection(s.cards)}
    if not touched:
        assert (moved, unseated) == ((), ())


def test_several_cards_stay_on_one_node_where_they_can() -> None:
    taken = [Stay("a", (0,), 0, 10, False)]
    found = seat(CARDS, taken, 3, 0, 10)
    assert found == Seating((3, 4, 5), ())
    assert seat(CARDS, taken, 2, 0, 10) == Seating((1, 2), ())


def test_only_moving_a_booking_makes_room() -> None:
    two = [(0, "n"), (1, "n")]
    stays = [Stay("early", (0,), 0, 10, True), Stay("late", (1,), 20, 30, True)]
    found = seat(two, stays, 1, 5, 25)
    assert found is not None
    assert nobody_sits_on_another(after(stays, found, 5, 25))
    assert len(found.moved) == 1


def test_absurd_sizes_find_no_seat() -> None:
    assert seat(CARDS, [], 0, 0, 1) is None
    assert seat(CARDS, [], 7, 0, 1) is None
    assert seat(CARDS, [], 1, 5, 5) is None
