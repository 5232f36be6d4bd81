"""The cheapest set of sites that together hold a gang: branch and bound, so that what comes back is proven, not guessed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

MOST_SITES = 62  # a set of sites is the bits of one 64-bit number
_NODES = 100_000
"""Steps after which the best so far is given back as not proven: about a second."""
NOTHING = 2**62


def search(
    units: int,
    least: int,
    most_sites: int,
    lot_site: NDArray[np.int64],
    lot_units: NDArray[np.int64],
    lot_price: NDArray[np.int64],
    linked: NDArray[np.int64],
    link_price: NDArray[np.int64],
) -> tuple[int, int, bool]:
    """(cost, set of sites, proven) of the cheapest way to take `units` from lots sorted by price.

    Every two sites used must be linked (`linked[a]` has bit b), each gives at least `least` units, and there are at most
    `most_sites`. The cost is the units' prices and the prices of all links between sites used. `NOTHING` if there is none.
    """
    room = np.bincount(lot_site, lot_units, len(linked)).astype(np.int64)
    usable = 0
    for site in np.flatnonzero(room >= least):
        usable |= 1 << int(site)
    cost, chosen, nodes = _search(units, least, most_sites, usable, lot_site, lot_units, lot_price, room, linked, link_price)
    return int(cost), int(chosen), int(nodes) < _NODES


@njit(cache=True)
def _fill(units: int, least: int, chosen: int, more: int, lot_site: Any, lot_units: Any, lot_price: Any, given: Any) -> int:
    """What `units` cost from the sites of both sets, cheapest lots first, each chosen site giving its least."""
    given[:] = 0
    owed = 0  # what chosen sites still have to give
    for site in range(len(given)):
        if (chosen >> site) & 1:
            owed += least
    left, cost = units, 0
    if owed > left:
        return NOTHING
    for lot in range(len(lot_site)):
        site = lot_site[lot]
        if left == 0:
            break
        if ((chosen | more) >> site) & 1:
            due = max(0, least - given[site]) if (chosen >> site) & 1 else 0
            take = min(lot_units[lot], left - owed + min(due, lot_units[lot]))
            paid = min(due, take)
            owed -= paid
            given[site] += take
            left -= take
            cost += take * lot_price[lot]
    return cost if left == 0 else NOTHING


@njit(cache=True)
def _joining(chosen: int, site: int, link_price: Any) -> int:
    price = 0
    for other in range(len(link_price)):
        if (chosen >> other) & 1:
            price += link_price[site, other]
    return price


@njit(cache=True)
def _cheapest_links(link_price: Any) -> Any:
    """For each site, what its k cheapest links cost together: no choice of k others can join it for less."""
    sites = len(link_price)
    out = np.zeros((sites, sites), np.int64)
    for site in range(sites):
        price = np.sort(np.concatenate((link_price[site, :site], link_price[site, site + 1 :])))
        for k in range(1, sites):
            out[site, k] = out[site, k - 1] + price[k - 1]
    return out


@njit(cache=True)
def _sites_ahead(units: int, chosen: int, more: int, most: int, room: Any) -> int:
    """How many further sites it takes at least, or -1 if those that may still join cannot hold the gang."""
    short = units
    for site in range(len(room)):
        if (chosen >> site) & 1:
            short -= room[site]
    rooms = np.sort(np.array([room[site] for site in range(len(room)) if (more >> site) & 1]))[::-1]
    needed = 0
    while short > 0:
        if needed == len(rooms) or needed == most:
            return -1
        short -= rooms[needed]
        needed += 1
    return needed


@njit(cache=True)
def _bound(
    units: int,
    least: int,
    chosen: int,
    more: int,
    ahead: int,
    lot_site: Any,
    lot_units: Any,
    lot_price: Any,
    room: Any,
    link_price: Any,
    cheapest: Any,
) -> int:
    """Less than this nothing below can cost: the better of two relaxations.

    A site that joins pays its links to those chosen, and half of as many of its cheapest links as must join beside it.
    Either the `ahead` smallest such fees come on top of the cheapest cards, or each site's fee is spread over its cards.
    """
    sites = len(room)
    fee, joins = np.zeros(sites, np.int64), np.zeros(sites, np.int64)
    count = 0
    for site in range(sites):
        if (more >> site) & 1:
            fee[site] = _joining(chosen, site, link_price) + cheapest[site, max(ahead - 1, 0)] // 2
            joins[count] = fee[site]
            count += 1
    given = np.zeros(sites, np.int64)
    fees = np.sort(joins[:count])[:ahead].sum()
    apart = _fill(units, least, chosen, more, lot_site, lot_units, lot_price, given) + fees
    spread = np.array([lot_price[i] + fee[lot_site[i]] // max(room[lot_site[i]], 1) for i in range(len(lot_site))])
    order = np.argsort(spread, kind="mergesort")
    joined = _fill(units, least, chosen, more, lot_site[order], lot_units[order], spread[order], given)
    return int(max(apart, joined))


@njit(cache=True)
def _search(
    units: int,
    least: int,
    most_sites: int,
    usable: int,
    lot_site: Any,
    lot_units: Any,
    lot_price: Any,
    room: Any,
    linked: Any,
    link_price: Any,
) -> tuple[int, int, int]:
    sites = len(room)
    given = np.zeros(sites, np.int64)
    cheapest = _cheapest_links(link_price)
    order = np.zeros(sites, np.int64)  # the cheapest first: good answers come early and cut the rest
    ordered, seen = 0, 0
    for site in lot_site:
        if (usable >> site) & 1 and not (seen >> site) & 1:
            order[ordered] = site
            ordered += 1
            seen |= 1 << site
    best, best_set, nodes = NOTHING, 0, 0
    # One frame a site decided on: (sites chosen, sites still open, link cost so far), in three stacks.
    chosen_at, open_at = np.zeros(sites + 2, np.int64), np.zeros(sites + 2, np.int64)
    links_at = np.zeros(sites + 2, np.int64)
    open_at[0] = seen
    top = 1
    while top and nodes < _NODES:
        top -= 1
        nodes += 1
        chosen, more, links = chosen_at[top], open_at[top], links_at[top]
        count = 0
        for site in range(sites):
            count += (chosen >> site) & 1
        if chosen:
            cost = _fill(units, least, chosen, 0, lot_site, lot_units, lot_price, given)
            if cost < NOTHING and cost + links < best:
                best, best_set = cost + links, chosen
        if count == most_sites or more == 0:
            continue
        ahead = _sites_ahead(units, chosen, more, most_sites - count, room)
        if (
            ahead < 0
            or links + _bound(units, least, chosen, more, ahead, lot_site, lot_units, lot_price, room, link_price, cheapest)
            >= best
        ):
            continue
        for i in range(ordered):
            site = order[i]
            if (more >> site) & 1:
                break
        rest = more & ~(1 << site)
        chosen_at[top], open_at[top], links_at[top] = chosen, rest, links  # without it: looked at later
        top += 1
        chosen_at[top], open_at[top] = chosen | (1 << site), rest & linked[site]
        links_at[top] = links + _joining(chosen, site, link_price)
        top += 1
    return best, best_set, nodes
