"""Whatever happens in whatever order, a life stays on its map: no unknown state, no way back, an end that is final."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.fleet import lifecycle as fleet
from suanshi.kit.life import Life
from suanshi.orders import lifecycle as orders

LIVES = [orders.LIFE, fleet.LIFE]
EVENTS = sorted({event for life in LIVES for _, event in life.moves} | {"nonsense"})


@settings(deadline=None)
@given(st.sampled_from(LIVES), st.lists(st.sampled_from(EVENTS), max_size=30))
def test_random_events_never_leave_the_map_nor_turn_back(life: Life, events: list[str]) -> None:
    state, seen = life.first, [life.first]
    for event in events:
        after = life.after(state, event)
        if state in life.final:
            assert after is None
        if after is None:
            continue
        assert after in life.states
        assert after not in seen
        state = after
        seen.append(state)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_every_state_can_be_reached_and_every_life_can_end(life: Life) -> None:
    reached = {life.first}
    while more := {after for (state, _), after in life.moves.items() if state in reached} - reached:
        reached |= more
    assert reached == life.states
    for state in life.states - life.final:
        ahead = {state}
        while more := {after for (before, _), after in life.moves.items() if before in ahead} - ahead:
            ahead |= more
        assert ahead & life.final


def test_the_codes_states_are_those_of_the_map() -> None:
    assert set(orders.OrderState) == orders.LIFE.states
    assert set(fleet.LeaseState) == fleet.LIFE.states
