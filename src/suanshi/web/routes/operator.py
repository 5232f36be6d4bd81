"""The operator's desk: parties, orders, payments, the ledger and the audit log."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter

from suanshi.web.door import Cursor, House, IdempotencyKey, Limit, Operator, Overseer
from suanshi.web.pending import pending
from suanshi.web.shapes.fields import PartyId, TopupId
from suanshi.web.shapes.money import (
    AccountPage,
    PostingPage,
    Proof,
    Reconciliation,
    ReconciliationAsk,
    ReconciliationPage,
    Topup,
    TopupPage,
)
from suanshi.web.shapes.order import OrderPage, OrderState
from suanshi.web.shapes.party import AuditPage, Party, PartyPage, TrustAsk

router = APIRouter(prefix="/operator", tags=["operator"])


@router.get("/parties")
def list_parties(house: House, who: Overseer, cursor: Cursor = None, limit: Limit = 20) -> PartyPage:
    """Everyone who joined."""
    raise pending()


@router.post("/parties/{id}/trust")
def trust_party(house: House, who: Operator, id: PartyId, ask: TrustAsk) -> Party:
    """Say whether a party may run its programs where isolation is weak."""
    raise pending()


@router.get("/orders")
def list_all_orders(
    house: House, who: Overseer, state: OrderState | None = None, cursor: Cursor = None, limit: Limit = 20
) -> OrderPage:
    """Orders of all parties; programs and files are not shown."""
    raise pending()


@router.get("/topups")
def list_all_topups(
    house: House,
    who: Overseer,
    state: Literal["requested", "confirmed"] | None = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> TopupPage:
    """Payments announced by all parties."""
    raise pending()


@router.post("/topups/{id}/confirm")
def confirm_topup(house: House, who: Operator, id: TopupId, key: IdempotencyKey) -> Topup:
    """Confirm that a payment arrived: the wallet is credited, once."""
    raise pending()


@router.get("/ledger/proof")
def prove_ledger(house: House, who: Overseer) -> Proof:
    """Sum the whole ledger and compare every balance with its postings."""
    raise pending()


@router.get("/ledger/postings")
def list_postings(house: House, who: Overseer, cursor: Cursor = None, limit: Limit = 20) -> PostingPage:
    """The ledger's postings, newest first."""
    raise pending()


@router.get("/ledger/accounts")
def list_accounts(house: House, who: Overseer, cursor: Cursor = None, limit: Limit = 100) -> AccountPage:
    """Every account and its balance."""
    raise pending()


@router.get("/reconciliations")
def list_reconciliations(house: House, who: Overseer, cursor: Cursor = None, limit: Limit = 20) -> ReconciliationPage:
    """Earlier comparisons of what was metered, rated and posted."""
    raise pending()


@router.post("/reconciliations", status_code=201)
def reconcile(house: House, who: Operator, ask: ReconciliationAsk) -> Reconciliation:
    """Compare a day's metered, rated and posted amounts now (yesterday's unless a day is named)."""
    raise pending()


@router.get("/audit")
def list_audit(house: House, who: Overseer, cursor: Cursor = None, limit: Limit = 50) -> AuditPage:
    """Who did what, newest first; entries are only ever added."""
    raise pending()
