"""Our policy: plans follow the mix, decisions stay online and repeatable, and nothing that fits is turned away."""

from __future__ import annotations

import random

import numpy as np

from suanshi.placement.capacity import Node, Seat, Shape
from suanshi.placement.plan import Steered, whole
from suanshi.placement.policy import policy
from suanshi.placement.pool import Nowhere, Pool

NODES = [Node(f"n{i}", 32_000 if i % 3 else 8_000, 131_072, 4, "AB"[i % 2]) for i in range(24)]
MIX = (
    (Shape(8000, 16_384, 1), 30),
    (Shape(1000, 4096, 1), 20),
    (Shape(2000, 8192, 1, 500), 20),
    (Shape(2000, 8192, 1, 330, frozenset("A")), 20),
    (Shape(8000, 16_384, 4), 3),
    (Shape(4000, 8192), 10),
)


def drawn(count: int, seed: int) -> list[Shape]:
    return random.Random(seed).choices([s for s, _ in MIX], [n for _, n in MIX], k=count)


def decide(wanted: list[Shape], seed: int = 0) -> list[tuple[int, int]]:
    pool = Pool(NODES, MIX, Steered(seed=seed))
    node, mask = pool.decide(np.array([pool.kind(s) for s in wanted], np.int64))
    return list(zip(node.tolist(), mask.tolist(), strict=True))


def test_a_prefix_gets_the_same_decisions_across_plans():
    wanted = drawn(220, 1)
    full = decide(wanted)
    for cut in (1, 17, 60, 119, 180):
        assert decide(wanted[:cut]) == full[:cut]


def test_the_same_seed_decides_the_same():
    wanted = drawn(200, 2)
    assert decide(wanted, 5) == decide(wanted, 5)


def test_one_by_one_and_many_at_once_agree():
    wanted = drawn(150, 3)
    pool = Pool(NODES, MIX, policy("plan"))
    singly = [pool.place(shape) for shape in wanted]
    for answer, (n, mask) in zip(singly, decide(wanted), strict=True):
        if isinstance(answer, Nowhere):
            assert n < 0
        else:
            assert (answer.node, sum(1 << c for c in answer.cards)) == (NODES[n].name, mask)


def test_what_is_refused_fits_nowhere():
    pool = Pool(NODES, MIX, policy("plan"))
    refused = 0
    for shape in drawn(260, 4):
        answer = pool.place(shape)
        if isinstance(answer, Nowhere):
            refused += 1
            assert answer.shortages
    assert refused


def test_departures_make_room_again():
    pool = Pool(NODES, MIX, policy("plan"))
    empty = pool.snapshot()
    for turn in range(3):
        seats = [a for a in map(pool.place, drawn(260, turn)) if isinstance(a, Seat)]
        assert sum(seat.shape.total for seat in seats) > 0.8 * pool.capacity
        for seat in seats:
            pool.release(seat)
        assert pool.snapshot() == empty


def test_small_cpu_needs_go_where_cpu_is_scarce():
    """Four cards and four CPUs here, four cards and 64 there: only needs of one CPU leave no card idle on the first."""
    nodes = [Node("poor", 4000, 65_536, 4, "A"), Node("rich", 64_000, 65_536, 4, "A")]
    small, large = Shape(1000, 1024, 1), Shape(12_000, 1024, 1)
    pool = Pool(nodes, [(small, 1), (large, 1)], policy("plan"))
    answers = [pool.place(s) for s in (small, large, small, large, small, large, small, large)]
    assert all(isinstance(a, Seat) for a in answers)


def test_unknown_shapes_are_served_without_a_plan_for_them():
    pool = Pool(NODES, MIX, policy("plan"))
    for i in range(100):
        answer = pool.place(Shape(100 + i, 100 + i, i % 2, 10 + i))
        assert isinstance(answer, Seat)


def test_rounding_keeps_to_the_servers_there_are():
    assert whole([(0, 1.5), (1, 1.5)], 3) == [0, 0, 1]
    assert whole([(4, 0.3), (7, 0.6)], 1) == [7]
    assert whole([], 4) == []
    assert len(whole([(0, 2.2), (1, 3.9)], 6)) == 6
