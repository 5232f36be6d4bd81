"""Laws of the auctions: nobody trades at a loss, what is paid is received, the most is traded, and gangs are whole."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.placement.clearing import MOST, clear
from suanshi.placement.exchange import Asks, Bids, clear_exchange

law = settings(deadline=None, max_examples=150)
orders = st.lists(st.tuples(st.integers(-1, 20), st.integers(-1, 9)), max_size=12)


def sound(order: tuple[int, int]) -> bool:
    return order[0] >= 0 and order[1] > 0


@law
@given(orders, orders)
def test_one_price_serves_all_who_gain_by_it_and_nobody_else(bids, asks) -> None:  # type: ignore[no-untyped-def]
    result = clear([p for p, _ in bids], [q for _, q in bids], [p for p, _ in asks], [q for _, q in asks])
    assert result.bids.sum() == result.asks.sum() == result.volume
    best = 0
    for price in range(21):
        wanted = sum(q for p, q in bids if sound((p, q)) and p >= price)
        offered = sum(q for p, q in asks if sound((p, q)) and p <= price)
        best = max(best, min(wanted, offered))
    assert result.volume == best  # no price trades more
    for (price, quantity), filled in zip(bids, result.bids, strict=True):
        assert 0 <= filled <= (quantity if sound((price, quantity)) else 0)
        if result.price is not None and sound((price, quantity)):
            assert filled == 0 or price >= result.price
            assert filled == quantity or price <= result.price
    for (price, quantity), filled in zip(asks, result.asks, strict=True):
        assert 0 <= filled <= (quantity if sound((price, quantity)) else 0)
        if result.price is not None and sound((price, quantity)):
            assert filled == 0 or price <= result.price
            assert filled == quantity or price >= result.price
    assert (result.price is None) == (result.volume == 0)


@law
@given(orders, st.integers(1, 5))
def test_the_earlier_of_equals_is_served_first(bids, supply) -> None:  # type: ignore[no-untyped-def]
    result = clear([p for p, _ in bids], [q for _, q in bids], [0], [supply])
    for i, (price, quantity) in enumerate(bids):
        for j in range(i + 1, len(bids)):
            if bids[j][0] == price and sound((price, quantity)) and result.bids[j]:
                assert result.bids[i] == quantity


def test_orders_beyond_all_reason_are_left_aside() -> None:
    result = clear([MOST + 1, 5], [1, MOST + 1], [1], [1])
    assert result.volume == 0


CELLS = 4
bid = st.tuples(
    st.integers(-1, 9),
    st.booleans(),
    st.dictionaries(st.integers(-1, CELLS), st.integers(-5, 20), max_size=3),
)
ask = st.tuples(st.integers(-1, CELLS), st.integers(-1, 20), st.integers(-1, 9))


def columns(bids, asks, gangs: bool) -> tuple[Bids, Asks]:  # type: ignore[no-untyped-def]
    def ints(values):  # type: ignore[no-untyped-def]
        return np.array(list(values), np.int64)

    options = [(i, cell, value) for i, (_, _, where) in enumerate(bids) for cell, value in where.items()]
    return (
        Bids(
            ints(q for q, _, _ in bids),
            np.array([w and gangs for _, w, _ in bids], np.bool_),
            *(ints(o[k] for o in options) for k in range(3)),
        ),
        Asks(*(ints(a[k] for a in asks) for k in range(3))),
    )


def check(bids: Bids, asks: Asks, result) -> None:  # type: ignore[no-untyped-def]
    got = np.bincount(bids.option_bid, result.options, len(bids.quantity)) if len(bids.quantity) else np.zeros(0)
    assert (got <= np.maximum(bids.quantity, 0)).all()
    for i in np.flatnonzero(bids.whole):
        assert got[i] in (0, bids.quantity[i])
        assert (result.options[bids.option_bid == i] > 0).sum() <= 1  # in one cell
    assert (result.asks >= 0).all()
    assert (result.asks <= np.maximum(asks.quantity, 0)).all()
    for cell in range(CELLS):
        taken = result.options[bids.option_cell == cell].sum()
        assert taken == result.asks[asks.cell == cell].sum()  # budget balance: one price on both sides
        assert (result.price[cell] < 0) == (taken == 0)
    for option in np.flatnonzero(result.options):
        assert bids.option_value[option] >= result.price[bids.option_cell[option]]
    for i in np.flatnonzero(result.asks):
        assert asks.price[i] <= result.price[asks.cell[i]]
    gain = int(result.options @ bids.option_value - result.asks @ asks.price) if len(bids.option_bid) else 0
    assert result.gain == gain <= result.bound


@law
@given(st.lists(bid, max_size=8), st.lists(ask, max_size=8))
def test_divisible_bids_clear_at_the_proven_optimum(bids, asks) -> None:  # type: ignore[no-untyped-def]
    columned = columns(bids, asks, gangs=False)
    result = clear_exchange(*columned, CELLS)
    check(*columned, result)
    assert result.proven


@law
@given(st.lists(bid, max_size=8), st.lists(ask, max_size=8))
def test_gangs_are_whole_and_nobody_loses(bids, asks) -> None:  # type: ignore[no-untyped-def]
    columned = columns(bids, asks, gangs=True)
    result = clear_exchange(*columned, CELLS, seconds=0)
    check(*columned, result)
    again = clear_exchange(*columned, CELLS, seconds=0)
    assert (result.options == again.options).all()
    assert (result.price == again.price).all()


@settings(deadline=None, max_examples=30)
@given(st.lists(bid, max_size=6), st.lists(ask, max_size=6))
def test_more_time_never_places_less(bids, asks) -> None:  # type: ignore[no-untyped-def]
    columned = columns(bids, asks, gangs=True)
    result = clear_exchange(*columned, CELLS, seconds=60)
    check(*columned, result)
    assert result.gain >= clear_exchange(*columned, CELLS, seconds=0).gain
