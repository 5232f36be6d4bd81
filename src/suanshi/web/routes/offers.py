"""The shop window, and the supplier's side of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from suanshi.catalog import offer as catalog
from suanshi.flows import market
from suanshi.flows import match as matching
from suanshi.kit.clock import now
from suanshi.web.door import House, Supplier, SupplyReader, Tongue
from suanshi.web.shapes.fields import OfferId, micro
from suanshi.web.shapes.match import MatchAnswer, MatchAsk
from suanshi.web.shapes.offer import Facets, FacetValue, Offer, OfferAsk, OfferChange, OfferList, OfferPage, OfferQuery

router = APIRouter(tags=["offers"])


@router.get("/offers")
def list_offers(house: House, query: Annotated[OfferQuery, Query()]) -> OfferPage:
    """Offers that match the filters, with counts by accelerator, vendor, region and isolation."""
    window = market.offers(house.db, query.wanted(), query.cursor, query.limit)
    facets = {name: [FacetValue(value=v, count=n) for v, n in values] for name, values in window.facets.items()}
    return OfferPage(
        items=[Offer.of(shown) for shown in window.page.items],
        next_cursor=window.page.next_cursor,
        total=window.total,
        facets=Facets(**facets),
    )


@router.post("/match")
def match_offers(house: House, tongue: Tongue, ask: MatchAsk) -> MatchAnswer:
    """Offers that serve a need, best first by cost and energy; for each of the others, why not and what would help."""
    return MatchAnswer.of(matching.match(house.db, ask.need()), tongue)


@router.get("/offers/{id}")
def get_offer(house: House, id: OfferId) -> Offer:
    """One offer."""
    return Offer.of(market.offer(house.db, id))


@router.get("/supplier/offers", tags=["supplier"])
def list_own_offers(house: House, who: SupplyReader) -> OfferList:
    """All your offers, whatever their state."""
    return OfferList(items=[Offer.of(shown) for shown in market.own_offers(house.db, who)])


@router.post("/offers", status_code=201)
def create_offer(house: House, who: Supplier, ask: OfferAsk) -> Offer:
    """List cards of one of your sites."""
    draft = catalog.Offer(
        id="",
        supplier=who.party,
        site=ask.site_id,
        title=ask.title,
        accelerator=ask.accelerator,
        price_micro=micro(ask.price_per_card_hour),
        minimum_micro=micro(ask.minimum_charge),
        currency="CNY",
        share_milli=ask.share_milli,
        max_cards=ask.max_cards or catalog.MAX_CARDS,
        max_seconds=ask.max_seconds,
        cpu_milli=0,
        memory_mib=0,
        environments=tuple(ask.environments),
        state=catalog.OfferState.LISTED,
        valid_from=now(),
        idle_price_micro=None if ask.idle_price is None else micro(ask.idle_price),
    )
    return Offer.of(market.list_offer(house.db, who, draft))


@router.patch("/offers/{id}")
def change_offer(house: House, who: Supplier, id: OfferId, change: OfferChange) -> Offer:
    """Pause, withdraw or reprice an offer; quotes and orders already made keep their price."""
    state = None if change.state is None else catalog.OfferState(change.state)
    price = None if change.price_per_card_hour is None else micro(change.price_per_card_hour)
    idle = None if change.idle_price is None else micro(change.idle_price)
    return Offer.of(market.change_offer(house.db, who, id, state, price, idle))
