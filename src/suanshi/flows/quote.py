"""A price for one buyer, good for a few minutes: the offer's terms copied, the most it can cost worked out, room made sure of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from suanshi.catalog import store as catalog
from suanshi.catalog.offer import Ask, OfferState, check_ask
from suanshi.catalog.site import Isolation
from suanshi.catalog.store import Listing
from suanshi.db.engine import Database, Tx
from suanshi.fleet.lease import NO_CAPACITY
from suanshi.flows import ahead
from suanshi.flows.ahead import Want
from suanshi.flows.seats import Seats
from suanshi.flows.terms import COMMISSION, terms
from suanshi.identity.principal import Principal, Role
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.refusal import Fault, Refusal, kind, not_found, refuse
from suanshi.orders import store as orders
from suanshi.orders.order import Quote
from suanshi.rating.charge import ceiling

VALID = timedelta(minutes=10)

NOT_FOR_SALE = kind(
    "not-for-sale",
    409,
    ("商品 {id} 目前不可购买（{state}）。", "Offer {id} cannot be bought now ({state})."),
    ("请选择其他商品。", "Choose another offer."),
)
UNTRUSTED = kind(
    "untrusted",
    403,
    (
        "{site} 无法隔离不同租户的程序，只接受运营方信任的买家。",
        "{site} cannot keep tenants' programs apart, and takes buyers that the operator trusts only.",
    ),
    ("请选择有隔离的商品，或请运营方设为可信。", "Choose an offer with isolation, or ask the operator for trust."),
)
SITE_UNVERIFIED = kind(
    "site-unverified",
    409,
    ("{site} 尚未通过运营方核验。", "{site} has not been verified by the operator yet."),
    ("请选择其他商品。", "Choose another offer."),
    Fault.SUPPLIER,
)


def quote(db: Database, seats: Seats, who: Principal, ask: Ask) -> Quote:
    """A quote for `ask`, or the refusal that says why there is none. Nothing is reserved by it."""
    who.require("buy", Role.BUYER)
    return db.write(_quote, seats, who, ask)


def _quote(tx: Tx, seats: Seats, who: Principal, ask: Ask) -> Quote:
    listing = catalog.listing(tx, ask.offer)
    if listing is None:
        raise not_found("offer", ask.offer)
    _check(listing, ask, who)
    at = now()
    made = price(listing, ask, who, at)
    if ask.when.at_once:
        room_now(tx, seats, wanted(made), at)
    else:
        made = booking_ahead(tx, made, ask, at)
    orders.add_quote(tx, made)
    return made


def wanted(quote: Quote) -> Want:
    return Want(quote.site, quote.accelerator, quote.cards, quote.share_milli, quote.seconds)


def room_now(tx: Tx, seats: Seats, want: Want, at: datetime) -> None:
    """Raises the refusal that says what is lacking at once, and from when on it could be had."""
    try:
        pieces = seats.take(tx, want.site, want.accelerator, want.cards, want.share_milli)
    except Refusal as refusal:
        if refusal.kind is not NO_CAPACITY:
            raise
        ahead.before_bookings(tx, want, at, refusal)
    else:
        seats.give_back(want.site, pieces)


def booking_ahead(tx: Tx, made: Quote, ask: Ask, at: datetime) -> Quote:
    """The quote with the moment promised. A queued one may begin sooner, if cards come free."""
    firm = ask.when.start is not None
    after = ask.when.start or at
    found = ahead.slot(tx, wanted(made), after, ask.when.latest(ask.seconds), firm, at)
    limit = ask.when.latest(ask.seconds)
    return replace(made, starts_at=found.start, flexible=not firm, valid_until=min(made.valid_until, limit))


def _check(listing: Listing, ask: Ask, who: Principal) -> None:
    offer, site = listing.offer, listing.site
    if offer.state is not OfferState.LISTED:
        raise refuse(NOT_FOR_SALE, id=offer.id, state=offer.state.value)
    if not site.verified:
        raise refuse(SITE_UNVERIFIED, site=site.name)
    if site.isolation is Isolation.NONE and not who.trusted:
        raise refuse(UNTRUSTED, site=site.name)
    if (refusal := check_ask(ask, offer) or ask.when.check(ask.seconds, now())) is not None:
        raise refusal


def price(listing: Listing, ask: Ask, who: Principal, at: datetime) -> Quote:
    """The offer's terms as they are now, for this buyer."""
    offer = listing.offer
    made = Quote(
        id=ids.new("quo"),
        buyer=who.party,
        supplier=offer.supplier,
        offer=offer.id,
        title=offer.title,
        site=listing.site.id,
        accelerator=offer.accelerator,
        cards=ask.cards,
        share_milli=ask.share_milli,
        seconds=ask.seconds,
        price_micro=offer.price_micro,
        minimum_micro=offer.minimum_micro,
        commission_bp=COMMISSION,
        currency=offer.currency,
        cpu_milli=offer.cpu_milli,
        memory_mib=offer.memory_mib,
        environments=offer.environments,
        most_micro=0,
        created_at=at,
        valid_until=at + VALID,
    )
    return made.costing(ceiling(terms(made), ask.cards, ask.share_milli, ask.seconds).micro)


def quote_of(db: Database, who: Principal, id_: str) -> Quote:
    """One of the buyer's own quotes. Raises NOT_FOUND."""
    who.require("read", Role.BUYER)

    def load(tx: Tx) -> Quote | None:
        return orders.quote(tx, id_)

    found = db.read(load)
    if found is None or found.buyer != who.party:
        raise not_found("quote", id_)
    return found
