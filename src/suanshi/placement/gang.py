"""Many scattered cards sold as one block: all of them or none, on few sites joined by links that are fast enough."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from suanshi.kit.money import yuan
from suanshi.kit.refusal import Text
from suanshi.placement.cheapest import MOST_SITES, NOTHING, search

Pair = tuple[str, str]
_MOST_CARDS = 10**6
_MOST_PRICE = 10**12


@dataclass(frozen=True, slots=True)
class Lot:
    """Equal cards of one supplier in one node group, free now, at one price (micro-yuan per card-hour)."""

    id: str
    site: str
    group: str
    supplier: str
    cards: int
    price: int


@dataclass(frozen=True, slots=True)
class Link:
    """What joins two sites: its free bandwidth, and what using it costs (micro-yuan per hour)."""

    gbps: int
    price: int = 0


@dataclass(frozen=True, slots=True)
class Gang:
    """What is wanted. `together` narrows it to one node group or one site; `compact` takes the fewest sites before the
    lowest cost; `per` is the number of cards that must sit on one node, so that cards come in that many.
    """

    id: str
    cards: int
    per: int = 1
    min_gbps: int = 0
    max_sites: int = MOST_SITES
    min_per_site: int = 1
    max_price: int | None = None  # micro-yuan per card-hour, links included
    together: Literal["anywhere", "site", "group"] = "anywhere"
    compact: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    lot: Lot
    cards: int


@dataclass(frozen=True, slots=True)
class Block:
    """A gang's cards. The buyer pays one `price` for each; suppliers and links get `cost` of it, to the micro-yuan."""

    gang: Gang
    parts: tuple[Part, ...]
    links: tuple[Pair, ...]
    cost: int  # micro-yuan per hour, links included
    proven: bool  # that nothing cheaper exists

    @property
    def price(self) -> int:
        """Micro-yuan per card-hour, rounded up so that the suppliers' prices are covered."""
        return -(-self.cost // self.gang.cards)

    @property
    def suppliers(self) -> dict[str, int]:
        """What each supplier's cards bring it, in micro-yuan per hour."""
        out: dict[str, int] = {}
        for part in self.parts:
            out[part.lot.supplier] = out.get(part.lot.supplier, 0) + part.cards * part.lot.price
        return out


@dataclass(frozen=True, slots=True)
class NoBlock:
    """Why there is no block, and the least change of one field of the gang that makes one, if a single one does."""

    code: str
    text: Text
    field: str | None = None
    value: int | str | None = None


Links = Mapping[Pair, Link]


def assemble(gang: Gang, lots: Sequence[Lot], links: Links) -> Block | NoBlock:
    """The cheapest block, proven; or why none exists. A pair of sites with no link cannot work together."""
    if (wrong := _wrong(gang, lots)) is not None:
        return wrong
    best = _best(gang, lots, links)
    if best is None or _dear(best):
        return _least_change(gang, lots, links, best)
    return best


def fit(gang: Gang, lots: Sequence[Lot], links: Links) -> Block | None:
    """The same block, or None without the search for what would help."""
    best = None if _wrong(gang, lots) else _best(gang, lots, links)
    return None if best is None or _dear(best) else best


def _dear(block: Block) -> bool:
    return block.gang.max_price is not None and block.price > block.gang.max_price


def _wrong(gang: Gang, lots: Sequence[Lot]) -> NoBlock | None:
    if not 0 < gang.cards <= _MOST_CARDS or not 0 < gang.per <= _MOST_CARDS or gang.cards % gang.per:
        zh, en = "卡数必须为正数，且为每节点卡数的整数倍", "cards must be positive and a multiple of the cards per node"
        return NoBlock("size", Text(zh, en))
    if gang.min_per_site > gang.cards or gang.max_sites < 1 or gang.min_gbps < 0:
        zh, en = (
            "对中心数、每中心卡数或带宽的要求互相矛盾",
            "the limits on sites, cards per site or bandwidth contradict each other",
        )
        return NoBlock("contradiction", Text(zh, en))
    if any(not 0 <= lot.price <= _MOST_PRICE for lot in lots):
        return NoBlock("price", Text("有一批卡的价格超出范围", "the price of a lot is out of range"))
    return None


def _best(gang: Gang, lots: Sequence[Lot], links: Links) -> Block | None:
    if gang.together == "group":
        groups = sorted({(lot.site, lot.group) for lot in lots})
        found = [_solve(gang, [x for x in lots if (x.site, x.group) == group], {}, 1) for group in groups]
        return min((b for b in found if b), key=lambda b: b.cost, default=None)
    most = 1 if gang.together == "site" else min(gang.max_sites, MOST_SITES)
    for sites in range(1, most + 1) if gang.compact else (most,):
        if (block := _solve(gang, lots, links, sites)) is not None:
            return block
    return None


def _solve(gang: Gang, lots: Sequence[Lot], links: Links, most_sites: int) -> Block | None:
    """In units of `per` cards, over the sites that have any; the 62 cheapest of them, if there are more."""
    usable = sorted((x for x in lots if x.cards >= gang.per), key=lambda x: (x.price, x.site, x.id))
    names = list(dict.fromkeys(lot.site for lot in usable))
    exact, names = len(names) <= MOST_SITES, names[:MOST_SITES]
    place = {site: i for i, site in enumerate(names)}
    usable = [lot for lot in usable if lot.site in place]
    linked = np.zeros(len(names), np.int64)
    link_price = np.zeros((len(names), len(names)), np.int64)
    for (a, b), link in links.items():
        if a in place and b in place and a != b and link.gbps >= gang.min_gbps:
            i, j = place[a], place[b]
            linked[i] |= 1 << j
            linked[j] |= 1 << i
            link_price[i, j] = link_price[j, i] = min(max(link.price, 0), _MOST_PRICE)
    units = [lot.cards // gang.per for lot in usable]
    if sum(units) * gang.per < gang.cards:
        return None
    least = -(-max(gang.min_per_site, 1) // gang.per)
    lot_site = np.array([place[lot.site] for lot in usable], np.int64)
    lot_units = np.array([min(u, _MOST_CARDS) for u in units], np.int64)
    lot_price = np.array([lot.price * gang.per for lot in usable], np.int64)
    cost, chosen, proven = search(gang.cards // gang.per, least, most_sites, lot_site, lot_units, lot_price, linked, link_price)
    if cost == NOTHING:
        return None
    used = {site for site, i in place.items() if chosen >> i & 1}
    parts = _parts(gang, usable, used, least)
    pairs = tuple(p for p in sorted({_pair(a, b) for a in used for b in used if a != b}))
    return Block(gang, parts, pairs, cost, proven and exact)


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def _parts(gang: Gang, lots: Sequence[Lot], used: set[str], least: int) -> tuple[Part, ...]:
    """The cheapest lots of the sites chosen, each site giving at least its least."""
    left, owed = gang.cards // gang.per, dict.fromkeys(sorted(used), least)
    parts = []
    for lot in lots:
        if lot.site in used and left:
            units = lot.cards // gang.per
            due = min(owed[lot.site], units)
            take = min(units, left - sum(owed.values()) + due)
            owed[lot.site] -= min(due, take)
            left -= take
            if take:
                parts.append(Part(lot, take * gang.per))
    return tuple(parts)


# --- why not ---


def _least_change(gang: Gang, lots: Sequence[Lot], links: Links, dear: Block | None) -> NoBlock:
    """The first field, in the order a buyer would rather give way, whose change alone makes a block."""
    if dear is not None:
        zh, en = (
            f"最低价为每卡时 {yuan(dear.price)} 元，高于上限",
            f"the lowest price is {yuan(dear.price)} yuan a card-hour, above the ceiling",
        )
        return NoBlock("price", Text(zh, en), "max_price", dear.price)

    def fits(**changed: Any) -> bool:
        return fit(replace(gang, **changed), lots, links) is not None

    if gang.together != "anywhere":
        for wider in ("site", "anywhere") if gang.together == "group" else ("anywhere",):
            if fits(together=wider):
                zh, en = "没有足够集中的空闲卡，需放宽集中范围", "the free cards lie too far apart; widen the scope"
                return NoBlock("scope", Text(zh, en), "together", wider)
    if gang.max_sites < MOST_SITES and fits(max_sites=MOST_SITES):
        sites = _first(lambda n: fits(max_sites=n), list(range(gang.max_sites + 1, MOST_SITES + 1)))
        return NoBlock("sites", Text(f"至少需要 {sites} 个中心", f"it takes {sites} sites at least"), "max_sites", sites)
    speeds = sorted({0, *(link.gbps for link in links.values() if 0 <= link.gbps < gang.min_gbps)}, reverse=True)
    if gang.min_gbps > 0 and fits(min_gbps=0):
        gbps = _first(lambda g: fits(min_gbps=g), speeds)
        zh, en = f"所需中心之间的带宽至多 {gbps} Gb/s", f"the sites it takes are joined at {gbps} Gb/s at best"
        return NoBlock("bandwidth", Text(zh, en), "min_gbps", gbps)
    sizes = [n * gang.per for n in range((gang.cards - 1) // gang.per, 0, -1)]
    if sizes and fits(cards=sizes[-1]):
        cards = _first(lambda n: fits(cards=n), sizes)
        zh, en = f"在这些条件下至多能凑齐 {cards} 张卡", f"at most {cards} cards can be had under these conditions"
        return NoBlock("cards", Text(zh, en), "cards", cards)
    return NoBlock("none", Text("没有可用的卡满足这些条件", "no cards meet these conditions"))


def _first(holds: Callable[[int], bool], values: Sequence[int]) -> int:
    """The first value that holds, of values of which all after a certain one do, the last for certain."""
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        if holds(values[middle]):
            high = middle
        else:
            low = middle + 1
    return values[low]
