"""The buyer's money."""

from __future__ import annotations

from fastapi import APIRouter

from suanshi.web.door import Buyer, Cursor, House, IdempotencyKey, Limit, Reader
from suanshi.web.pending import pending
from suanshi.web.shapes.fields import Month
from suanshi.web.shapes.money import EntryPage, Statement, Topup, TopupAsk, TopupPage, Wallet

router = APIRouter(tags=["wallet"])


@router.get("/wallet")
def get_wallet(house: House, who: Reader) -> Wallet:
    """Balance, what orders hold of it, and what is left to spend."""
    raise pending()


@router.get("/wallet/entries")
def list_entries(house: House, who: Reader, cursor: Cursor = None, limit: Limit = 20) -> EntryPage:
    """Every movement of the wallet, newest first, each with its cause."""
    raise pending()


@router.post("/wallet/topups", status_code=201)
def create_topup(house: House, who: Buyer, ask: TopupAsk, key: IdempotencyKey) -> Topup:
    """Announce a payment; the operator confirms it when the money is there."""
    raise pending()


@router.get("/wallet/topups")
def list_topups(house: House, who: Reader, cursor: Cursor = None, limit: Limit = 20) -> TopupPage:
    """Your announced and confirmed payments."""
    raise pending()


@router.get("/wallet/statement")
def get_statement(house: House, who: Reader, month: Month) -> Statement:
    """One month of the wallet."""
    raise pending()
