"""A price for one buyer, good for a few minutes: the offer's terms copied, the most it can cost worked out, room made sure of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from suanshi.catalog import store as catalog
from suanshi.catalog.offer import Ask, OfferState, check_ask
from suanshi.catalog.site import Isolation
from suanshi.catalog.store import Listing
from suanshi.db.engine import Database, Tx
from suanshi.db.together import behind
from suanshi.fleet.lease import NO_CAPACITY
from suanshi.flows import ahead, notice
from suanshi.flows.ahead import NO_ROOM_THEN, NOTICE, Want
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


def quote(db: Database, seats: Seats, who: Principal, ask: Ask, told: timedelta = NOTICE) -> Quote:
    """A quote for `ask`, or the refusal that says why there is none. Nothing is reserved by it, and nobody has to leave.

    `told` is how long before they have to leave idle runs are told so, where room must be made for the purchase.
    """
    who.require("buy", Role.BUYER)
    return (db.each(_at_once, seats, who, ask) if ask.when.at_once else None) or db.write(_quote, seats, who, ask, told)


def _at_once(tx: Tx, seats: Seats, who: Principal, ask: Ask) -> Quote | None:
    """The common quote, in one trip, from the offer as last read; None where that may be out of date, or there is no room."""
    listing = seats.listings.get(ask.offer)
    if listing is None or _no(listing, ask, who) is not None:
        return None
    made = price(listing, ask, who, now())
    pieces = seats.at_hand(made.site, made.accelerator, made.cards, made.share_milli)
    if pieces is None:
        return None
    seats.give_back(made.site, pieces)
    if not behind(tx, (catalog.unchanged(listing),), orders.quoting(made)):
        return None
    seats.keep(made)
    return made


def _quote(tx: Tx, seats: Seats, who: Principal, ask: Ask, told: timedelta) -> Quote:
    listing = catalog.listing(tx, ask.offer)
    if listing is None:
        raise not_found("offer", ask.offer)
    seats.listings[ask.offer] = listing
    if (refusal := _no(listing, ask, who)) is not None:
        raise refusal
    at = now()
    made = price(listing, ask, who, at)
    made = now_or_after_notice(tx, seats, made, at, told) if ask.when.at_once else booking_ahead(tx, made, ask, at, told)
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


def now_or_after_notice(tx: Tx, seats: Seats, made: Quote, at: datetime, told: timedelta) -> Quote:
    """The quote, for work that begins at once, or as soon as idle runs that are told when it is bought have left."""
    try:
        room_now(tx, seats, wanted(made), at)
    except Refusal as no:
        if made.preemptible or no.kind is not NO_CAPACITY:
            raise
        found = notice.room(tx, wanted(made), made.price_micro, at + told, at, no)
        return replace(made, starts_at=found.start, after_notice=True)
    return made


def booking_ahead(tx: Tx, made: Quote, ask: Ask, at: datetime, told: timedelta) -> Quote:
    """The quote with the moment promised. A queued one may begin sooner, if cards come free."""
    firm = ask.when.start is not None
    after, limit = ask.when.start or at, ask.when.latest(ask.seconds)
    try:
        found = ahead.slot(tx, wanted(made), after, limit, firm, at)
    except Refusal as no:
        if not firm or made.preemptible or after < at + told or no.kind is not NO_ROOM_THEN:
            raise
        found = notice.room(tx, wanted(made), made.price_micro, after, at, no)
    return replace(made, starts_at=found.start, flexible=not firm, valid_until=min(made.valid_until, limit))


def _no(listing: Listing, ask: Ask, who: Principal) -> Refusal | None:
    """The first reason this offer cannot be sold to this buyer as asked, or None."""
    offer, site = listing.offer, listing.site
    if offer.state is not OfferState.LISTED:
        return refuse(NOT_FOR_SALE, id=offer.id, state=offer.state.value)
    if not site.verified:
        return refuse(SITE_UNVERIFIED, site=site.name)
    if site.isolation is Isolation.NONE and not who.trusted:
        return refuse(UNTRUSTED, site=site.name)
    return check_ask(ask, offer) or ask.when.check(ask.seconds, now())


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
        price_micro=offer.price_micro if not ask.preemptible else offer.idle_price_micro or offer.price_micro,
        minimum_micro=offer.minimum_micro,
        commission_bp=COMMISSION,
        currency=offer.currency,
        cpu_milli=offer.cpu_milli,
        memory_mib=offer.memory_mib,
        environments=offer.environments,
        most_micro=0,
        created_at=at,
        valid_until=at + VALID,
        preemptible=ask.preemptible,
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
