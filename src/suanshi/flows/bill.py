"""From sealed use to money: rated once, captured out of the hold, shared between the parties, and written on a bill."""

from __future__ import annotations

from datetime import datetime

from suanshi.db import steps
from suanshi.db.engine import Database, Tx
from suanshi.db.steps import Step
from suanshi.flows.quote import terms
from suanshi.flows.run import limit_seconds
from suanshi.kit.clock import now
from suanshi.kit.money import Money
from suanshi.kit.units import MilliCardSeconds
from suanshi.ledger import store as ledger
from suanshi.ledger.account import Account, payable, revenue, tax, wallet
from suanshi.ledger.posting import Entry, Posting
from suanshi.metering import store as metering
from suanshi.orders import store as orders
from suanshi.orders.lifecycle import FREE, OrderState
from suanshi.orders.order import Order
from suanshi.rating.charge import Charge, charge
from suanshi.rating.share import Part, Receiver
from suanshi.settlement import store as settlement


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
    settlement.add_bill(tx, bill(order, used, due, at))
    orders.move(tx, order.id, "settle", at, charged_micro=due.total.micro, settled_at=at)


def rate(order: Order, used: MilliCardSeconds) -> Charge:
    """The charge for what was used. Time beyond the run's limit is the site's own slowness to stop, and is not charged."""
    quote = order.quote
    billable = min(used, limit_seconds(order) * quote.cards * quote.share_milli)
    most = Money(quote.most_micro, quote.currency)
    if order.job.spend_limit_micro is not None:
        most = min(most, Money(order.job.spend_limit_micro, quote.currency))
    return charge(terms(quote), MilliCardSeconds(billable), order.outcome not in FREE, most)


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
