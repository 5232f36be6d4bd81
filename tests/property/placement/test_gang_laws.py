"""Laws of gangs: feasible, whole, cheapest; refusals true; holds never partial; and no gang blocks another for ever."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.placement.assembly import Assembly
from suanshi.placement.gang import Block, Gang, Link, Lot, NoBlock, assemble

law = settings(deadline=None, max_examples=120)
SITES = ["a", "b", "c", "d"]
lot = st.builds(
    Lot,
    id=st.just(""),
    site=st.sampled_from(SITES),
    group=st.sampled_from(["g1", "g2"]),
    supplier=st.sampled_from(["s1", "s2"]),
    cards=st.integers(0, 9),
    price=st.integers(0, 9),
)
lots = st.lists(lot, max_size=6).map(lambda ls: [replace(x, id=f"l{i}") for i, x in enumerate(ls)])
links = st.dictionaries(
    st.sampled_from(list(combinations(SITES, 2))), st.builds(Link, st.sampled_from([0, 10, 100]), st.integers(0, 30))
)
gangs = st.builds(
    Gang,
    id=st.just("g"),
    cards=st.integers(-1, 24),
    per=st.sampled_from([1, 1, 2, 4]),
    min_gbps=st.sampled_from([0, 10, 100, 400]),
    max_sites=st.integers(0, 4),
    min_per_site=st.integers(-1, 5),
    max_price=st.none() | st.integers(0, 12),
    together=st.sampled_from(["anywhere", "anywhere", "site", "group"]),
    compact=st.booleans(),
)


def check(gang: Gang, block: Block, offered: list[Lot], links: dict[tuple[str, str], Link]) -> None:
    assert sum(p.cards for p in block.parts) == gang.cards
    assert all(0 < p.cards <= p.lot.cards and p.cards % gang.per == 0 and p.lot in offered for p in block.parts)
    assert len({p.lot.id for p in block.parts}) == len(block.parts)
    sites = sorted({p.lot.site for p in block.parts})
    assert len(sites) <= gang.max_sites
    assert block.links == tuple(combinations(sites, 2))
    assert all(links[pair].gbps >= gang.min_gbps for pair in block.links)
    for site in sites:
        assert sum(p.cards for p in block.parts if p.lot.site == site) >= gang.min_per_site
    if gang.together != "anywhere":
        assert len(sites) == 1
    if gang.together == "group":
        assert len({p.lot.group for p in block.parts}) == 1
    paid = sum(block.suppliers.values()) + sum(links[pair].price for pair in block.links)
    assert paid == block.cost <= block.price * gang.cards < block.cost + gang.cards
    assert gang.max_price is None or block.price <= gang.max_price


def cheapest(gang: Gang, offered: list[Lot], links: dict[tuple[str, str], Link]) -> int | None:
    """By trying every set of sites and filling it one unit at a time."""
    best: tuple[int, int] | None = None
    for size in range(1, min(gang.max_sites, 4) + 1):
        for sites in combinations(SITES, size):
            if any(pair not in links or links[pair].gbps < gang.min_gbps for pair in combinations(sites, 2)):
                continue
            price = sorted(x.price for x in offered if x.site in sites for _ in range(x.cards // gang.per))
            least = -(-max(gang.min_per_site, 1) // gang.per)
            must, rest = [], []
            for site in sites:
                mine = sorted(x.price for x in offered if x.site == site for _ in range(x.cards // gang.per))
                must.append(mine[:least])
                rest += mine[least:]
            free = gang.cards // gang.per - least * size
            if any(len(m) < least for m in must) or free < 0 or free > len(rest) or not price:
                continue
            cost = gang.per * (sum(map(sum, must)) + sum(sorted(rest)[:free])) + sum(
                links[p].price for p in combinations(sites, 2)
            )
            best = min(x for x in (best, (size if gang.compact else 0, cost)) if x is not None)
    return best[1] if best else None


@law
@given(gangs, lots, links)
def test_a_block_is_whole_feasible_and_the_cheapest_there_is(gang, offered, links) -> None:  # type: ignore[no-untyped-def]
    answer = assemble(gang, offered, links)
    if isinstance(answer, Block):
        check(gang, answer, offered, links)
        assert answer.proven
        if gang.together == "anywhere":
            assert answer.cost == cheapest(gang, offered, links)
    elif answer.code not in {"size", "contradiction", "price"} and gang.together == "anywhere":
        assert cheapest(gang, offered, links) is None


@law
@given(gangs, lots, links)
def test_a_refusal_is_true_and_its_change_is_the_least(gang, offered, links) -> None:  # type: ignore[no-untyped-def]
    answer = assemble(gang, offered, links)
    if isinstance(answer, NoBlock) and answer.field is not None:
        then = replace(gang, **{answer.field: answer.value})
        block = assemble(then, offered, links)
        assert isinstance(block, Block)
        check(then, block, offered, links)
        if answer.field == "max_price":
            assert isinstance(assemble(replace(then, max_price=answer.value - 1), offered, links), NoBlock)
        if answer.field == "cards":
            for more in range(answer.value + gang.per, gang.cards, gang.per):
                assert isinstance(assemble(replace(gang, cards=more), offered, links), NoBlock)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("submit"), st.integers(0, 5), st.integers(1, 12)),
        st.tuples(st.just("step"), st.integers(-50, 400), st.just(0)),
        st.tuples(st.sampled_from(["confirm", "decline"]), st.integers(0, 5), st.integers(0, 5)),
        st.tuples(st.just("end"), st.integers(0, 5), st.just(0)),
    ),
    max_size=40,
)


@law
@given(lots, links, steps)
def test_cards_are_held_whole_or_not_at_all_whatever_happens(offered, links, steps) -> None:  # type: ignore[no-untyped-def]
    hall, now = Assembly(offered, links, confirm_within=100, patience=150), 0
    twin = Assembly(offered, links, confirm_within=100, patience=150)
    for name, a, b in steps:
        answers = []
        now += a if name == "step" else 0
        for each in (hall, twin):
            if name == "submit":
                answers.append(each.submit(Gang(f"g{a}", b), now, 300))
            elif name == "step":
                answers.append(each.step(now))
            elif name == "end":
                answers.append(each.end(f"g{a}"))
            else:
                answers.append(getattr(each, name)(f"g{a}", f"l{b}"))
        assert answers[0] == answers[1]  # the same events make the same market
        held = [h.block for h in hall.holds] + list(hall.running.values())
        for block in held:
            assert sum(p.cards for p in block.parts) == block.gang.cards
        for x in offered:
            out = sum(p.cards for block in held for p in block.parts if p.lot.id == x.id)
            assert hall.free[x.id] == x.cards - out >= 0
        everyone = [w.gang.id for w in hall.waiting] + [b.gang.id for b in held]
        assert len(everyone) == len(set(everyone))


@law
@given(lots, st.lists(st.integers(1, 20), min_size=1, max_size=6), st.data())
def test_no_livelock_every_gang_that_fits_an_honest_market_starts(offered, sizes, data) -> None:  # type: ignore[no-untyped-def]
    """Some lots never confirm. Each failure bars a lot for a gang, so it all settles within gangs x lots rounds."""
    links = {pair: Link(100) for pair in combinations(SITES, 2)}
    deaf = {x.id for x in offered if data.draw(st.booleans())}
    hall = Assembly(offered, links, confirm_within=10, patience=20)
    for i, size in enumerate(sizes):
        hall.submit(Gang(f"g{i}", size), i, 10**6)
    for now in range(0, 30 * (len(sizes) * (len(offered) + 1) + 2), 30):
        hall.step(now)
        for hold in hall.holds:
            for lot_id in hold.missing - deaf:
                hall.confirm(hold.waiting.gang.id, lot_id)
        for gang_id in hall.running:
            hall.end(gang_id)
    room = sum(x.cards for x in offered if x.id not in deaf)
    assert not hall.holds
    assert all(w.gang.cards > room for w in hall.waiting)
