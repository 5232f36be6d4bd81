"""Money as people meet it: paying in, looking at a wallet, a bill, a statement, and the operator's books."""

from __future__ import annotations

from suanshi.db import idempotency
from suanshi.db.engine import Database, Tx
from suanshi.flows import follow
from suanshi.identity import store as identity
from suanshi.identity.principal import Principal, Role
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.money import Money
from suanshi.kit.page import Page, page, place
from suanshi.kit.refusal import Language, invalid, kind, not_found, refuse
from suanshi.ledger import account, books
from suanshi.ledger import store as ledger
from suanshi.ledger.account import Wallet
from suanshi.ledger.books import Balance, Movement, Proof
from suanshi.ledger.posting import Posting, transfer
from suanshi.orders.lifecycle import OrderState
from suanshi.settlement import page as printed
from suanshi.settlement import period
from suanshi.settlement import statement as statements
from suanshi.settlement import store as settlement
from suanshi.settlement.bill import Bill
from suanshi.settlement.statement import SupplierStatement, WalletStatement
from suanshi.settlement.topup import Topup, TopupState

CURRENCY = "CNY"

NO_BILL = kind(
    "no-bill",
    409,
    ("订单 {id} 没有账单：{zh}。", "Order {id} has no bill: {en}."),
    (
        "结束后的订单会在结算时出账；未成立的订单不收费。",
        "An order is billed when it settles; one that never started costs nothing.",
    ),
)


def request_topup(db: Database, who: Principal, key: str, amount: Money) -> Topup:
    """Announce a payment. It becomes money when the operator has seen it arrive; the same `key` again is the same top-up."""
    who.require("buy", Role.BUYER)
    if amount.currency != CURRENCY:
        raise invalid("amount", f"目前只收 {CURRENCY}", f"only {CURRENCY} is taken at present")

    def write(tx: Tx) -> Topup:
        id_ = ids.new("top")
        asked = idempotency.fingerprint("topup", amount=amount.micro, currency=amount.currency)
        if (earlier := idempotency.once(tx, who.party, key, asked, id_)) is not None:
            return settlement.topup(tx, earlier)
        made = Topup(id_, who.party, _name(tx, who.party), who.member, amount, TopupState.REQUESTED, now())
        settlement.add_topup(tx, made)
        return made

    return db.write(write)


def confirm_topup(db: Database, who: Principal, key: str, topup_id: str) -> Topup:
    """The operator's word that the money is in the bank: the wallet is credited, once however often it is said."""
    who.require("operate", Role.OPERATOR)

    def write(tx: Tx) -> Topup:
        asked = idempotency.fingerprint("confirm-topup", topup=topup_id)
        if (earlier := idempotency.once(tx, who.party, key, asked, topup_id)) is not None:
            return settlement.topup(tx, earlier)
        at = now()
        confirmed = settlement.confirm_topup(tx, topup_id, who.member, at)
        if confirmed is None:
            return settlement.topup(tx, topup_id)
        amount, party = confirmed.amount, confirmed.party
        bank, wallet = account.cash(amount.currency), account.wallet(party, amount.currency)
        ledger.post(tx, transfer(f"topup:{topup_id}", "topup", topup_id, at, bank, wallet, amount))
        identity.audit(tx, who, "topup.confirm", topup_id, {"party": party, "amount": str(amount)})
        return confirmed

    return db.write(write)


def topups(db: Database, who: Principal, cursor: str | None, limit: int) -> Page[Topup]:
    """The asker's own top-ups, newest first."""
    who.require("read", Role.BUYER)
    return page(db.read(settlement.topups, who.party, None, place(cursor), limit + 1), limit, lambda one: one.id)


def everyones_topups(db: Database, who: Principal, state: TopupState | None, cursor: str | None, limit: int) -> Page[Topup]:
    """Top-ups of all parties, newest first."""
    _oversee(who)
    return page(db.read(settlement.topups, None, state, place(cursor), limit + 1), limit, lambda one: one.id)


def wallet(db: Database, who: Principal) -> Wallet:
    """What the asker's party has, what is held of it, what is free."""
    who.require("read", Role.BUYER)
    return db.read(ledger.wallet_of, who.party, CURRENCY)


def wallet_entries(db: Database, who: Principal, cursor: str | None, limit: int) -> Page[Movement]:
    """Every movement of the asker's wallet, newest first, with its cause."""
    who.require("read", Role.BUYER)
    at = place(cursor)
    if at is not None and not (at.isascii() and at.isdigit() and len(at) < 19):
        raise invalid("cursor", "不是本平台给出的游标", "is not a cursor that we gave")
    before = int(at) if at else None
    rows = db.read(books.movements, account.wallet(who.party, CURRENCY), before, limit + 1)
    return page(rows, limit, lambda move: str(move.id))


def wallet_statement(db: Database, who: Principal, month: str) -> WalletStatement:
    """A month ("2026-11") of the asker's wallet, from opening to closing balance."""
    who.require("read", Role.BUYER)
    within = period.month(month)
    mine = account.wallet(who.party, CURRENCY)

    def load(tx: Tx) -> WalletStatement:
        assert within.end is not None
        opening = books.balance_before(tx, mine, within.start)
        moves = [(m.at, m.cause, m.subject, m.amount) for m in books.movements_within(tx, mine, within.start, within.end)]
        return statements.wallet_statement(who.party, _name(tx, who.party), month, opening, moves)

    return db.read(load)


def order_bill(db: Database, who: Principal, order_id: str) -> Bill:
    """The bill of an order, for its buyer and the operator. Refuses while there is none, saying why."""
    who.require("read")
    order = follow.order(db, who, order_id).order
    if order.quote.buyer != who.party and not who.roles & {Role.OPERATOR, Role.AUDITOR}:
        raise not_found("order", order_id)
    bill = db.read(settlement.bill_of, order_id)
    if bill is None:
        never = order.state is OrderState.REFUSED
        zh, en = ("未成立，没有扣费", "it never started, nothing was charged") if never else ("尚未结算", "it is not settled yet")
        raise refuse(NO_BILL, id=order_id, zh=zh, en=en)
    return bill


def bill_page(db: Database, who: Principal, order_id: str, language: Language) -> str:
    """The bill as a page to print."""
    return printed.bill_page(order_bill(db, who, order_id), language)


def supplier_statement(db: Database, who: Principal, month: str) -> SupplierStatement:
    """What a month's settled orders earned the asker's party."""
    who.require("read", Role.SUPPLIER)
    within = period.month(month)

    def load(tx: Tx) -> SupplierStatement:
        bills = settlement.earned(tx, who.party, within)
        return statements.supplier_statement(who.party, _name(tx, who.party), month, bills, CURRENCY)

    return db.read(load)


def supplier_page(db: Database, who: Principal, month: str, language: Language) -> str:
    """The supplier's statement as a page to print."""
    return printed.supplier_page(supplier_statement(db, who, month), language)


def wallet_page(db: Database, who: Principal, month: str, language: Language) -> str:
    """The wallet statement as a page to print."""
    return printed.wallet_page(wallet_statement(db, who, month), language)


def proof(db: Database, who: Principal) -> Proof:
    """The whole ledger checked from end to end."""
    _oversee(who)
    return db.read(books.proof)


def accounts(db: Database, who: Principal, cursor: str | None, limit: int) -> Page[Balance]:
    """Every account and its balance, by name."""
    _oversee(who)
    return page(db.read(books.all_balances, place(cursor), limit + 1), limit, lambda one: one.account.id)


def postings(db: Database, who: Principal, cursor: str | None, limit: int) -> Page[Posting]:
    """The ledger's postings with their entries, newest first."""
    _oversee(who)
    return page(db.read(books.postings, place(cursor), limit + 1), limit, lambda one: one.id)


def _oversee(who: Principal) -> None:
    who.require("read", Role.OPERATOR, Role.AUDITOR)


def _name(tx: Tx, party_id: str) -> str:
    party = identity.party(tx, party_id)
    return party.name if party else party_id
