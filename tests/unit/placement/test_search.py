from __future__ import annotations

import pytest

from suanshi.placement.search import OfferIndex, Page, at_least, at_most, one_of


def index() -> OfferIndex:
    return OfferIndex(
        ["a", "b", "c", "d"],
        {"price": [4, 2, 3, 2], "memory": [80, 40, 80, 40], "region": ["anhui", "gansu", "gansu", "anhui"]},
        orders=("price", "-memory"),
    )


def test_the_cheapest_come_first_and_pages_follow_one_another() -> None:
    assert index().search(limit=2) == Page(("b", "d"), more=True)
    assert index().search(limit=2, skip=2) == Page(("c", "a"), more=False)


def test_filters_join() -> None:
    assert index().search([one_of("region", ["gansu"]), at_least("memory", 64)]).ids == ("c",)
    assert index().search([one_of("region", ["mars"])]).ids == ()
    assert index().search([at_least("price", 5), at_most("price", 1)]).ids == ()


def test_another_order() -> None:
    assert index().search(order="-memory").ids == ("c", "a", "b", "d")


def test_a_changed_price_moves_an_offer_and_a_removed_one_is_gone() -> None:
    shop = index()
    shop.put("a", price=1)
    shop.put("e", price=0, memory=16, region="hubei")
    shop.remove("b")
    shop.remove("never there")
    assert shop.search().ids == ("e", "a", "d", "c")
    assert shop.facets([], "region") == {"anhui": 2, "gansu": 1, "hubei": 1}


def test_an_index_may_start_empty() -> None:
    shop = OfferIndex([], {"price": [], "region": []})
    assert shop.search().ids == ()
    shop.put("a", price=1, region="anhui")
    shop.put("b", price=0, region="gansu")
    assert shop.search().ids == ("b", "a")
    assert shop.search([one_of("region", ["anhui"])]).ids == ("a",)


def test_mistakes_of_the_caller_are_named() -> None:
    shop = index()
    with pytest.raises(KeyError):
        shop.search([at_most("weight", 3)])
    with pytest.raises(KeyError, match="no order"):
        shop.search(order="weight")
    with pytest.raises(KeyError, match="needs memory, region"):
        shop.put("new", price=1)
    with pytest.raises(KeyError, match="no column"):
        shop.put("a", weight=1)
    with pytest.raises(ValueError, match="share an id"):
        OfferIndex(["a", "a"], {"price": [1, 2]})
    with pytest.raises(ValueError, match="values for"):
        OfferIndex(["a"], {"price": [1, 2]})
