"""Preemptible slices: never beyond what is idle, and never in the way of firm work."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.placement.capacity import Node, Seat, Shape
from suanshi.placement.leftover import Footprint, Spot, leaving, sell
from suanshi.placement.pool import Pool

shapes = st.builds(
    lambda cpu, mem, cards, milli: Shape(cpu * 500, mem * 512, cards, milli),
    st.integers(0, 12),
    st.integers(0, 12),
    st.integers(0, 2),
    st.sampled_from((1000, 810, 470, 190)),
)
NODES = [Node("a", 16_000, 32_768, 2, "T4"), Node("b", 8_000, 8_192, 4, "T4"), Node("c", 4_000, 4_096)]


def within(pool: Pool, sold: list[Spot]) -> bool:
    for name, cpu, memory, cards in pool.snapshot():
        here = [s for s in sold if s.node == name]
        if sum(s.cpu_milli for s in here) > cpu or sum(s.memory_mib for s in here) > memory:
            return False
        if any(sum(s.milli for s in here if s.card == i) > left for i, left in enumerate(cards)):
            return False
    return True


@settings(max_examples=40, deadline=None)
@given(st.lists(shapes, min_size=1, max_size=25))
def test_slices_fill_the_idle_room_and_make_way(wanted):
    with_slices, without = Pool(NODES), Pool(NODES)
    sold: list[Spot] = []
    for shape in wanted:
        sold += sell(with_slices, sold)
        assert within(with_slices, sold)
        answer = with_slices.place(shape)
        assert answer == without.place(shape)  # firm work never notices them
        if isinstance(answer, Seat):
            for spot in leaving(with_slices, sold, answer.node):
                sold.remove(spot)
        assert within(with_slices, sold)


def test_everything_idle_is_sold_where_cpu_and_memory_allow():
    pool = Pool([Node("a", 16_000, 32_768, 2, "T4")])
    pool.place(Shape(1000, 1024, 1, 810))
    assert sorted(spot.milli for spot in sell(pool)) == [190, 1000]
    assert sell(pool, sell(pool)) == ()


def test_a_slice_is_cut_to_the_cpu_left_and_stubs_too_small_are_not_sold():
    pool = Pool([Node("a", 2_000, 32_768, 1, "T4")])
    assert [spot.milli for spot in sell(pool)] == [500]
    pool.place(Shape(0, 0, 1, 970))
    assert sell(pool) == ()
    assert [spot.milli for spot in sell(pool, (), Footprint(smallest=10))] == [30]
