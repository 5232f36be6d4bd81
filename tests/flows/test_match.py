"""Every offer stands on one side of the verdict, and the change that is named really helps."""

from __future__ import annotations

from typing import Any

import pytest

from suanshi.flows.market import shown
from suanshi.flows.match import candidate, match
from suanshi.kit.refusal import Refusal
from suanshi.placement.candidate import Need
from suanshi.placement.constraint import admits, apply


def test_every_offer_is_admitted_or_excluded_with_a_true_reason(town: Any) -> None:
    (offer,) = [candidate(s) for s in town.db.read(shown)]
    assert [a.candidate.id for a in match(town.db, Need(now=offer.available_at)).admitted] == [offer.id]
    need = Need(now=offer.available_at, min_memory_gib=80, regions=frozenset({"庆阳"}), max_price=1)
    verdict = match(town.db, need)
    (excluded,) = verdict.excluded
    assert {reason.rule for reason in excluded.reasons} == {"memory", "region", "price"}
    then, changed = apply(excluded.least_change, need, excluded.candidate)
    assert admits(then, changed)
    assert not admits(need, excluded.candidate)


def test_a_need_that_nothing_could_ever_serve_is_refused(town: Any) -> None:
    with pytest.raises(Refusal, match="no accelerator no-such-card"):
        match(town.db, Need(accelerators=frozenset({"no-such-card"})))
