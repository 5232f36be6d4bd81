"""Cards cut by their hardware: the catalogue's MIG profiles and vNPU templates, and nothing it does not list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suanshi.catalog.accelerator import accelerators
from suanshi.catalog.profile import profiles
from suanshi.kit.refusal import Refusal
from suanshi.placement.capacity import Isolation
from suanshi.placement.cut import by_profile

CUT = sorted(card.id for card in accelerators().values() if profiles(card))


def test_the_catalogue_lists_what_the_makers_offer() -> None:
    def of(id_: str) -> dict[str, tuple[int, float]]:
        return {p.name: (p.milli, p.memory_gib) for p in profiles(accelerators()[id_])}

    assert of("a100-sxm-80g") == {"1g.10gb": (142, 10), "2g.20gb": (285, 20), "3g.40gb": (428, 40), "7g.79gb": (1000, 79)}
    assert of("a30") == {"1g.6gb": (250, 6), "2g.12gb": (500, 12), "4g.24gb": (1000, 24)}
    assert of("ascend-910b2") == {"vir03_1c_8g": (125, 8), "vir06_1c_16g": (250, 16), "vir12_3c_32g": (500, 32)}
    assert of("ascend-910b1") == of("ascend-910b2")
    assert of("ascend-910c") == {"vir05_1c_16g": (125, 16), "vir10_3c_32g": (250, 32)}
    assert set(of("ascend-910a")) == {"vir02", "vir04", "vir08", "vir16"}
    assert of("rtx4090") == {}


def test_seven_of_the_smallest_fill_an_a100_and_an_eighth_does_not_fit() -> None:
    card = accelerators()["a100-sxm-80g"]
    slices = by_profile(card, ["1g.10gb"] * 7, index=3)
    assert {(s.card, s.milli, s.memory_mib, s.isolation) for s in slices} == {(3, 142, 10_240, Isolation.PARTITION)}
    with pytest.raises(Refusal, match=r"113\.6% of the compute"):
        by_profile(card, ["1g.10gb"] * 8)


def test_a_profile_of_another_card_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refusal, match=r"has no 1g\.10gb; there are vir03_1c_8g"):
        by_profile(accelerators()["ascend-910b2"], ["1g.10gb"])
    with pytest.raises(Refusal, match="there are -"):
        by_profile(accelerators()["rtx4090"], ["1g.10gb"])


@given(st.data())
def test_what_is_cut_never_exceeds_the_card(data: st.DataObject) -> None:
    card = accelerators()[data.draw(st.sampled_from(CUT))]
    names = data.draw(st.lists(st.sampled_from([p.name for p in profiles(card)]), min_size=1, max_size=9))
    try:
        slices = by_profile(card, names)
    except Refusal as refusal:
        wanted = [p for name in names for p in profiles(card) if p.name == name]
        assert refusal.where == "profiles"
        assert sum(p.milli for p in wanted) > 1000 or sum(p.memory_gib for p in wanted) > card.memory_gib
    else:
        assert sum(s.milli for s in slices) <= 1000
        assert sum(s.memory_mib for s in slices) <= card.memory_gib * 1024
