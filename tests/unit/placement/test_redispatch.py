from __future__ import annotations

from dataclasses import replace

from suanshi.placement.redispatch import Node, NoPlan, Order, Plan, Work, best_fit, dispatch, make_room, notice

HOUR = 3600
YUAN = 1_000_000


def test_a_freed_node_goes_to_the_order_it_fits_best() -> None:
    node = Node("n", "a100", 4)
    waiting = [
        Order("one", 1, 9 * YUAN, 0),
        Order("four", 4, 5 * YUAN, 100),
        Order("eight", 8, 9 * YUAN, 0),
        Order("other model", 4, 99 * YUAN, 0, models=frozenset({"910b"})),
    ]
    fit = best_fit(node, waiting, 200)
    assert fit is not None
    assert (fit.order.id, fit.left) == ("four", 0)
    assert best_fit(node, waiting, 2 * HOUR).order.id == "one"  # type: ignore[union-attr]  # it has waited too long
    assert [o.id for o in dispatch(node, [waiting[0], waiting[2]], 200)] == ["one"]
    assert best_fit(Node("m", "a100", 0), waiting, 200) is None


def test_spot_work_loses_little_when_the_notice_lets_it_save() -> None:
    work = Work("w", "n", 8, 10 * YUAN, spot=True, saved_at=0, save_seconds=100, restart_seconds=200)
    saved = notice(work, HOUR, 120)
    assert (saved.saves, saved.free_at) == (True, HOUR + 120)
    assert saved.loss == -(-8 * 10 * YUAN * 300 // HOUR)
    lost = notice(work, HOUR, 60)
    assert not lost.saves
    assert lost.loss == -(-8 * 10 * YUAN * (HOUR + 60 + 200) // HOUR)


def test_the_cheapest_work_gives_way_and_moves_rather_than_stops() -> None:
    nodes = [Node("n1", "a100", 2), Node("n2", "a100", 3)]
    cheap = Work("cheap", "n1", 2, YUAN, spot=True, movable=True, save_seconds=30, restart_seconds=60)
    dear = Work("dear", "n1", 4, 20 * YUAN, movable=True, save_seconds=30, restart_seconds=60)
    plan = make_room(Order("o", 4, 8 * YUAN, 0), nodes, [dear, cheap], 0)
    assert isinstance(plan, Plan)
    assert [(m.work.id, m.to) for m in plan.moves] == [("cheap", "n2")]
    assert plan.start == 30
    full = [nodes[0], replace(nodes[1], free=0)]
    plan = make_room(Order("o", 4, 8 * YUAN, 0), full, [dear, cheap], 0, notice_seconds=60)
    assert isinstance(plan, Plan)
    assert [n.work.id for n in plan.notices] == ["cheap"]
    assert plan.start == 60


def test_nobody_moves_for_less_than_it_costs() -> None:
    work = Work("w", "n1", 8, 100 * YUAN, spot=True, restart_seconds=HOUR)
    no = make_room(Order("o", 8, YUAN, 0, HOUR), [Node("n1", "a100", 0)], [work], 0)
    assert isinstance(no, NoPlan)
    assert no.code == "loss"
    assert isinstance(make_room(Order("o", 8, YUAN, 0), [Node("n1", "a100", 0)], [], 0), NoPlan)
    assert isinstance(make_room(Order("o", 0, YUAN, 0), [Node("n1", "a100", 0)], [], 0), NoPlan)
    assert isinstance(make_room(Order("o", 8, YUAN, 0), [], [work], 0), NoPlan)


def test_an_order_that_fits_needs_nobody_to_go() -> None:
    plan = make_room(Order("o", 2, YUAN, 0), [Node("n1", "a100", 2)], [], 7)
    assert plan == Plan(Order("o", 2, YUAN, 0), "n1", (), (), 7)
