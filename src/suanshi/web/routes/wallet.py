"""The buyer's money."""

from __future__ import annotations

from fastapi import APIRouter

from suanshi.flows import settle
from suanshi.kit.money import Money
from suanshi.kit.refusal import invalid
from suanshi.web.door import Buyer, Cursor, House, IdempotencyKey, Limit, Reader, Tongue
from suanshi.web.shapes.fields import Month
from suanshi.web.shapes.money import Entry, EntryPage, Statement, Topup, TopupAsk, TopupPage, Wallet

router = APIRouter(tags=["wallet"])


@router.get("/wallet")
def get_wallet(house: House, who: Reader) -> Wallet:
    """Balance, what orders hold of it, and what is left to spend."""
    return Wallet.of(settle.wallet(house.db, who))


@router.get("/wallet/entries")
def list_entries(house: House, who: Reader, tongue: Tongue, cursor: Cursor = None, limit: Limit = 20) -> EntryPage:
    """Every movement of the wallet, newest first, each with its cause."""
    found = settle.wallet_entries(house.db, who, cursor, limit)
    return EntryPage(items=[Entry.of(move, tongue) for move in found.items], next_cursor=found.next_cursor)


@router.post("/wallet/topups", status_code=201)
def create_topup(house: House, who: Buyer, ask: TopupAsk, key: IdempotencyKey) -> Topup:
    """Announce a payment; the operator confirms it when the money is there."""
    amount = Money.of(ask.amount)
    if not amount:
        raise invalid("amount", "必须大于零", "must be above zero")
    return Topup.of(settle.request_topup(house.db, who, key, amount))


@router.get("/wallet/topups")
def list_topups(house: House, who: Reader, cursor: Cursor = None, limit: Limit = 20) -> TopupPage:
    """Your announced and confirmed payments."""
    return TopupPage.of(settle.topups(house.db, who, cursor, limit))


@router.get("/wallet/statement")
def get_statement(house: House, who: Reader, tongue: Tongue, month: Month) -> Statement:
    """One month of the wallet."""
    return Statement.of(settle.wallet_statement(house.db, who, month), tongue)
