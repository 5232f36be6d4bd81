"""The supplier's data centres, their cards, and what they earned."""

from __future__ import annotations

from fastapi import APIRouter

from suanshi.catalog import site as catalog
from suanshi.flows import closing, follow, market, settle
from suanshi.orders.lifecycle import OrderState as State
from suanshi.web.door import Cursor, House, Limit, Supplier, SupplyReader
from suanshi.web.shapes.closure import Closure, ClosureAsk, ClosureList
from suanshi.web.shapes.fields import ClosureId, Month, SiteId
from suanshi.web.shapes.money import SupplierStatement
from suanshi.web.shapes.offer import Card, CardList, Site, SiteAsk, SiteList
from suanshi.web.shapes.order import OrderPage, OrderState

router = APIRouter(tags=["supplier"])


@router.get("/sites")
def list_sites(house: House, who: SupplyReader) -> SiteList:
    """Your sites."""
    return SiteList(items=[Site.of(site, cards) for site, cards in market.sites(house.db, who)])


@router.post("/sites", status_code=201)
def create_site(house: House, who: Supplier, ask: SiteAsk) -> Site:
    """Announce a data centre; it sells once the operator has verified it and an engine serves it."""
    draft = catalog.Site(
        id="",
        supplier=who.party,
        name=ask.name,
        region=ask.region,
        tier=ask.tier,
        pue_milli=round(ask.pue * 1000),
        green_bp=round(ask.green_share * 10_000),
        fabric=ask.fabric,
        engine="none",
        isolation=catalog.Isolation.NONE,
        verified=False,
    )
    return Site.of(market.register_site(house.db, who, draft), 0)


@router.get("/sites/{id}")
def get_site(house: House, who: SupplyReader, id: SiteId) -> Site:
    """One of your sites."""
    return Site.of(*market.site(house.db, who, id))


@router.get("/sites/{id}/cards")
def list_cards(house: House, who: SupplyReader, id: SiteId) -> CardList:
    """The cards of one of your sites and how much of each is let."""
    return CardList(items=[Card.of(use) for use in market.cards(house.db, who, id)])


@router.get("/sites/{id}/closures")
def list_closures(house: House, who: SupplyReader, id: SiteId) -> ClosureList:
    """What is or will be closed at one of your sites."""
    return ClosureList.of(closing.closures(house.db, who, id))


@router.post("/sites/{id}/closures", status_code=201)
def create_closure(house: House, who: Supplier, id: SiteId, ask: ClosureAsk) -> ClosureList:
    """Close cards for maintenance or for want of power; bookings that have not begun go to other cards."""
    return ClosureList.of(closing.close(house.db, who, ask.draft(id), ask.days))


@router.delete("/sites/{id}/closures/{closure_id}")
def delete_closure(house: House, who: Supplier, id: SiteId, closure_id: ClosureId) -> Closure:
    """End a closure early."""
    return Closure.of(closing.reopen(house.db, who, id, closure_id))


@router.get("/supplier/orders")
def list_supplier_orders(
    house: House, who: SupplyReader, state: OrderState | None = None, cursor: Cursor = None, limit: Limit = 20
) -> OrderPage:
    """Orders on your cards; the buyer's program and files are not shown."""
    found = follow.sold(house.db, who, None if state is None else State(state), cursor, limit)
    return OrderPage.of(found, who.party)


@router.get("/supplier/statement")
def get_supplier_statement(house: House, who: SupplyReader, month: Month) -> SupplierStatement:
    """What a month's orders earned, before and after commission."""
    return SupplierStatement.of(settle.supplier_statement(house.db, who, month))
