"""The four ways to cut a server."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.kit.refusal import Refusal
from suanshi.placement.capacity import Isolation, Node
from suanshi.placement.cut import Oversold, even, independent, match, oversubscribe, whole

NODE = Node("n", 96_000, 393_216, 8, "G2", card_memory_mib=32_768, network_mbps=100_000)


def test_whole_is_the_server():
    part = whole(NODE)
    assert (part.cpu_milli, len(part.slices), part.isolation) == (96_000, 8, Isolation.NODE)


@pytest.mark.parametrize("parts", [1, 2, 4, 8, 16, 56])
def test_even_parts_never_exceed_the_server(parts):
    instances = even(NODE, parts, Isolation.PARTITION)
    assert len(instances) == parts
    per_card = {i: sum(s.milli for x in instances for s in x.slices if s.card == i) for i in range(8)}
    memory = {i: sum(s.memory_mib for x in instances for s in x.slices if s.card == i) for i in range(8)}
    assert all(1000 - parts < total <= 1000 for total in per_card.values())
    assert all(total <= NODE.card_memory_mib for total in memory.values())
    assert sum(x.cpu_milli for x in instances) <= NODE.cpu_milli


def test_the_servers_of_twelve_cpu_and_twelve_gigabit():
    parts = independent({"cpu": 12, "gbps": 12}, {"cpu": (4, 4, 3, 3, 2, 2), "gbps": (4, 4, 3, 3, 2, 2)})
    assert all(sum(p) == 12 for p in parts.values())
    eighteen = independent({"cpu": 18, "gbps": 18}, {"cpu": (4, 4, 3, 3, 2, 2), "gbps": (4, 4, 3, 3, 2, 2)})
    assert eighteen["cpu"] == (4, 4, 3, 3, 2, 2)
    got = match(eighteen, [{"cpu": 4, "gbps": 2}, {"cpu": 2, "gbps": 4}, {"cpu": 3}, {"cpu": 5}])
    assert [None if g is None else {k: eighteen[k][i] for k, i in g.items()} for g in got] == [
        {"cpu": 4, "gbps": 2},
        {"cpu": 2, "gbps": 4},
        {"cpu": 3},
        None,
    ]


sizes = st.lists(st.integers(1, 6), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(sizes, sizes, st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=4))
def test_matching_is_feasible_and_passes_over_only_what_cannot_be_served(cpu, net, pairs):
    parts, needs = {"cpu": cpu, "net": net}, [{"cpu": c, "net": n} for c, n in pairs]
    got = match(parts, needs)
    for name in parts:
        taken = [g[name] for g in got if g]
        assert len(set(taken)) == len(taken)
        assert all(parts[name][g[name]] >= need[name] for g, need in zip(got, needs, strict=True) if g)
    for i, g in enumerate(got):
        if g is None:
            kept = [needs[j] for j in range(i) if got[j]] + [needs[i]]
            assert not all(seatable(parts[name], [need[name] for need in kept]) for name in parts)


def seatable(have: list[int], wanted: list[int]) -> bool:
    return any(all(h >= w for h, w in zip(order, wanted, strict=False)) for order in itertools.permutations(have)) and len(
        wanted
    ) <= len(have)


def test_oversubscription_needs_both_sides():
    with pytest.raises(Refusal, match="shared isolation"):
        oversubscribe(NODE, Oversold(cpu_percent=200), Isolation.TIME_SLICED, 4)
    with pytest.raises(Refusal, match="at least 100"):
        oversubscribe(NODE, Oversold(cpu_percent=50), Isolation.SHARED, 4)
    parts = oversubscribe(NODE, Oversold(cpu_percent=200, card_percent=150), Isolation.SHARED, 24)
    assert sum(p.cpu_milli for p in parts) == 2 * NODE.cpu_milli
    assert sum(p.memory_mib for p in parts) <= NODE.memory_mib
    assert sum(s.milli for p in parts for s in p.slices) == 24 * 500
    assert {p.isolation for p in parts} == {Isolation.SHARED}


def test_cuts_that_cannot_be_made_are_refused():
    for parts in (0, 3, 9000):
        with pytest.raises(Refusal):
            even(NODE, parts)
    with pytest.raises(Refusal):
        independent({"cpu": 12}, {"disk": (1, 1)})
    with pytest.raises(Refusal):
        independent({"cpu": 12}, {"cpu": (1, 0)})
