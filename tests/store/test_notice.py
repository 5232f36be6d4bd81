"""Idle and firm sales of one small site in any order, on the real database: no piece is ever held twice, and the firm stay."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from suanshi.catalog import store as catalog
from suanshi.catalog.offer import Ask, Offer, OfferState
from suanshi.catalog.site import Isolation, Node, Site
from suanshi.catalog.when import AT_ONCE, When
from suanshi.db.engine import Database, Tx
from suanshi.fleet import store as fleet
from suanshi.fleet.lifecycle import LeaseState
from suanshi.flows import buy, join, quote
from suanshi.flows.buy import Purchase
from suanshi.flows.seats import Seats
from suanshi.identity.party import PartyKind
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal
from suanshi.ledger import store as ledger
from suanshi.ledger.account import cash, wallet
from suanshi.ledger.posting import transfer
from suanshi.orders import store as orders
from suanshi.orders.order import Job

SITE = Site("site_a", "pty_s", "A", "Wuhu", "cloud", 1200, 0, "ib", "local", Isolation.KERNEL, True)
MODEL = "a100-sxm-80g"
STEPS = st.lists(
    st.tuples(
        st.booleans(),  # idle or firm
        st.integers(1, 3),  # cards
        st.sampled_from([1000, 1000, 500, 250]),
        st.integers(60, 4000),  # seconds
        st.sampled_from([None, None, None, 30, 400, 3000]),  # ahead
        st.sampled_from(["", "", "begin", "end"]),  # what becomes of one of the leases then
        st.integers(0, 100),
    ),
    min_size=3,
    max_size=12,
)


def furnish(tx: Tx) -> None:
    catalog.put_site(tx, SITE)
    for n in range(2):
        catalog.put_node(tx, Node(f"node_{n}", SITE.id, f"n{n}", 64_000, 512_000))
        catalog.put_cards(tx, f"node_{n}", [(f"nvidia-{i}", MODEL) for i in range(2)])


@pytest.fixture
def market(db: Database) -> Any:
    db.write(furnish)
    env = ("python",)
    terms = (10_000_000, 10_000, "CNY", 250, 4, 10_000, 8_000, 16_000, env)
    offer = Offer("off_a", "pty_s", SITE.id, "A", MODEL, *terms, OfferState.LISTED, now(), 6_000_000)
    db.write(catalog.put_offer, offer)
    session = join.register(db, PartyKind.BUYER, "一间实验室", f"{ids.new('m')}@example.com", "correct horse battery")
    who = join.principal(db, session.token)
    db.write(ledger.post, transfer(ids.new("pay"), "topup", who.party, now(), cash(), wallet(who.party), Money.of("1000000")))
    return SimpleNamespace(db=db, who=who)


def gone(tx: Tx) -> int:
    return sum(one.preempt_at is not None for one in orders.page(tx, limit=10_000))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=STEPS)
def test_no_piece_is_held_twice_and_no_firm_lease_is_cut_short(market: Any, walk: list[Any]) -> None:
    db, who, seats, sold = market.db, market.who, Seats(), list[str]()
    before_us = db.read(gone)
    for idle, cards, share, seconds, ahead, fate, which in walk:
        when = AT_ONCE if ahead is None else When(start=now() + timedelta(seconds=ahead))
        firm = {id_: db.read(fleet.get, id_) for id_ in sold if not db.read(fleet.get, id_).preemptible}
        ask = Ask("off_a", cards if share == 1000 else 1, seconds, share, when, idle)
        try:
            made = quote.quote(db, seats, who, ask)
            order = buy.purchase(db, seats, who, Purchase(ids.new("key"), made.id, Job("python", argv=("true",)), {}))
        except Refusal as refusal:
            assert refusal.code in ("no-capacity", "no-room-then"), refusal
        else:
            sold.append(order.lease)
            lease = db.read(fleet.get, order.lease)
            assert lease.end - lease.start >= timedelta(seconds=seconds)
            for cut in db.read(lambda tx: [one for one in orders.page(tx, limit=200) if one.preempt_at]):
                assert cut.quote.preemptible
                assert db.read(fleet.get, cut.lease).end == max(cut.preempt_at, db.read(fleet.get, cut.lease).start)
        for id_, before in firm.items():
            after = db.read(fleet.get, id_)
            assert (after.start, after.end, len(after.pieces)) == (before.start, before.end, len(before.pieces))
        if fate and sold:
            id_ = sold[which % len(sold)]
            began = db.read(fleet.get, id_).start <= now()
            if fate == "begin" and began:
                db.write(fleet.move, id_, "start", now())
            elif fate == "end":
                live = db.read(fleet.get, id_).state is LeaseState.LIVE
                db.write(fleet.move, id_, "end" if live else "void", now())
        assert list(db.read(fleet.overlaps)) == []
    event("somebody had to leave" if db.read(gone) > before_us else "nobody had to leave")
    for id_ in sold:
        live = db.read(fleet.get, id_).state is LeaseState.LIVE
        db.write(fleet.move, id_, "end" if live else "void", now())
    assert db.read(fleet.held, SITE.id) == []
