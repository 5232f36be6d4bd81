"""A sealed-bid double auction for one product and hour: one price at which the most is traded and nobody trades at a loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
MOST = 10**12
"""Prices above a million yuan and quantities above 10^12 are no orders but mistakes; they are left aside."""


@dataclass(frozen=True, slots=True)
class Clearing:
    """The price (None if nothing trades), what changes hands, and how much of each bid and ask is filled."""

    price: int | None
    volume: int
    bids: Ints
    asks: Ints


@dataclass(frozen=True, slots=True)
class Order:
    """A buyer's highest or a seller's lowest price per unit, for up to so many units."""

    id: str
    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Fill:
    id: str
    quantity: int


def clear(bid_price: ArrayLike, bid_quantity: ArrayLike, ask_price: ArrayLike, ask_quantity: ArrayLike) -> Clearing:
    """Orders in columns, in the order they came: at one price the earlier is served first.

    The price is the middle of all prices at which supply meets demand (rounded down to a micro-unit), the same for buyers
    and sellers, so that what is paid is what is received.
    """
    want, demand, by_bid = _ranked(bid_price, bid_quantity, highest_first=True)
    cost, supply, by_ask = _ranked(ask_price, ask_quantity, highest_first=False)
    bids, asks = np.zeros(np.size(bid_price), np.int64), np.zeros(np.size(ask_price), np.int64)
    wanted, offered = np.cumsum(demand), np.cumsum(supply)
    # At each bid's price: how much is wanted at it or above, how much is offered at it or below.
    up_to = np.concatenate([[0], offered])[np.searchsorted(cost, want, side="right")]
    volume = int(np.minimum(wanted, up_to).max(initial=0))
    if volume == 0:
        return Clearing(None, 0, bids, asks)
    bids[by_bid] = np.diff(np.minimum(wanted, volume), prepend=0)
    asks[by_ask] = np.diff(np.minimum(offered, volume), prepend=0)
    # Whoever trades last must not lose at the price, and whoever is left over, even in part, must not wish to trade.
    low, high = int(cost[np.searchsorted(offered, volume)]), int(want[np.searchsorted(wanted, volume)])
    left_bids, left_asks = want[wanted > volume], cost[offered > volume]
    low, high = max(low, *left_bids[:1].tolist(), 0), min(high, *left_asks[:1].tolist(), MOST)
    return Clearing((low + high) // 2, volume, bids, asks)


def _ranked(price: ArrayLike, quantity: ArrayLike, highest_first: bool) -> tuple[Ints, Ints, Ints]:
    """Prices and quantities from the keenest on, and the places they had, without the orders that are out of range."""
    prices, quantities = np.asarray(price, np.int64), np.asarray(quantity, np.int64)
    if prices.shape != quantities.shape:
        raise ValueError("as many prices as quantities, please")
    sound = np.flatnonzero((prices >= 0) & (prices <= MOST) & (quantities > 0) & (quantities <= MOST))
    order = sound[np.argsort(-prices[sound] if highest_first else prices[sound], kind="stable")]
    return prices[order], quantities[order], order


def clear_orders(bids: Sequence[Order], asks: Sequence[Order]) -> tuple[int | None, int, list[Fill], list[Fill]]:
    """The same for orders by id: price, volume, and the bids and asks that trade."""

    def columns(orders: Sequence[Order]) -> tuple[list[int], list[int]]:
        def clip(value: int) -> int:
            return max(-1, min(value, MOST + 1))

        return [clip(o.price) for o in orders], [clip(o.quantity) for o in orders]

    result = clear(*columns(bids), *columns(asks))

    def fills(orders: Sequence[Order], filled: Ints) -> list[Fill]:
        return [Fill(o.id, q) for o, q in zip(orders, filled.tolist(), strict=True) if q]

    return result.price, result.volume, fills(bids, result.bids), fills(asks, result.asks)
