"""What a process remembers never decides a sale: offer, quote and wallet are held against the database as it is written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.flows.conftest import Town

from suanshi.catalog.offer import Ask, OfferState
from suanshi.db.engine import Tx
from suanshi.db.together import behind
from suanshi.flows import buy, market, quote
from suanshi.flows.buy import Purchase
from suanshi.flows.seats import Seats
from suanshi.identity.party import PartyKind
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal
from suanshi.ledger import books
from suanshi.ledger import store as ledger
from suanshi.orders import store as orders
from suanshi.orders.order import Job

JOB = Job("python", script="print(1)")


def test_a_changed_offer_holds_for_the_very_next_quote(town: Town) -> None:
    seats, offer = Seats(), town.offer
    first = [quote.quote(town.db, seats, town.buyer, Ask(offer.id, 1, 60)) for _ in range(2)][1]
    assert offer.id in seats.listings
    market.change_offer(town.db, town.supplier, offer.id, None, offer.price_micro + 1_000_000)
    assert quote.quote(town.db, seats, town.buyer, Ask(offer.id, 1, 60)).price_micro == first.price_micro + 1_000_000
    market.change_offer(town.db, town.supplier, offer.id, OfferState.PAUSED, None)
    with pytest.raises(Refusal, match="not-for-sale"):
        quote.quote(town.db, seats, town.buyer, Ask(offer.id, 1, 60))
    market.change_offer(town.db, town.supplier, offer.id, OfferState.LISTED, offer.price_micro)
    assert quote.quote(town.db, seats, town.buyer, Ask(offer.id, 1, 60)).price_micro == offer.price_micro


def test_a_remembered_quote_is_used_once(town: Town) -> None:
    seats = Seats()
    made = [quote.quote(town.db, seats, town.buyer, Ask(town.offer.id, 1, 60)) for _ in range(2)][1]
    assert made.id in seats.quotes
    wish = Purchase(ids.new("key"), made.id, JOB, {})
    order = buy.purchase(town.db, seats, town.buyer, wish)
    assert buy.purchase(town.db, seats, town.buyer, wish).id == order.id
    with pytest.raises(Refusal, match="quote-used"):
        buy.purchase(town.db, seats, town.buyer, replace(wish, key=ids.new("key")))
    other = quote.quote(town.db, seats, town.buyer, Ask(town.offer.id, 1, 60))
    with pytest.raises(Refusal, match="idempotency-conflict"):
        buy.purchase(town.db, seats, town.buyer, replace(wish, quote=other.id))
    town.settled(order)


def test_a_wallet_with_too_little_leaves_nothing_behind(town: Town) -> None:
    poor, seats = town.join(PartyKind.BUYER, "钱不够"), Seats()
    town.pay_in(poor, "0.01")
    made = [quote.quote(town.db, seats, poor, Ask(town.offer.id, 1, 60)) for _ in range(2)][1]
    wish = Purchase(ids.new("key"), made.id, JOB, {})
    with pytest.raises(Refusal, match="wallet-empty"):
        buy.purchase(town.db, seats, poor, wish)
    kept = town.db.read(orders.quote, made.id)
    assert kept is not None
    assert kept.order is None
    assert town.db.read(ledger.wallet_of, poor.party).held == Money(0)
    town.pay_in(poor, "100")
    assert buy.purchase(town.db, seats, poor, wish).quote.id == made.id
    assert town.db.read(books.proof).ok


def test_a_shut_gate_undoes_the_whole_statement(town: Town) -> None:
    made = quote.quote(town.db, Seats(), town.buyer, Ask(town.offer.id, 1, 60))
    new = replace(made, id=ids.new("quo"))
    id_, short, hold = ledger.holding(ids.new("key"), town.buyer.party, Money.of(10**6), now())

    def write(tx: Tx) -> bool:
        return behind(tx, (short,), hold, orders.quoting(new))

    assert not town.db.each(write)
    assert town.db.read(orders.quote, new.id) is None
    with pytest.raises(Refusal, match="not-found"):
        town.db.read(ledger.get_hold, id_)
