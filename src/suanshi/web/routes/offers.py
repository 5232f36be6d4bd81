"""The shop window, and the supplier's side of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from suanshi.web.door import House, Supplier
from suanshi.web.pending import pending
from suanshi.web.shapes.fields import OfferId
from suanshi.web.shapes.offer import Offer, OfferAsk, OfferChange, OfferPage, OfferQuery

router = APIRouter(tags=["offers"])


@router.get("/offers")
def list_offers(house: House, query: Annotated[OfferQuery, Query()]) -> OfferPage:
    """Offers that match the filters, with counts by accelerator, vendor, region and isolation."""
    raise pending()


@router.get("/offers/{id}")
def get_offer(house: House, id: OfferId) -> Offer:
    """One offer."""
    raise pending()


@router.post("/offers", status_code=201)
def create_offer(house: House, who: Supplier, ask: OfferAsk) -> Offer:
    """List cards of one of your sites."""
    raise pending()


@router.patch("/offers/{id}")
def change_offer(house: House, who: Supplier, id: OfferId, change: OfferChange) -> Offer:
    """Pause, withdraw or reprice an offer; orders already made keep their price."""
    raise pending()
