"""Laws of the rules: a "no" is true, its least change turns it to "yes", and the fast board answers like the plain one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.placement.board import Board
from suanshi.placement.candidate import ISOLATION, Candidate, Need, faults
from suanshi.placement.constraint import admits, apply, exclusion, judge
from suanshi.placement.rule import RULES

law = settings(deadline=None, max_examples=150)
NOW = 1_760_000_000


def some(*values: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


watts = st.one_of(st.just(()), st.lists(st.integers(0, 4000), min_size=24, max_size=24).map(tuple))

candidates = st.builds(
    Candidate,
    id=st.just("c"),
    site=st.sampled_from(["wuhu", "qingyang"]),
    supplier=st.sampled_from(["s1", "s2"]),
    accelerator=st.sampled_from(["a100", "910b", "xeon"]),
    kind=st.sampled_from(["gpu", "dsa", "cpu"]),
    price=st.integers(0, 30_000_000),
    memory_gib=st.sampled_from([16, 40, 80]),
    fp16_tflops=st.integers(0, 400),
    precisions=some("fp16", "bf16", "fp8"),
    software=some("cuda", "cann"),
    vendor_country=st.sampled_from(["CN", "US"]),
    watts=st.integers(0, 700),
    pace_bp=st.integers(1000, 30_000),
    free=st.integers(0, 20),
    same_group=st.integers(0, 16),
    same_node=st.integers(0, 8),
    free_share=st.integers(0, 999),
    share_step=st.sampled_from([1, 100, 125, 250, 500, 1000]),
    accepting=st.booleans(),
    available_at=st.integers(NOW - 9000, NOW + 90_000),
    country=st.sampled_from(["CN", "SG"]),
    region=st.sampled_from(["anhui", "gansu"]),
    tier=st.sampled_from(["cloud", "edge"]),
    latitude=st.floats(20, 45),
    longitude=st.floats(80, 120),
    access_us=st.integers(0, 5000),
    fabric=st.sampled_from(["ethernet", "roce", "infiniband"]),
    fabric_gbps=st.sampled_from([25, 100, 400]),
    pue_bp=st.integers(10_500, 18_000),
    green_bp=st.integers(0, 10_000),
    cabinet_watts=watts,
    site_watts=watts,
    isolation=st.sampled_from(ISOLATION),
    oversubscribed=st.booleans(),
    trust=st.integers(0, 5),
    vouchers=some("v1", "v2"),
)

needs = st.builds(
    Need,
    milli=st.one_of(st.integers(1, 1000), st.integers(1, 24).map(lambda n: n * 1000)),
    seconds=st.integers(1, 200_000),
    now=st.just(NOW),
    start=st.none() | st.integers(NOW, NOW + 50_000),
    finish_by=st.none() | st.integers(NOW + 50_001, NOW + 300_000),
    accelerators=some("a100", "910b"),
    kinds=some("gpu", "dsa"),
    software=some("cuda", "cann"),
    precisions=some("fp16", "fp8"),
    vendor_countries=some("CN"),
    min_memory_gib=st.integers(0, 96),
    min_fp16_tflops=st.integers(0, 500),
    together=st.sampled_from(["site", "group", "node"]),
    fabrics=some("roce", "infiniband"),
    min_fabric_gbps=st.integers(0, 800),
    sites=some("wuhu"),
    regions=some("anhui"),
    residency=some("CN"),
    tiers=some("cloud"),
    near=st.just((31.2, 121.5)),
    max_km=st.none() | st.integers(0, 4000),
    max_latency_us=st.none() | st.integers(0, 60_000),
    min_isolation=st.sampled_from(ISOLATION),
    accept_oversubscribed=st.booleans(),
    min_trust=st.integers(0, 5),
    refused_suppliers=some("s1"),
    voucher=st.sampled_from([None, "v1"]),
    max_pue_bp=st.none() | st.integers(10_000, 18_000),
    min_green_bp=st.integers(0, 10_000),
    max_price=st.none() | st.integers(0, 30_000_000),
    budget=st.none() | st.integers(0, 10**10),
)


@law
@given(needs, candidates)
def test_an_exclusion_is_true_and_its_change_admits(need: Need, candidate: Candidate) -> None:
    found = exclusion(need, candidate)
    if found is None:
        assert admits(need, candidate)
        return
    assert {r.rule for r in found.reasons} == {r.name for r in RULES if not r.admits(need, candidate)}
    assert found.least_change
    then, offered = apply(found.least_change, need, candidate)
    assert not faults(then)
    assert admits(then, offered)
    assert found.text.zh
    assert found.text.en


NUMBERS = {  # field: the step that undoes a least change
    "min_memory_gib": 1,
    "min_fp16_tflops": 1,
    "min_fabric_gbps": 1,
    "min_trust": 1,
    "min_green_bp": 1,
    "max_pue_bp": -1,
    "max_price": -1,
    "budget": -1,
    "max_km": -1,
    "max_latency_us": -1,
    "finish_by": -1,
}


@law
@given(needs, candidates)
def test_a_change_of_a_number_is_the_least(need: Need, candidate: Candidate) -> None:
    found = exclusion(need, candidate)
    for change in found.least_change if found else ():
        if change.field in NUMBERS and change.who == "asker":
            then, offered = apply(found.least_change, need, candidate)
            less = replace(then, **{change.field: change.value + NUMBERS[change.field]})
            assert not admits(less, offered)


@law
@given(needs, st.lists(candidates, max_size=8), st.lists(needs, max_size=4), st.lists(candidates, max_size=6))
def test_the_board_answers_as_the_plain_rules_do(
    need: Need, classes: list[Candidate], asked_before: list[Need], later: list[Candidate]
) -> None:
    classes = [replace(c, id=f"c{i}") for i, c in enumerate(classes)]
    board = Board(classes)
    for other in asked_before:
        board.best(other)
    now = {c.id: c for c in classes}
    for i, c in enumerate(later[: len(classes)]):
        names = ("free", "same_node", "available_at") if i % 2 else ("price", "region", "free", "memory_gib")
        changed = {name: getattr(c, name) for name in names}
        now[f"c{i}"] = replace(now[f"c{i}"], **changed)
        board.update(f"c{i}", **changed)
    verdict = judge(need, list(now.values()))
    best = board.best(need)
    assert (best.id if best else None) == (verdict.admitted[0].candidate.id if verdict.admitted else None)
    assert board.judge(need) == verdict
    assert len(verdict.admitted) + len(verdict.excluded) == len(classes)


@law
@given(
    st.builds(
        Need,
        milli=st.integers(-(10**20), 10**20),
        seconds=st.integers(-(10**20), 10**20),
        now=st.integers(-(10**14), 10**14),
        start=st.none() | st.integers(-(10**15), 10**15),
        finish_by=st.none() | st.integers(-(10**15), 10**15),
        together=st.sampled_from(["site", "galaxy"]),
        min_isolation=st.sampled_from(["card", "bunker"]),
        kinds=some("abacus", "gpu"),
        max_price=st.none() | st.integers(-5, 5),
        near=st.none() | st.tuples(st.floats(), st.floats()),
        max_km=st.none() | st.integers(-1, 10),
    ),
    candidates,
)
def test_absurd_needs_are_answered_with_a_reason_not_an_exception(need: Need, candidate: Candidate) -> None:
    verdict = judge(need, [candidate])
    assert verdict.faults or verdict.admitted or verdict.excluded
    assert not (verdict.faults and verdict.admitted)
