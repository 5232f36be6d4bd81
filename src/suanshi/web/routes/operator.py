"""The operator's desk: parties, orders, payments, the ledger and the audit log."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter

from suanshi.flows import follow, join, settle
from suanshi.flows import reconcile as reconciling
from suanshi.orders.lifecycle import OrderState as State
from suanshi.settlement.topup import TopupState
from suanshi.web.door import Cursor, House, IdempotencyKey, Limit, Operator, Overseer, Tongue
from suanshi.web.shapes.fields import PartyId, TopupId
from suanshi.web.shapes.money import (
    Account,
    AccountPage,
    Posting,
    PostingPage,
    Proof,
    Reconciliation,
    ReconciliationAsk,
    ReconciliationPage,
    Topup,
    TopupPage,
)
from suanshi.web.shapes.order import OrderPage, OrderState
from suanshi.web.shapes.party import AuditEntry, AuditPage, Party, PartyPage, TrustAsk

router = APIRouter(prefix="/operator", tags=["operator"])


@router.get("/parties")
def list_parties(house: House, who: Overseer, cursor: Cursor = None, limit: Limit = 20) -> PartyPage:
    """Everyone who joined."""
    found = join.parties(house.db, cursor, limit)
    return PartyPage(items=[Party.of(party) for party in found.items], next_cursor=found.next_cursor)


@router.post("/parties/{id}/trust")
def trust_party(house: House, who: Operator, id: PartyId, ask: TrustAsk) -> Party:
    """Say whether a party may run its programs where isolation is weak."""
    return Party.of(join.trust(house.db, who, id, ask.trusted))


@router.get("/orders")
def list_all_orders(
    house: House, who: Overseer, state: OrderState | None = None, cursor: Cursor = None, limit: Limit = 20
) -> OrderPage:
    """Orders of all parties; programs and files are not shown."""
    found = follow.everyones(house.db, who, None if state is None else State(state), cursor, limit)
    return OrderPage.of(found, who.party)


@router.get("/topups")
def list_all_topups(
    house: House,
    who: Overseer,
    state: Literal["requested", "confirmed"] | None = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> TopupPage:
    """Payments announced by all parties."""
    return TopupPage.of(settle.everyones_topups(house.db, who, None if state is None else TopupState(state), cursor, limit))


@router.post("/topups/{id}/confirm")
def confirm_topup(house: House, who: Operator, id: TopupId, key: IdempotencyKey) -> Topup:
    """Confirm that a payment arrived: the wallet is credited, once."""
    return Topup.of(settle.confirm_topup(house.db, who, key, id))


@router.get("/ledger/proof")
def prove_ledger(house: House, who: Overseer) -> Proof:
    """Sum the whole ledger and compare every balance with its postings."""
    return Proof.of(settle.proof(house.db, who))


@router.get("/ledger/postings")
def list_postings(house: House, who: Overseer, cursor: Cursor = None, limit: Limit = 20) -> PostingPage:
    """The ledger's postings, newest first."""
    found = settle.postings(house.db, who, cursor, limit)
    return PostingPage(items=[Posting.of(posting) for posting in found.items], next_cursor=found.next_cursor)


@router.get("/ledger/accounts")
def list_accounts(house: House, who: Overseer, cursor: Cursor = None, limit: Limit = 100) -> AccountPage:
    """Every account and its balance."""
    found = settle.accounts(house.db, who, cursor, limit)
    return AccountPage(items=[Account.of(balance) for balance in found.items], next_cursor=found.next_cursor)


@router.get("/reconciliations")
def list_reconciliations(
    house: House, who: Overseer, tongue: Tongue, cursor: Cursor = None, limit: Limit = 20
) -> ReconciliationPage:
    """Earlier comparisons of what was metered, rated and posted."""
    found = reconciling.reconciliations(house.db, who, cursor, limit)
    return ReconciliationPage(items=[Reconciliation.of(run, tongue) for run in found.items], next_cursor=found.next_cursor)


@router.post("/reconciliations", status_code=201)
def reconcile(house: House, who: Operator, tongue: Tongue, ask: ReconciliationAsk) -> Reconciliation:
    """Compare a day's metered, rated and posted amounts now (yesterday's unless a day is named)."""
    return Reconciliation.of(reconciling.compare(house.db, who, ask.day), tongue)


@router.get("/audit")
def list_audit(house: House, who: Overseer, cursor: Cursor = None, limit: Limit = 50) -> AuditPage:
    """Who did what, newest first; entries are only ever added."""
    found = join.audit_log(house.db, cursor, limit)
    return AuditPage(items=[AuditEntry.of(entry) for entry in found.items], next_cursor=found.next_cursor)
