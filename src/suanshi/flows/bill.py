"""From sealed use to money: rated once, captured out of the hold, shared between the parties, and written on a bill."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from suanshi.catalog import store as catalog
from suanshi.db import steps
from suanshi.db.engine import Database, Tx
from suanshi.db.steps import Step
from suanshi.flows.run import limit_seconds
from suanshi.flows.terms import terms
from suanshi.identity import store as identity
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.money import Money
from suanshi.kit.units import MilliCardSeconds
from suanshi.ledger import store as ledger
from suanshi.ledger.account import Account, payable, revenue, tax, wallet
from suanshi.ledger.posting import Entry, Posting
from suanshi.metering import store as metering
from suanshi.orders import store as orders
from suanshi.orders.lifecycle import FREE, NO_MINIMUM, OrderState
from suanshi.orders.order import Order
from suanshi.rating.charge import Charge, charge
from suanshi.rating.line import WORDS
from suanshi.rating.share import Part, Receiver
from suanshi.settlement import store as settlement
from suanshi.settlement.bill import Bill, BillLine, Portion


def settle(db: Database, step: Step) -> None:
    """The step "bill": everything in one transaction, so an order is settled exactly once."""
    db.write(_settle, step)


def _settle(tx: Tx, step: Step) -> None:
    if not steps.holds(tx, step):
        return
    order = orders.get(tx, step.key)
    assert order is not None
    if order.state is OrderState.ENDED:
        _charge(tx, order, now())
    steps.finish(tx, step)


def _charge(tx: Tx, order: Order, at: datetime) -> None:
    used = metering.usage(tx, order.lease).milli_card_seconds
    due = rate(order, used)
    if due.total:
        ledger.capture(tx, order.hold, posting(order, due, at))
    else:
        ledger.release(tx, order.hold, at)
    settlement.add_bill(tx, bill(tx, order, used, due, at))
    orders.move(tx, order.id, "settle", at, charged_micro=due.total.micro, settled_at=at)


def rate(order: Order, used: MilliCardSeconds) -> Charge:
    """The charge for what was used. Time beyond the run's limit is the site's own slowness to stop, and is not charged."""
    quote = order.quote
    billable = min(used, limit_seconds(order) * quote.cards * quote.share_milli)
    most = Money(quote.most_micro, quote.currency)
    if order.job.spend_limit_micro is not None:
        most = min(most, Money(order.job.spend_limit_micro, quote.currency))
    agreed = terms(quote)
    if order.outcome in NO_MINIMUM:
        agreed = replace(agreed, minimum=Money(0, quote.currency))
    return charge(agreed, MilliCardSeconds(billable), order.outcome not in FREE, most)


def posting(order: Order, due: Charge, at: datetime) -> Posting:
    """The buyer's wallet pays; supplier, operator and tax receive their parts."""
    paid = Entry(wallet(order.quote.buyer, due.total.currency), -due.total)
    received = (Entry(_account(order, part), part.amount) for part in due.parts)
    return Posting(f"order:{order.id}", "order", order.id, at, (paid, *received))


def _account(order: Order, part: Part) -> Account:
    currency = part.amount.currency
    match part.receiver:
        case Receiver.SUPPLIER:
            return payable(order.quote.supplier, currency)
        case Receiver.OPERATOR:
            return revenue(currency)
        case Receiver.TAX:
            return tax(currency)
        case Receiver.PARTNER:
            assert part.party is not None
            return payable(part.party, currency)


def bill(tx: Tx, order: Order, used: MilliCardSeconds, due: Charge, at: datetime) -> Bill:
    """The bill with every name as it stands now, so that it stays readable whatever becomes of parties and offers."""
    quote = order.quote
    names = identity.names(tx)
    site = catalog.site(tx, quote.site)
    return Bill(
        id=ids.new("bil"),
        order=order.id,
        buyer=quote.buyer,
        buyer_name=names.get(quote.buyer, quote.buyer),
        supplier=quote.supplier,
        supplier_name=names.get(quote.supplier, quote.supplier),
        title=quote.title,
        site=site.name if site else quote.site,
        accelerator=quote.accelerator,
        cards=quote.cards,
        share_milli=quote.share_milli,
        outcome=order.outcome or "",
        started_at=order.started_at,
        ended_at=order.ended_at,
        issued_at=at,
        metered=used,
        lines=tuple(BillLine(line.cause, WORDS[line.cause], line.amount, line.quantity, line.price) for line in due.lines),
        total=due.total,
        held=Money(quote.most_micro, quote.currency),
        portions=tuple(Portion(part.receiver, part.amount, part.party) for part in due.parts),
        shares=due.shares,
    )
