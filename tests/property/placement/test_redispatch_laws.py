"""Laws of re-dispatch: nothing is given twice, room is really made, and nobody gives way at a loss to all."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.placement.redispatch import (
    Node,
    NoPlan,
    Order,
    Plan,
    Work,
    accepts,
    best_fit,
    dispatch,
    make_room,
    move_loss,
    notice,
)

law = settings(deadline=None, max_examples=200)
orders = st.builds(
    Order,
    id=st.just(""),
    cards=st.integers(-1, 8),
    worth=st.integers(0, 9_000_000),
    since=st.integers(0, 9000),
    seconds=st.integers(0, 90_000),
    models=st.frozensets(st.sampled_from(["a100", "910b"]), max_size=1),
)
queues = st.lists(orders, max_size=8).map(lambda os: [replace(o, id=f"o{i}") for i, o in enumerate(os)])
nodes = st.lists(st.builds(Node, st.just(""), st.sampled_from(["a100", "910b"]), st.integers(0, 8)), min_size=1, max_size=4).map(
    lambda ns: [replace(n, id=f"n{i}") for i, n in enumerate(ns)]
)
works = st.lists(
    st.builds(
        Work,
        id=st.just(""),
        node=st.sampled_from(["n0", "n1", "n2", "n3"]),
        cards=st.integers(0, 8),
        worth=st.integers(0, 9_000_000),
        spot=st.booleans(),
        movable=st.booleans(),
        saved_at=st.integers(0, 10_500),
        save_seconds=st.integers(0, 300),
        restart_seconds=st.integers(0, 900),
    ),
    max_size=6,
).map(lambda ws: [replace(w, id=f"w{i}") for i, w in enumerate(ws)])


@law
@given(nodes, queues)
def test_freed_cards_are_given_once_and_none_is_left_that_somebody_could_use(nodes, queue) -> None:  # type: ignore[no-untyped-def]
    node = nodes[0]
    taken = dispatch(node, queue, 10_000)
    left = node.free - sum(o.cards for o in taken)
    assert left >= 0
    assert len({o.id for o in taken}) == len(taken)
    assert all(accepts(o, node) for o in taken)
    assert not [o for o in queue if o not in taken and accepts(o, replace(node, free=left))]


@law
@given(nodes, queues)
def test_the_patient_come_first_and_then_the_best_fit(nodes, queue) -> None:  # type: ignore[no-untyped-def]
    node, now = nodes[0], 10_000
    fit = best_fit(node, queue, now, patience=5000)
    able = [o for o in queue if accepts(o, node)]
    assert (fit is None) == (not able)
    if fit is not None:
        late = [o for o in able if now - o.since >= 5000]
        if late:
            assert fit.order.since == min(o.since for o in late)
        else:
            assert fit.left == min(node.free - o.cards for o in able)


@law
@given(orders, nodes, works)
def test_a_plan_makes_room_and_pays(order, nodes, running) -> None:  # type: ignore[no-untyped-def]
    plan = make_room(order, nodes, running, 10_000)
    by_id = {n.id: n for n in nodes}
    if isinstance(plan, NoPlan):
        assert plan.text.zh
        return
    leaving = [n.work for n in plan.notices] + [m.work for m in plan.moves]
    assert len({w.id for w in leaving}) == len(leaving)
    assert all(w.node == plan.node for w in leaving)
    assert by_id[plan.node].free + sum(w.cards for w in leaving) >= order.cards
    assert all(n.work.spot and n.free_at <= plan.start for n in plan.notices)
    for to in {m.to for m in plan.moves}:
        assert to != plan.node
        assert by_id[to].model == by_id[plan.node].model
        assert sum(m.work.cards for m in plan.moves if m.to == to) <= by_id[to].free
    assert all(m.work.movable for m in plan.moves)
    assert plan.loss <= order.worth * order.cards * order.seconds // 3600
    assert make_room(order, nodes, list(reversed(running)), 10_000) == plan  # the order of listing does not matter


@law
@given(orders, nodes, works)
def test_where_only_spot_gives_way_nothing_cheaper_exists(order, nodes, running) -> None:  # type: ignore[no-untyped-def]
    running = [replace(w, spot=True, movable=False) for w in running]
    plan = make_room(order, nodes, running, 10_000)
    cheapest = None
    for node in nodes:
        if order.models and node.model not in order.models:
            continue
        here = [w for w in running if w.node == node.id and w.cards > 0]
        for size in range(len(here) + 1):
            for some in combinations(here, size):
                if node.free + sum(w.cards for w in some) >= order.cards:
                    loss = sum(notice(w, 10_000, 120).loss for w in some)
                    cheapest = loss if cheapest is None else min(cheapest, loss)
    if isinstance(plan, Plan) or plan.code != "size":
        assert plan.loss == cheapest


def test_a_move_costs_the_saving_and_the_start() -> None:
    work = Work("w", "n", 8, 3_600_000, movable=True, save_seconds=60, restart_seconds=540)
    assert move_loss(work) == 8 * 600_000 // 1000 * 1000
