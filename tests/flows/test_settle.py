"""Money as people meet it, on a real database: paying in, bills, statements, the books, and who may see what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from suanshi.db import steps
from suanshi.db.engine import Database, Tx
from suanshi.db.together import together
from suanshi.flows import bill, join, reconcile, run, settle
from suanshi.identity import store as identity
from suanshi.identity.party import PartyKind
from suanshi.identity.principal import Principal, Role
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal
from suanshi.kit.span import Span
from suanshi.kit.units import MilliCards
from suanshi.ledger import books
from suanshi.ledger import store as ledger
from suanshi.ledger.account import cash, revenue, wallet
from suanshi.ledger.posting import transfer
from suanshi.metering import store as metering
from suanshi.metering.sample import Sample
from suanshi.orders import store as orders
from suanshi.orders.lifecycle import OrderState
from suanshi.orders.order import Job, Order, Quote
from suanshi.settlement import period
from suanshi.settlement.topup import TopupState


class Market:
    """An operator, two buyers and two suppliers, and sales made without a site."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.buyer, self.rival = self.join(PartyKind.BUYER, "一间<实验室>"), self.join(PartyKind.BUYER, "另一间")
        self.supplier, self.competitor = self.join(PartyKind.SUPPLIER, "智算中心"), self.join(PartyKind.SUPPLIER, "别家")
        party = self.join(PartyKind.SUPPLIER, "运营方")
        self.operator = replace(party, roles=frozenset({Role.OPERATOR}))
        self.auditor = replace(party, roles=frozenset({Role.AUDITOR}))

    def join(self, kind: PartyKind, name: str) -> Principal:
        session = join.register(self.db, kind, name, f"{ids.new('m')}@example.com", "correct horse battery")
        return join.principal(self.db, session.token)

    def pay_in(self, yuan: str, who: Principal | None = None) -> None:
        asked = settle.request_topup(self.db, who or self.buyer, ids.new("k"), Money.of(yuan))
        settle.confirm_topup(self.db, self.operator, ids.new("k"), asked.id)

    def sale(self, seconds: int = 100, outcome: str = "succeeded", bill_it: bool = True) -> Order:
        """Ten yuan an hour, begun at noon two days ago, `seconds` used."""
        at = period.day(period.day_of(now()) - timedelta(days=2)).start + timedelta(hours=12)
        quote = Quote(
            id=ids.new("quo"),
            buyer=self.buyer.party,
            supplier=self.supplier.party,
            offer=ids.new("off"),
            title="A100 整卡",
            site=ids.new("site"),
            accelerator="a100",
            cards=1,
            share_milli=1000,
            seconds=3600,
            price_micro=10_000_000,
            minimum_micro=10_000,
            commission_bp=800,
            currency="CNY",
            cpu_milli=1000,
            memory_mib=1000,
            environments=("python",),
            most_micro=10_000_000,
            created_at=at,
            valid_until=at + timedelta(minutes=10),
        )

        def write(tx: Tx) -> str:
            id_, lease = ids.new("ord"), ids.new("les")
            hold = ledger.hold(tx, id_, quote.buyer, Money(quote.most_micro), at)
            orders.add_quote(tx, quote)
            job = Job("python", script="1")
            order = Order(id_, quote, self.buyer.member, OrderState.BOOKED, 0, job, lease, hold, at)
            together(tx, *orders.adding(order, {}))
            orders.move(tx, id_, "start", at, started_at=at)
            end = at + timedelta(seconds=seconds)
            metering.record(tx, Sample(lease, 0, Span(at, end), MilliCards(1000)))
            metering.seal(tx, lease, end, at)
            orders.move(tx, id_, "end", end, outcome=outcome, ended_at=end, exit_code=0)
            steps.add(tx, run.BILL, id_, at)
            return id_

        id_ = self.db.write(write)
        if bill_it:
            self.bill()
        return self.order(id_)

    def bill(self) -> None:
        for step in self.db.write(steps.claim, [run.BILL], now(), 100, 60):
            bill.settle(self.db, step)

    def order(self, id_: str) -> Order:
        found = self.db.read(orders.get, id_)
        assert found is not None
        return found


@pytest.fixture
def market(db: Database) -> Market:
    return Market(db)


def refusal(call, *args) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Refusal) as refused:
        call(*args)
    return refused.value.code


def test_a_payment_is_announced_confirmed_and_counted_once(market: Market):
    db, buyer = market.db, market.buyer
    asked = {settle.request_topup(db, buyer, "k1", Money.of("50")).id for _ in range(2)}
    assert len(asked) == 1
    assert refusal(settle.request_topup, db, buyer, "k1", Money.of("51")) == "idempotency-conflict"
    assert settle.wallet(db, buyer).balance == Money(0), "an announcement is not money"
    (id_,) = asked
    for key in ("c1", "c1", "c2"):
        assert settle.confirm_topup(db, market.operator, key, id_).state is TopupState.CONFIRMED
    assert settle.wallet(db, buyer).available == Money.of("50")
    assert [e.action for e in db.read(identity.audited)].count("topup.confirm") == 1
    assert settle.topups(db, buyer, None, 10).items[0].party_name == "一间<实验室>"
    assert settle.topups(db, market.rival, None, 10).items == ()
    assert len(settle.everyones_topups(db, market.operator, TopupState.CONFIRMED, None, 10).items) == 1
    assert settle.everyones_topups(db, market.auditor, TopupState.REQUESTED, None, 10).items == ()


def test_amounts_that_cannot_be_paid_are_refused_and_leave_nothing(market: Market):
    for amount in (Money(0), Money(-5_000_000), Money.of("0.001"), Money.of("100000001"), Money.of("5", "USD")):
        assert refusal(settle.request_topup, market.db, market.buyer, "k", amount) == "invalid"
    assert settle.topups(market.db, market.buyer, None, 10).items == ()
    assert settle.request_topup(market.db, market.buyer, "k", Money.of("5")).amount == Money.of("5")


def test_a_sale_on_everyones_paper(market: Market):
    db = market.db
    market.pay_in("20")
    order = market.sale(seconds=100)
    charged = Money(277_778)  # 100 s at 10 yuan an hour, rounded once
    assert Money(order.charged_micro) == charged
    found = settle.order_bill(db, market.buyer, order.id)
    assert (found.total, found.held, found.got("operator")) == (charged, Money.of("10"), Money(22_222))
    shown = settle.bill_page(db, market.buyer, order.id, "zh")
    assert "一间&lt;实验室&gt;" in shown
    assert "¥0.277778" in shown
    assert settle.wallet(db, market.buyer).balance == Money.of("20") - charged
    assert settle.wallet(db, market.buyer).held == Money(0)
    month = period.month_of(found.issued_at)
    earned = settle.supplier_statement(db, market.supplier, month)
    assert (earned.gross, earned.commission, earned.net) == (charged, Money(22_222), charged - Money(22_222))
    assert "智算中心" in settle.supplier_page(db, market.supplier, month, "en")
    mine = settle.wallet_statement(db, market.buyer, month)
    assert [c.cause for c in mine.changes] == ["topup", "order"]
    assert mine.closing == Money.of("20") - charged
    assert "¥19.722222" in settle.wallet_page(db, market.buyer, month, "zh")
    proof = settle.proof(db, market.operator)
    assert proof.ok
    assert proof.sums == {"CNY": 0}


def test_reading_page_by_page(market: Market):
    db = market.db
    for yuan in ("1", "2", "3"):
        market.pay_in(yuan)
    first = settle.wallet_entries(db, market.buyer, None, 2)
    rest = settle.wallet_entries(db, market.buyer, first.next_cursor, 2)
    assert [m.amount for m in (*first.items, *rest.items)] == [Money.of(y) for y in ("3", "2", "1")]
    assert rest.next_cursor is None
    booked = settle.postings(db, market.operator, None, 2)
    assert len(settle.postings(db, market.operator, booked.next_cursor, 2).items) == 1
    named = settle.accounts(db, market.operator, None, 1)
    assert [b.account.id for b in named.items] == ["cash:operator:CNY"]
    assert [b.balance for b in settle.accounts(db, market.operator, named.next_cursor, 5).items] == [Money.of("6")]
    assert refusal(settle.wallet_entries, db, market.buyer, "not a cursor", 2) == "invalid"
    assert refusal(settle.wallet_entries, db, market.buyer, booked.next_cursor, 2) == "invalid"


def test_a_bill_that_is_not_there_says_why(market: Market):
    market.pay_in("20")
    order = market.sale(bill_it=False)
    assert refusal(settle.order_bill, market.db, market.buyer, order.id) == "no-bill"
    assert refusal(settle.order_bill, market.db, market.buyer, "ord_none") == "not-found"
    free = market.sale(outcome="lost")
    found = settle.order_bill(market.db, market.buyer, free.id)
    assert found.total == Money(0)
    assert [line.cause for line in found.lines] == ["card-time", "not-chargeable"]


def test_nobody_sees_or_moves_what_is_not_theirs(market: Market):
    db, m = market.db, market
    m.pay_in("20")
    order = m.sale()
    assert settle.order_bill(db, m.operator, order.id) == settle.order_bill(db, m.auditor, order.id)
    for stranger in (m.rival, m.competitor, m.supplier):
        assert refusal(settle.order_bill, db, stranger, order.id) == "not-found"
    assert settle.wallet(db, m.rival).balance == Money(0)
    assert settle.wallet_entries(db, m.rival, None, 5).items == ()
    month = period.month_of(now())
    assert settle.supplier_statement(db, m.competitor, month).earnings == ()
    assert settle.wallet_statement(db, m.rival, month).changes == ()
    asked = settle.request_topup(db, m.buyer, "k", Money.of("5"))
    for who in (m.buyer, m.supplier, m.auditor):
        assert refusal(settle.confirm_topup, db, who, "k2", asked.id) == "forbidden"
    for who in (m.buyer, m.supplier):
        for call in (settle.accounts, settle.postings, reconcile.reconciliations):
            assert refusal(call, db, who, None, 5) == "forbidden"
        assert refusal(settle.proof, db, who) == "forbidden"
        assert refusal(settle.everyones_topups, db, who, None, None, 5) == "forbidden"
        assert refusal(reconcile.compare, db, who) == "forbidden"
    assert refusal(settle.supplier_statement, db, m.buyer, month) == "forbidden"
    assert refusal(settle.wallet, db, m.supplier) == "forbidden"
    blind = replace(m.buyer, scopes=frozenset({"buy"}))
    assert refusal(settle.wallet, db, blind) == "scope-missing"
    mute = replace(m.buyer, scopes=frozenset({"read"}))
    assert refusal(settle.request_topup, db, mute, "k3", Money.of("5")) == "scope-missing"


def test_the_daily_comparison_is_made_once_and_finds_nothing_where_all_is_well(market: Market):
    market.pay_in("100")
    for seconds in (1, 100, 5000):
        market.sale(seconds)
    last = market.sale(outcome="lost")
    assert last.ended_at is not None
    at = last.ended_at + timedelta(days=1)
    done = reconcile.reconcile(market.db, at)
    assert (done.orders, done.differences, done.asked_by) == (4, (), None)
    assert reconcile.reconcile(market.db, at) == done
    again = reconcile.compare(market.db, market.operator, done.day)
    assert (again.orders, again.differences) == (4, ())
    assert [r.id for r in reconcile.reconciliations(market.db, market.auditor, None, 5).items] == [again.id, done.id]
    future = period.day_of(now()) + timedelta(days=2)
    assert refusal(reconcile.compare, market.db, market.operator, future) == "invalid"


def test_the_comparison_finds_what_went_wrong(market: Market):
    db = market.db
    market.pay_in("100")
    well, forgotten, altered, late = market.sale(), market.sale(bill_it=False), None, None
    db.write(lambda tx: tx.execute(text("DELETE FROM step")))  # the step that would have billed it is lost
    altered, late = market.sale(), market.sale()
    db.write(lambda tx: tx.execute(text('UPDATE bill SET metered = metered + 5 WHERE "order" = :id'), {"id": altered.id}))
    ghost = transfer("ghost", "order", "ord_ghost", well.ended_at, wallet(market.buyer.party), revenue(), Money(7))
    db.write(ledger.post, ghost)
    refund = transfer("refund", "correction", late.id, now(), cash(), wallet(market.buyer.party), Money(9))
    db.write(ledger.post, refund)
    found = reconcile.compare(db, market.operator, period.day_of(well.ended_at))
    assert {(d.order, d.kind) for d in found.differences} == {
        (forgotten.id, "unbilled"),
        (altered.id, "metered-billed"),
        ("ord_ghost", "unknown-order"),
        (late.id, "posted-billed"),
    }
    assert db.read(books.proof).ok, "every posting balances all the same"
