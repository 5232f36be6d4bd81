"""The supplier's data centres, their cards, and what they earned."""

from __future__ import annotations

from fastapi import APIRouter

from suanshi.web.door import Cursor, House, Limit, Supplier, SupplyReader
from suanshi.web.pending import pending
from suanshi.web.shapes.fields import Month, SiteId
from suanshi.web.shapes.money import SupplierStatement
from suanshi.web.shapes.offer import CardPage, Site, SiteAsk, SitePage
from suanshi.web.shapes.order import OrderPage, OrderState

router = APIRouter(tags=["supplier"])


@router.get("/sites")
def list_sites(house: House, who: SupplyReader, cursor: Cursor = None, limit: Limit = 20) -> SitePage:
    """Your sites."""
    raise pending()


@router.post("/sites", status_code=201)
def create_site(house: House, who: Supplier, ask: SiteAsk) -> Site:
    """Enter a data centre."""
    raise pending()


@router.get("/sites/{id}")
def get_site(house: House, who: SupplyReader, id: SiteId) -> Site:
    """One of your sites."""
    raise pending()


@router.get("/sites/{id}/cards")
def list_cards(house: House, who: SupplyReader, id: SiteId, cursor: Cursor = None, limit: Limit = 100) -> CardPage:
    """The cards of one of your sites and how much of each is in use."""
    raise pending()


@router.get("/supplier/orders")
def list_supplier_orders(
    house: House, who: SupplyReader, state: OrderState | None = None, cursor: Cursor = None, limit: Limit = 20
) -> OrderPage:
    """Orders on your cards; the buyer's program and files are not shown."""
    raise pending()


@router.get("/supplier/statement")
def get_supplier_statement(house: House, who: SupplyReader, month: Month) -> SupplierStatement:
    """What a month's orders earned, before and after commission."""
    raise pending()
