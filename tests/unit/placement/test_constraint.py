from __future__ import annotations

from dataclasses import replace

import pytest

from suanshi.placement.board import Board
from suanshi.placement.candidate import Candidate, Need, faults, hours_of_day
from suanshi.placement.constraint import exclusion, judge
from suanshi.placement.preference import Preference
from suanshi.placement.rule import RULES, Change, Rule, at_least, either, one_of

WUHU = Candidate("wuhu-a100", "wuhu", "s1", "a100", price=8_000_000, memory_gib=80, watts=400, free=8, same_node=8)
QINGYANG = replace(WUHU, id="qingyang-910b", site="qingyang", accelerator="910b", kind="dsa", memory_gib=64)


def test_a_dedicated_chip_wins_at_the_same_price_and_loses_when_much_dearer() -> None:
    assert [a.candidate.id for a in judge(Need(), [WUHU, QINGYANG]).admitted] == ["qingyang-910b", "wuhu-a100"]
    dearer = replace(QINGYANG, price=9_000_000)
    assert judge(Need(), [WUHU, dearer]).admitted[0].candidate.id == "wuhu-a100"


def test_green_power_and_a_low_pue_decide_between_equal_prices() -> None:
    lean = replace(WUHU, id="lean", pue_bp=11_000)
    green = replace(lean, id="green", green_bp=9_000)
    poor = replace(WUHU, id="poor", pue_bp=16_000)
    order = [a.candidate.id for a in judge(Need(), [poor, lean, green], preference=Preference(by="energy")).admitted]
    assert order == ["green", "lean", "poor"]


def test_the_sentence_names_the_rule_and_the_least_change() -> None:
    no = judge(Need(min_memory_gib=96, milli=16_000), [WUHU]).excluded[0]
    assert no.rule == "memory"
    assert [r.rule for r in no.reasons] == ["memory", "room"]
    assert {(c.field, c.value) for c in no.least_change} == {("min_memory_gib", 80), ("milli", 8000)}
    assert "显存 80 GiB" in no.text.zh
    assert "set quantity to 8 cards" in no.text.en


def test_a_share_is_rounded_to_the_step_of_the_class() -> None:
    sliced = replace(WUHU, share_step=250, free_share=750, free=0, same_node=0)
    assert judge(Need(milli=750), [sliced]).admitted
    no = judge(Need(milli=600), [sliced]).excluded[0]
    assert [(c.field, c.value) for c in no.least_change] == [("milli", 750)]


def test_power_caps_hold_by_local_hour_of_day() -> None:
    day = tuple(0 if 8 <= hour < 22 else 10_000 for hour in range(24))  # curtailed from 8 to 22, China time
    capped = replace(WUHU, site_watts=day)
    midnight = 1_760_025_600  # 2025-10-10 00:00 in China
    assert judge(Need(now=midnight, seconds=6 * 3600), [capped]).admitted
    no = judge(Need(now=midnight, seconds=9 * 3600), [capped]).excluded[0]
    assert no.rule == "site-power"
    assert no.least_change[0].who == "supplier"


def test_hours_of_a_day_wrap_at_midnight() -> None:
    assert hours_of_day(1_760_025_600 - 1800, 3600) == (23, 25)
    assert hours_of_day(0, 10**7) == (8, 32)


@pytest.mark.parametrize(
    "need",
    [
        Need(milli=0),
        Need(milli=-1000),
        Need(milli=1500),
        Need(milli=10**12),
        Need(seconds=0),
        Need(now=100, start=50),
        Need(now=100, finish_by=100),
        Need(max_km=10),
        Need(near=(100.0, 0.0)),
        Need(near=(float("nan"), 0.0)),
        Need(max_price=-1),
        Need(min_isolation="bunker"),
        Need(kinds=frozenset({"abacus"})),
    ],
)
def test_impossible_and_contradictory_needs_come_back_with_faults(need: Need) -> None:
    verdict = judge(need, [WUHU])
    assert verdict.faults
    assert not verdict.admitted


def test_an_unknown_model_is_a_fault_once_the_catalogue_is_given() -> None:
    need = Need(accelerators=frozenset({"h999"}))
    assert faults(need, frozenset({"a100"}))[0].en == "the catalogue has no accelerator h999"
    assert not faults(need)


def test_rules_compose() -> None:
    fast = either("fast", one_of("infiniband", "fabrics", "fabric"), at_least("node", "min_memory_gib", "memory_gib"))
    need = Need(fabrics=frozenset({"infiniband"}), min_memory_gib=40)
    assert judge(need, [WUHU], rules=(fast,)).admitted
    assert not judge(need, [WUHU]).admitted


def test_a_rule_from_outside_is_named_and_its_own_change_proposed() -> None:
    even = Rule("even", lambda n, _: n.cards % 2 == 0, lambda n, _: Change("asker", "milli", 2000), ("milli",))
    no = exclusion(Need(), WUHU, (*RULES, even))
    assert no is not None
    assert no.rule == "even"
    assert "even" in no.text.en


def test_a_board_refuses_two_candidates_of_one_id() -> None:
    with pytest.raises(ValueError, match="share an id"):
        Board([WUHU, WUHU])
