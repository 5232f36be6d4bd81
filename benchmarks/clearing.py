"""Clearing 10,000 bids against 10,000 asks: one product; 40 products in 27 regions; and the same with gangs.

python benchmarks/clearing.py [--orders 10000] [--products 40] [--regions 27]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from suanshi.placement.clearing import clear
from suanshi.placement.exchange import Asks, Bids, clear_exchange


def one(orders: int) -> None:
    chance = np.random.default_rng(1)
    bid_price, ask_price = ((chance.lognormal(m, 0.5, orders) * 1e6).astype(np.int64) for m in (1.8, 1.7))
    bid_quantity, ask_quantity = (chance.integers(1, 65, orders) for _ in range(2))
    clear(bid_price, bid_quantity, ask_price, ask_quantity)
    took = []
    for _ in range(50):
        begun = time.process_time()
        result = clear(bid_price, bid_quantity, ask_price, ask_quantity)
        took.append((time.process_time() - begun) * 1000)
    begun = time.process_time()
    volume = plain(bid_price.tolist(), bid_quantity.tolist(), ask_price.tolist(), ask_quantity.tolist())
    base = (time.process_time() - begun) * 1000
    assert volume == result.volume
    print(f"one product: median {np.median(took):.2f} ms, worst of 50 {max(took):.2f} ms")
    print(f"  order by order in Python {base:.1f} ms; ratio {base / np.median(took):.0f}")


def plain(bid_price: list[int], bid_quantity: list[int], ask_price: list[int], ask_quantity: list[int]) -> int:
    bids = sorted(zip(bid_price, bid_quantity, strict=True), reverse=True)
    asks = sorted(zip(ask_price, ask_quantity, strict=True))
    volume, j, left = 0, 0, asks[0][1]
    for price, want in bids:
        while want and j < len(asks) and asks[j][0] <= price:
            take = min(want, left)
            volume, want, left = volume + take, want - take, left - take
            if left == 0:
                j += 1
                left = asks[j][1] if j < len(asks) else 0
    return volume


def market(orders: int, products: int, regions: int, gangs: float) -> tuple[Bids, Asks]:
    """Every buyer accepts its nearest one to all regions; the way there costs up to 1.4 yuan a card-hour."""
    chance = np.random.default_rng(1)
    place = chance.random((regions, 2))
    way = (np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)) * 1e6).astype(np.int64)
    product, home = chance.integers(0, products, orders), chance.integers(0, regions, orders)
    worth = (chance.lognormal(1.8, 0.4, orders) * 1e6).astype(np.int64)
    quantity = chance.choice([1, 2, 4, 8, 16, 32, 64, 128], orders)
    accepts = chance.integers(1, regions + 1, orders)
    bid = np.repeat(np.arange(orders), accepts)
    near = np.argsort(way, axis=1, kind="stable")
    region = np.concatenate([near[h, :k] for h, k in zip(home, accepts, strict=True)])
    bids = Bids(
        quantity,
        chance.random(orders) < gangs,
        bid,
        product[bid] * regions + region,
        worth[bid] - way[home[bid], region],
    )
    cell = chance.integers(0, products, orders) * regions + chance.integers(0, regions, orders)
    cost = (chance.lognormal(1.7, 0.4, orders) * 1e6).astype(np.int64)
    return bids, Asks(cell, cost, chance.integers(1, 65, orders))


def many(orders: int, products: int, regions: int, seconds: float) -> None:
    bids, asks = market(orders, products, regions, 0.0)
    began, begun = time.perf_counter(), time.process_time()
    result = clear_exchange(bids, asks, products * regions)
    took = time.process_time() - begun
    print(f"{products} products x {regions} regions, {len(bids.option_bid):,} options: {took:.2f} CPU s, ", end="")
    print(f"{time.perf_counter() - began:.2f} s by the clock; gain {result.gain / 1e6:,.2f} yuan an hour", end="")
    print(", equal to the dual: optimal" if result.proven else f", bound {result.bound / 1e6:,.2f}")
    print(f"  each region for itself gains {alone(bids, asks, products * regions) / result.gain:.1%} of that")
    for share in (0.5, 1.0):
        bids, asks = market(orders, products, regions, share)
        began, begun = time.perf_counter(), time.process_time()
        result = clear_exchange(bids, asks, products * regions, seconds=seconds)
        took = time.process_time() - begun
        print(
            f"{share:.0%} of the bids all or nothing: {took:.2f} CPU s, {time.perf_counter() - began:.2f} s by the clock; ",
            end="",
        )
        print(f"{result.gain / result.bound:.2%} of the LP bound")


def alone(bids: Bids, asks: Asks, cells: int) -> int:
    """The baseline: every buyer goes to its nearest region, and each cell clears apart."""
    first = np.unique(bids.option_bid, return_index=True)[1]
    cell, value, gain = bids.option_cell[first], bids.option_value[first], 0
    for c in range(cells):
        mine, theirs = cell == c, asks.cell == c
        if mine.any() and theirs.any():
            r = clear(np.maximum(value[mine], 0), bids.quantity[mine], asks.price[theirs], asks.quantity[theirs])
            gain += int(r.bids @ value[mine] - r.asks @ asks.price[theirs])
    return gain


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--products", type=int, default=40)
    parser.add_argument("--regions", type=int, default=27)
    parser.add_argument("--seconds", type=float, default=1.0, help="for placing gangs, by the clock")
    args = parser.parse_args()
    clear_exchange(*market(200, 2, 3, 0.5), 6)  # compile first
    one(args.orders)
    many(args.orders, args.products, args.regions, args.seconds)


if __name__ == "__main__":
    main()
