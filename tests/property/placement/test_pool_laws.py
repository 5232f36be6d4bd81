"""Laws of packing: never more than there is, nothing lost on release, online, deterministic, true reasons."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.placement.capacity import Node, Seat, Shape
from suanshi.placement.policy import NAMES, policy
from suanshi.placement.pool import Nowhere, Pool

POLICIES = NAMES
MODELS = ("A", "B")
quick = settings(max_examples=40, deadline=None)

node_sizes = st.tuples(st.integers(0, 32), st.integers(0, 64), st.integers(0, 4), st.sampled_from(MODELS))
shapes = st.builds(
    lambda cpu, mem, cards, milli, models: Shape(cpu * 1000, mem * 1024, cards, milli, models),
    st.integers(0, 12),
    st.integers(0, 16),
    st.integers(0, 3),
    st.sampled_from((1000, 1000, 500, 470, 190, 70)),
    st.sampled_from((None, None, frozenset("A"), frozenset("B"), frozenset("AB"), frozenset("Z"))),
)
clusters = st.lists(node_sizes, min_size=1, max_size=6).map(
    lambda sizes: tuple(Node(f"n{i}", c * 1000, m * 1024, g, model) for i, (c, m, g, model) in enumerate(sizes))
)
demand = st.lists(shapes, min_size=1, max_size=40)
names = st.sampled_from(POLICIES)


def used(seats: list[Seat], name: str) -> tuple[int, int, dict[int, int]]:
    cards: dict[int, int] = {}
    here = [seat for seat in seats if seat.node == name]
    for seat in here:
        for card in seat.cards:
            cards[card] = cards.get(card, 0) + seat.shape.milli
    return sum(s.shape.cpu_milli for s in here), sum(s.shape.memory_mib for s in here), cards


def feasible(nodes: tuple[Node, ...], seats: list[Seat]) -> bool:
    for node in nodes:
        cpu, memory, cards = used(seats, node.name)
        if cpu > node.cpu_milli or memory > node.memory_mib:
            return False
        if any(c >= node.cards or total > 1000 for c, total in cards.items()):
            return False
    models = {node.name: node.model for node in nodes}
    return all(
        len(set(s.cards)) == s.shape.cards and (not s.shape.cards or s.shape.models is None or models[s.node] in s.shape.models)
        for s in seats
    )


@quick
@given(clusters, demand, names, st.randoms(use_true_random=False))
def test_no_card_is_promised_twice_whatever_comes_and_goes(nodes, wanted, name, chance):
    pool = Pool(nodes, [(s, 1) for s in wanted[:5]], policy(name))
    booked: list[Seat] = []
    for shape in wanted:
        if booked and chance.random() < 0.3:
            pool.release(booked.pop(chance.randrange(len(booked))))
        answer = pool.place(shape)
        if isinstance(answer, Seat):
            booked.append(answer)
        assert feasible(nodes, booked)
    rebuilt = Pool(nodes, [(s, 1) for s in wanted[:5]], policy(name))
    for seat in booked:
        rebuilt.book(seat)
    assert rebuilt.snapshot() == pool.snapshot()
    if name != "plan":  # a plan is made for the demand seen so far, and the new pool has seen less
        assert [rebuilt.place(s) for s in wanted] == [pool.place(s) for s in wanted]


@quick
@given(clusters, demand, names)
def test_release_of_everything_restores_the_pool(nodes, wanted, name):
    pool = Pool(nodes, (), policy(name))
    empty = pool.snapshot()
    seats = [answer for answer in map(pool.place, wanted) if isinstance(answer, Seat)]
    for seat in seats:
        pool.release(seat)
    assert pool.snapshot() == empty


@quick
@given(clusters, demand, names, st.integers(0, 40))
def test_a_decision_does_not_depend_on_later_needs(nodes, wanted, name, cut):
    def decide(shapes: list[Shape]) -> list[tuple[int, int]]:
        pool = Pool(nodes, [(s, 1) for s in wanted], policy(name))
        node, mask = pool.decide(np.array([pool.kind(s) for s in shapes], np.int64))
        return list(zip(node.tolist(), mask.tolist(), strict=True))

    assert decide(wanted[:cut]) == decide(wanted)[:cut]


@quick
@given(clusters, demand, names)
def test_a_refusal_is_true_and_its_least_change_suffices(nodes, wanted, name):
    pool = Pool(nodes, (), policy(name))
    for shape in wanted:
        before = pool.snapshot()
        answer = pool.place(shape)
        if isinstance(answer, Seat):
            continue
        assert pool.snapshot() == before
        assert sum(s.nodes for s in answer.shortages) == len(nodes)
        for shortage in answer.shortages:
            lacks = dict(shortage.lacks)
            assert all(lack > 0 for lack in lacks.values())
            node = nodes[shortage.example]
            models = None if "model" in lacks else shape.models
            smaller = Shape(
                shape.cpu_milli - lacks.get("cpu", 0),
                shape.memory_mib - lacks.get("memory", 0),
                shape.cards - lacks.get("cards", 0),
                shape.milli,
                models,
            )
            alone = Pool([node])
            left = {name: rest for name, *rest in before}[node.name]
            fill(alone, node, left)
            assert isinstance(alone.place(smaller), Seat)


def fill(pool: Pool, node: Node, left: list) -> None:
    """Bring an empty node to what is left of it in another pool."""
    cpu, memory, cards = left
    pool.book(Seat(node.name, (), Shape(node.cpu_milli - cpu, node.memory_mib - memory)))
    for card, rest in enumerate(cards):
        if rest < 1000:
            pool.book(Seat(node.name, (card,), Shape(0, 0, 1, 1000 - rest)))


@pytest.mark.parametrize("name", POLICIES)
def test_many_different_states_outgrow_the_table_without_a_change_of_answers(name, monkeypatch):
    nodes = [Node(f"n{i}", 64_000, 2**18, 4, MODELS[i % 2]) for i in range(40)]
    wanted = [Shape(137 * (i % 61), 211 * (i % 53), i % 3, 1000 - 10 * (i % 97) or 10) for i in range(900)]
    answers = []
    for size in (1 << 13, 64):
        pool = Pool(nodes, [(s, 1) for s in wanted[:9]], policy(name))
        pool._rebuild(size)
        answers.append([pool.place(shape) for shape in wanted])
    assert answers[0] == answers[1]
    assert any(isinstance(a, Nowhere) for a in answers[0])
    assert any(isinstance(a, Seat) for a in answers[0])
