"""The index answers as a plain look through every offer does, whatever was added, changed or taken down before."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.placement import search
from suanshi.placement.search import Filter, OfferIndex, at_least, at_most, one_of

law = settings(deadline=None, max_examples=150)
offer = st.fixed_dictionaries(
    {
        "price": st.integers(0, 12),
        "memory": st.sampled_from([16, 40, 80]),
        "region": st.sampled_from(["anhui", "gansu", "hubei"]),
    }
)
filters = st.lists(
    st.one_of(
        st.builds(at_least, st.sampled_from(["price", "memory"]), st.integers(-5, 90)),
        st.builds(at_most, st.sampled_from(["price", "memory"]), st.integers(-5, 10**30)),
        st.builds(one_of, st.just("region"), st.frozensets(st.sampled_from(["anhui", "gansu", "nowhere"]))),
    ),
    max_size=4,
)


def keeps(f: Filter, row: dict[str, int | str]) -> bool:
    value = row[f.column]
    if f.values is not None:
        return value in f.values
    return isinstance(value, int) and f.low <= value <= f.high


@law
@given(
    st.lists(offer, min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 50), st.none() | offer), max_size=40),
    filters,
    st.sampled_from(["price", "-memory"]),
    st.integers(0, 8),
    st.integers(0, 8),
    st.sampled_from([3, 4096]),
)
def test_a_page_is_what_a_plain_look_finds(offers, changes, asked, order, limit, skip, fresh) -> None:  # type: ignore[no-untyped-def]
    before, search._FRESH = search._FRESH, fresh  # a small one makes it sort changed rows in, again and again
    try:
        plain = {f"o{i}": row for i, row in enumerate(offers)}
        index = OfferIndex(list(plain), {c: [o[c] for o in offers] for c in offers[0]}, ("price", "-memory"))
        for i, row in changes:
            if row is None:
                index.remove(f"o{i}")
                plain.pop(f"o{i}", None)
            else:
                index.put(f"o{i}", **row)
                plain[f"o{i}"] = row
        assert len(index) == len(plain)
        kept = {i: row for i, row in plain.items() if all(keeps(f, row) for f in asked)}
        page = index.search(asked, order, limit, skip)
    finally:
        search._FRESH = before

    def rank(id_: str) -> tuple[int, int]:
        return (plain[id_]["price"], 0) if order == "price" else (-plain[id_]["memory"], plain[id_]["price"])

    best = sorted(map(rank, kept))
    assert set(page.ids) <= kept.keys()
    assert len(set(page.ids)) == len(page.ids)
    assert [rank(i) for i in page.ids] == best[skip : skip + limit]
    assert page.more == (len(kept) > skip + limit)
    counts = index.facets(asked, "region")
    others = [f for f in asked if f.column != "region"]
    for region in ("anhui", "gansu", "hubei"):
        expected = sum(row["region"] == region and all(keeps(f, row) for f in others) for row in plain.values())
        assert counts.get(region, 0) == expected
