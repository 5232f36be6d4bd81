from __future__ import annotations

import pytest

from suanshi.placement.assembly import Assembly
from suanshi.placement.gang import Block, Gang, Link, Lot, NoBlock, assemble

LOTS = [
    Lot("w1", "wuhu", "g1", "s1", 64, 8_000_000),
    Lot("w2", "wuhu", "g2", "s2", 64, 7_000_000),
    Lot("q1", "qingyang", "g1", "s3", 512, 5_000_000),
    Lot("h1", "hefei", "g1", "s4", 512, 6_000_000),
]
LINKS = {("hefei", "wuhu"): Link(400), ("hefei", "qingyang"): Link(100, 50_000_000)}


def test_one_group_is_preferred_where_asked_and_the_cheapest_set_otherwise() -> None:
    group = assemble(Gang("g", 64, per=8, together="group"), LOTS, LINKS)
    assert isinstance(group, Block)
    assert [p.lot.id for p in group.parts] == ["q1"]
    both = assemble(Gang("g", 1024, per=8), LOTS, LINKS)
    assert isinstance(both, Block)
    assert {p.lot.site: p.cards for p in both.parts} == {"qingyang": 512, "hefei": 512}
    assert both.cost == 512 * 11_000_000 + 50_000_000
    assert both.price == 5_548_829
    assert both.suppliers == {"s3": 512 * 5_000_000, "s4": 512 * 6_000_000}


@pytest.mark.parametrize(
    ("gang", "field", "value"),
    [
        (Gang("g", 600, max_price=4_000_000), "max_price", 5_230_000),
        (Gang("g", 600, max_sites=1), "max_sites", 2),
        (Gang("g", 1024, min_gbps=400), "min_gbps", 100),
        (Gang("g", 600, together="group"), "together", "anywhere"),
        (Gang("g", 100, together="group", max_price=10_000_000), None, None),
        (Gang("g", 2000, per=8), "cards", 1024),
    ],
)
def test_refusals_name_the_least_change(gang: Gang, field: str | None, value: int | str | None) -> None:
    answer = assemble(gang, LOTS, LINKS)
    if field is None:
        assert isinstance(answer, Block)
    else:
        assert isinstance(answer, NoBlock)
        assert (answer.field, answer.value) == (field, value)
        assert answer.text.zh
        assert answer.text.en


@pytest.mark.parametrize(
    "gang", [Gang("g", 0), Gang("g", 10**9), Gang("g", 10, per=8), Gang("g", 8, max_sites=0), Gang("g", 8, 0)]
)
def test_absurd_gangs_are_refused(gang: Gang) -> None:
    assert isinstance(assemble(gang, LOTS, LINKS), NoBlock)
    assert isinstance(assemble(gang, [], {}), NoBlock)


def test_a_declined_part_gives_all_the_others_back() -> None:
    hall = Assembly(LOTS, LINKS)
    hall.submit(Gang("g", 1024), 0, 10_000)
    assert hall.step(0)[0].what == "held"
    assert hall.free["q1"] == 0
    assert hall.confirm("g", "q1") is None
    gone = hall.decline("g", "h1")
    assert gone is not None
    assert gone.what == "dissolved"
    assert hall.free == {"w1": 64, "w2": 64, "q1": 512, "h1": 512}
    assert hall.step(1) == ()
    why = hall.why("g")
    assert isinstance(why, NoBlock)
    assert (why.field, why.value) == ("cards", 512)
    assert hall.why("nobody") is None


def test_a_late_confirmation_starts_nothing() -> None:
    hall = Assembly(LOTS, LINKS, confirm_within=60)
    hall.submit(Gang("g", 512), 0, 100)
    hall.step(0)
    assert [e.what for e in hall.step(60)] == ["dissolved", "held"]  # held again, on the other lot
    assert hall.confirm("g", "q1") is None
    assert hall.confirm("g", "h1").what == "started"  # type: ignore[union-attr]
    assert hall.end("g").what == "ended"  # type: ignore[union-attr]
    assert hall.end("g") is None


def test_a_gang_that_waited_long_is_not_overtaken() -> None:
    hall = Assembly([Lot("x", "a", "g", "s", 8, 1)], {}, patience=100)
    hall.submit(Gang("small", 4), 0, 10_000)
    hall.step(0)
    hall.confirm("small", "x")
    hall.submit(Gang("large", 8), 1, 10_000)
    hall.submit(Gang("late", 4), 50, 10_000)
    assert [e.gang for e in hall.step(200)] == []
    hall.end("small")
    assert [e.gang for e in hall.step(201)] == ["large"]
