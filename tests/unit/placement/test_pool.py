"""The packing state: which card a rule picks, what cordoning does, and what a refusal says."""

from __future__ import annotations

import pytest

from suanshi.kit.refusal import Refusal
from suanshi.placement.capacity import Node, Seat, Shape
from suanshi.placement.policy import policy
from suanshi.placement.pool import Nowhere, Pool

HALF = Shape(1000, 1024, 1, 500)
WHOLE = Shape(1000, 1024, 1)


def two(name: str = "best-fit") -> Pool:
    return Pool([Node("a", 8000, 8192, 1, "T4"), Node("b", 8000, 8192, 2, "A10")], [(HALF, 1), (WHOLE, 2)], policy(name))


def test_first_fit_takes_the_first_node():
    assert two("first-fit").place(HALF) == Seat("a", (0,), HALF)


@pytest.mark.parametrize("name", ["best-fit", "fgd"])
def test_a_second_share_joins_the_opened_card(name):
    pool = two(name)
    first, second = pool.place(HALF), pool.place(HALF)
    assert isinstance(first, Seat)
    assert first == second


def test_a_named_model_is_kept():
    assert two().place(Shape(1000, 1024, 1, 500, frozenset({"A10"}))) == Seat(
        "b", (0,), Shape(1000, 1024, 1, 500, frozenset({"A10"}))
    )


def test_a_refusal_names_what_is_short_and_by_how_much():
    answer = two().place(Shape(9000, 1024, 3))
    assert isinstance(answer, Nowhere)
    assert answer.shortages[0].lacks == (("cpu", 1000), ("cards", 1))
    assert "1000 milli-CPU short" in answer.reasons[0].en
    assert "1000" in answer.reasons[0].zh


def test_an_unknown_model_is_a_reason():
    answer = two().place(Shape(1, 1, 1, 1000, frozenset({"Z9"})))
    assert isinstance(answer, Nowhere)
    assert answer.shortages[0].lacks == (("model", 1),)


def test_a_cordoned_card_takes_nothing_and_keeps_what_runs_on_it():
    pool = two()
    seat = pool.place(HALF)
    assert isinstance(seat, Seat)
    before = pool.snapshot()
    pool.cordon(seat.node, seat.cards[0])
    pool.cordon(seat.node, seat.cards[0])
    again = pool.place(HALF)
    assert isinstance(again, Seat)
    assert again.node != seat.node or again.cards != seat.cards
    pool.release(again)
    pool.release(seat)
    pool.restore(seat.node, seat.cards[0])
    pool.book(seat)
    assert pool.snapshot() == before


def test_a_cordoned_node_takes_nothing():
    pool = two()
    pool.cordon("a")
    pool.cordon("b")
    assert isinstance(pool.place(Shape(0, 0)), Nowhere)
    pool.restore("b")
    assert pool.place(HALF) == Seat("b", (0,), HALF)


def test_what_is_taken_cannot_be_booked_nor_what_is_free_released():
    pool = two()
    pool.book(Seat("a", (0,), WHOLE))
    with pytest.raises(Refusal, match="taken"):
        pool.book(Seat("a", (0,), HALF))
    pool.release(Seat("a", (0,), WHOLE))
    with pytest.raises(Refusal, match="not booked"):
        pool.release(Seat("a", (0,), WHOLE))
    with pytest.raises(Refusal, match="no such node"):
        pool.book(Seat("z", (), WHOLE))
    with pytest.raises(Refusal, match="number of cards"):
        pool.book(Seat("b", (0, 0), Shape(0, 0, 2)))


def test_two_nodes_of_one_name_and_an_unknown_policy_are_refused():
    with pytest.raises(Refusal, match="same name"):
        Pool([Node("a", 1, 1), Node("a", 1, 1)])
    with pytest.raises(Refusal, match="first-fit"):
        policy("luck")


def test_an_empty_pool_refuses_without_an_error():
    answer = Pool([]).place(HALF)
    assert isinstance(answer, Nowhere)
    assert answer.shortages == ()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Node("n", -1, 0),
        lambda: Node("n", 0, 2**60),
        lambda: Node("n", 0, 0, 33, "T4"),
        lambda: Node("n", 0, 0, 1),
        lambda: Shape(-1, 0),
        lambda: Shape(0, 0, 1, 0),
        lambda: Shape(0, 0, 1, 1001),
        lambda: Shape(0, 0, 99),
    ],
)
def test_sizes_that_no_server_has_are_refused(make):
    with pytest.raises(Refusal):
        make()
