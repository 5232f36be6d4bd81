from __future__ import annotations

import numpy as np
import pytest

from suanshi.placement.clearing import Fill, Order, clear, clear_orders
from suanshi.placement.exchange import Asks, Bids, clear_exchange


def test_the_price_lies_in_the_middle_of_what_both_sides_accept() -> None:
    bids = [Order("a", 10, 4), Order("b", 8, 4), Order("c", 3, 4)]
    asks = [Order("x", 2, 4), Order("y", 6, 4), Order("z", 9, 4)]
    assert clear_orders(bids, asks) == (7, 8, [Fill("a", 4), Fill("b", 4)], [Fill("x", 4), Fill("y", 4)])


def test_who_is_filled_in_part_sets_the_price() -> None:
    price, volume, bids, asks = clear_orders([Order("a", 10, 9)], [Order("x", 2, 4)])
    assert (price, volume, bids, asks) == (10, 4, [Fill("a", 4)], [Fill("x", 4)])


def test_nothing_trades_where_nobody_meets() -> None:
    assert clear_orders([Order("a", 1, 1)], [Order("x", 2, 1)]) == (None, 0, [], [])
    assert clear_orders([], []) == (None, 0, [], [])
    assert clear_orders([Order("a", 10**40, 1)], [Order("x", 2, 10**40)])[1] == 0


def test_columns_must_be_of_one_length() -> None:
    with pytest.raises(ValueError, match="as many"):
        clear([1], [1, 2], [1], [1])


def columns(*values: list[int]) -> list[np.ndarray]:
    return [np.array(v, np.int64) for v in values]


def test_a_buyer_goes_where_the_way_is_paid_for_by_the_price() -> None:
    """Two regions; the cards in the far one are cheaper by more than the way there costs."""
    quantity, bid, cell, value = columns([5, 5], [0, 0, 1], [0, 1, 0], [20, 17, 20])
    asks = Asks(*columns([0, 1], [10, 4], [5, 5]))
    result = clear_exchange(Bids(quantity, np.zeros(2, np.bool_), bid, cell, value), asks, 2)
    assert result.proven
    assert result.options.tolist() == [0, 5, 5]
    assert result.gain == 5 * 17 + 5 * 20 - 5 * 4 - 5 * 10


def test_a_gang_that_does_not_fit_whole_stays_out_and_does_not_set_the_price() -> None:
    quantity, bid, cell, value = columns([8, 4], [0, 1], [0, 0], [20, 15])
    asks = Asks(*columns([0], [1], [6]))
    result = clear_exchange(Bids(quantity, np.array([True, True]), bid, cell, value), asks, 1)
    assert result.options.tolist() == [0, 4]
    assert 1 <= result.price[0] <= 15
    assert (result.gain, result.bound) == (4 * 14, 6 * 19)
