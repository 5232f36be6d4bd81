"""Laws of the calendar, held against a plain list of who uses what at every second."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.placement.calendar import Booking, Calendar, No, Piece
from suanshi.placement.timeline import Timeline

law = settings(deadline=None, max_examples=120)
END = 60
CAPACITY = 6


def level(bookings: dict[str, Booking], closures: dict[str, Piece], t: int) -> int:
    held = [p for b in bookings.values() for p in b.pieces] + list(closures.values())
    return sum(p.cards for p in held if p.start <= t < p.end)


@law
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(-3, 5)), max_size=400),
    st.integers(0, 50),
    st.integers(1, 10),
    st.integers(-2, 12),
)
def test_the_timeline_is_the_sum_of_what_was_added(
    added: list[tuple[int, int, int]], after: int, seconds: int, limit: int
) -> None:
    line, plain = Timeline(), [0] * 100
    for start, length, cards in added:
        line.add(start, start + length, cards)
        for t in range(start, start + length):
            plain[t] += cards
    assert [line.peak(t, t + 1) for t in range(100)] == plain
    assert line.peaks(0, 10, 10) == [max(plain[t : t + 10]) for t in range(0, 100, 10)]
    fits = [t for t in range(after, 80) if max(plain[t : t + seconds]) <= limit]
    assert line.first_below(limit, seconds, after, 79) == (fits[0] if fits else None)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 10**6), min_size=300, max_size=500, unique=True), st.randoms(use_true_random=False))
def test_a_long_timeline_splits_and_empties_its_chunks(starts: list[int], chance) -> None:  # type: ignore[no-untyped-def]
    line = Timeline()
    for start in starts:
        line.add(start, start + 5000, 1)
    everywhere = line.steps()
    assert [t for t, _ in everywhere] == sorted({t for t, _ in everywhere})
    assert line.peak(-1, 10**7) == max(sum(s <= t < s + 5000 for s in starts) for t in starts)
    chance.shuffle(starts)
    for start in starts:
        line.add(start, start + 5000, -1)
    assert line.steps() == ()
    assert line.peak(-(10**6), 10**7) == 0


moves = st.lists(
    st.one_of(
        st.tuples(st.just("book"), st.integers(-5, END), st.integers(-1, 30), st.integers(-1, 8)),
        st.tuples(st.just("soonest"), st.integers(0, END), st.integers(1, 30), st.integers(1, 8)),
        st.tuples(st.just("hours"), st.integers(0, END), st.integers(1, 40), st.integers(0, 8)),
        st.tuples(st.just("release"), st.integers(0, 20), st.integers(0, END), st.just(0)),
        st.tuples(st.just("extend"), st.integers(0, 20), st.integers(0, 20), st.just(0)),
        st.tuples(st.just("close"), st.integers(0, END), st.integers(0, 20), st.integers(0, 8)),
        st.tuples(st.just("open"), st.integers(0, 20), st.just(0), st.just(0)),
        st.tuples(st.just("resize"), st.integers(0, 9), st.just(0), st.just(0)),
        st.tuples(st.just("forget"), st.integers(-10, 20), st.just(0), st.just(0)),
    ),
    max_size=25,
)


def act(calendar: Calendar, i: int, move: tuple[str, int, int, int]) -> Booking | No | None:
    name, a, b, c = move
    if name == "book":
        return calendar.book(f"{i}", a, b, c)
    if name == "soonest":
        return calendar.book_earliest(f"{i}", c, b, a, start_by=a + 20)
    if name == "hours":
        return calendar.book_hours(f"{i}", b, a, a + 10, c, step=1)
    if name == "release":
        calendar.release(str(a), b)
    elif name == "extend":
        return calendar.extend(str(a), b)
    elif name == "close":
        calendar.close(f"x{i}", a, a + b, c)
    elif name == "open":
        calendar.open(f"x{a}")
    elif name == "resize":
        calendar.resize(a)
    else:
        calendar.forget(a)
    return None


@law
@given(moves)
def test_no_booking_ever_passes_the_capacity(moves: list[tuple[str, int, int, int]]) -> None:
    calendar = Calendar(CAPACITY)
    for i, move in enumerate(moves):
        before, was = calendar.bookings, [calendar.free(t, t + 1) for t in range(END + 60)]
        answer = act(calendar, i, move)
        if isinstance(answer, No):
            assert calendar.bookings == before
            assert [calendar.free(t, t + 1) for t in range(END + 60)] == was
        elif answer is not None:
            old = before.get(answer.id)
            grown = dict.fromkeys(range(END + 60), 0)
            for sign, booking in ((1, answer), (-1, old)):
                for p in booking.pieces if booking else ():
                    for t in range(p.start, p.end):
                        grown[t] += sign * p.cards
            assert all(0 <= more <= was[t] for t, more in grown.items())


@law
@given(moves)
def test_the_plain_list_agrees_and_a_restored_calendar_is_the_same(moves: list[tuple[str, int, int, int]]) -> None:
    calendar, closures = Calendar(CAPACITY), {}
    for i, move in enumerate(moves):
        act(calendar, i, move)
        if move[0] == "close" and move[2] > 0 and min(move[3], calendar.capacity) > 0:
            closures[f"x{i}"] = Piece(move[1], move[1] + move[2], min(move[3], calendar.capacity))
        if move[0] == "open":
            closures.pop(f"x{move[1]}", None)
    moved_on = max([0, *(m[1] for m in moves if m[0] == "forget")])
    bookings = calendar.bookings
    for t in range(moved_on, END + 60):
        assert calendar.free(t, t + 1) == max(0, calendar.capacity - level(bookings, closures, t))
    live = [(id_, p) for id_, p in closures.items() if p.end > moved_on]
    if all(p.cards <= calendar.capacity for _, p in live):
        assert Calendar.restore(calendar.capacity, bookings.values(), live).same_as(calendar)
    displaced = calendar.displaced()
    staying = {id_: b for id_, b in bookings.items() if id_ not in displaced}
    for p in (p for b in staying.values() for p in b.pieces):
        for t in range(p.start, p.end):
            assert level(staying, dict(live), t) <= calendar.capacity or t < moved_on


@law
@given(moves, st.integers(1, 8), st.integers(1, 20), st.integers(0, 40), st.integers(0, 80), st.integers(0, 80))
def test_the_earliest_is_free_and_nothing_earlier_is(
    moves: list[tuple[str, int, int, int]], cards: int, seconds: int, after: int, start_by: int, finish_by: int
) -> None:
    calendar = Calendar(CAPACITY)
    for i, move in enumerate(moves):
        if move[0] != "forget":
            act(calendar, i, move)
    found = calendar.earliest(cards, seconds, after, start_by, finish_by)
    fits = [
        t
        for t in range(after, min(start_by, finish_by - seconds) + 1)
        if calendar.free(t, t + seconds) >= cards and cards <= calendar.capacity
    ]
    assert found == (fits[0] if fits else None)


@law
@given(moves)
def test_a_refusal_that_names_a_time_is_true(moves: list[tuple[str, int, int, int]]) -> None:
    calendar = Calendar(CAPACITY)
    for i, move in enumerate(moves):
        answer = act(calendar, i, move)
        if isinstance(answer, No) and answer.earliest is not None and move[0] == "book":
            made = calendar.book(f"{i}", answer.earliest, move[2], move[3])
            assert isinstance(made, Booking)


@law
@given(moves)
def test_card_hours_are_sold_exactly(moves: list[tuple[str, int, int, int]]) -> None:
    calendar = Calendar(CAPACITY)
    for i, move in enumerate(moves):
        answer = act(calendar, i, move)
        if move[0] == "hours" and isinstance(answer, Booking):
            assert answer.card_seconds == move[2]
            assert all(move[1] <= p.start < p.end <= move[1] + 10 and p.cards <= move[3] for p in answer.pieces)
            assert all(a.end <= b.start for a, b in zip(answer.pieces, answer.pieces[1:], strict=False))
