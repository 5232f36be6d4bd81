"""A purchase, in one transaction: the quote is locked, money reserved, cards granted, the order written, the run asked for.

Read top to bottom: everything happens or nothing. Two buyers for the last card meet at the database's exclusion
constraint, one wallet spent twice at its row, one request sent twice at its idempotency key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from suanshi.db import idempotency, steps
from suanshi.db.engine import Database, Tx
from suanshi.db.together import Writes, behind
from suanshi.fleet import store as fleet
from suanshi.fleet.lease import CARD_TAKEN, NO_CAPACITY, Lease, Piece
from suanshi.fleet.lifecycle import LeaseState
from suanshi.flows import ahead, notice
from suanshi.flows.ahead import NO_ROOM_THEN, NOTICE, Slot
from suanshi.flows.quote import wanted
from suanshi.flows.run import STEP
from suanshi.flows.seats import Seats
from suanshi.identity import store as identity
from suanshi.identity.principal import Principal, Role
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal, invalid, not_found
from suanshi.ledger import store as ledger
from suanshi.orders import store as orders
from suanshi.orders.lifecycle import LIFE, OrderState
from suanshi.orders.order import MAX_INPUT_BYTES, Job, Order, Quote
from suanshi.orders.promise import Promise

TRIES = 20


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a buyer sends: an accepted quote, the job to run, and its input files. `key` makes sending it twice harmless.

    `promise` is what advice says of the work, kept with the order to be held against what the run shows. `asked` says what
    makes two wishes the same where the quote is made for the purchase and so is new each time. `resumes` is the order that
    this one continues.
    """

    key: str
    quote: str
    job: Job
    inputs: Mapping[str, bytes]
    promise: Promise | None = None
    asked: str = ""
    resumes: str | None = None

    def fingerprint(self) -> str:
        inputs = {name: hashlib.sha256(content).hexdigest() for name, content in self.inputs.items()}
        return idempotency.fingerprint("purchase", quote=self.asked or self.quote, job=repr(self.job), inputs=inputs)


def purchase(db: Database, seats: Seats, who: Principal, wish: Purchase, told: timedelta = NOTICE) -> Order:
    """Buy what was quoted; the order, the same one when the same wish comes again. Raises the refusal that says why not.

    `told` is how long before they have to leave idle runs are told so, where room must be made.
    """
    who.require("buy", Role.BUYER)
    if sum(map(len, wish.inputs.values())) > MAX_INPUT_BYTES:
        raise invalid("job.inputs", "输入文件合计不得超过 16 MiB", "together exceed 16 MiB")
    taken = Taken(seats, told)
    for attempt in range(TRIES):
        try:
            return db.each(_at_once, taken, who, wish) or taken.seen(db.write(_book, taken, who, wish))
        except BaseException as error:
            if not (isinstance(error, Refusal) and error.kind is CARD_TAKEN):
                taken.give_back()
                raise
            # Another process took the cards since we looked: the next try finds others.
            taken.leave()
            if attempt + 1 == TRIES:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


@dataclass
class Taken:
    """What one purchase has marked in the picture of the seats, to be undone if the purchase does not come about."""

    seats: Seats
    told: timedelta = NOTICE
    site: str = ""
    pieces: tuple[Piece, ...] = ()

    def take(self, tx: Tx, quote: Quote, at: datetime) -> Slot:
        """Where and when: at once, or at the time quoted; queued work as soon as there is room, by the time quoted.

        Where there is no room, idle work may have to leave for work that was promised a time and pays in full.
        """
        after, firm = self._begins(quote, at), not quote.flexible
        try:
            if quote.starts_at is None or quote.after_notice:
                return self.at_once(tx, quote, at)
            self.give_back()
            fleet.alone(tx, quote.site)
            return ahead.slot(tx, wanted(quote), after, max(quote.starts_at, at), firm, at)
        except Refusal as no:
            if no.kind not in (NO_CAPACITY, NO_ROOM_THEN) or quote.preemptible or not firm or after < at + self.told:
                raise
            fleet.alone(tx, quote.site)
            return notice.room(tx, wanted(quote), quote.price_micro, after, at, no)

    def _begins(self, quote: Quote, at: datetime) -> datetime:
        """The first moment at which the work may begin, should it not begin at once."""
        if quote.starts_at is None or quote.after_notice:
            return at + self.told
        return at if quote.flexible else quote.starts_at

    def at_hand(self, quote: Quote, at: datetime) -> Slot | None:
        """Cards that this process's picture shows free, without a look at the database."""
        self.give_back()  # the database may run the transaction again
        pieces = self.seats.at_hand(quote.site, quote.accelerator, quote.cards, quote.share_milli)
        if pieces is None:
            return None
        self.site, self.pieces = quote.site, pieces
        return Slot(at, at + wanted(quote).length(firm=False), pieces)

    def at_once(self, tx: Tx, quote: Quote, at: datetime) -> Slot:
        """Cards that are free now for as long as the work takes. Raises NO_CAPACITY."""
        self.give_back()  # the database may run the transaction again
        want = wanted(quote)
        try:
            self.site, self.pieces = quote.site, self.seats.take(tx, quote.site, want.accelerator, want.cards, want.share_milli)
        except Refusal as refusal:
            if refusal.kind is not NO_CAPACITY:
                raise
            fleet.alone(tx, quote.site)  # bookings may be moved to make room
            return ahead.before_bookings(tx, want, at, refusal)
        return Slot(at, at + want.length(firm=False), self.pieces)

    def give_back(self) -> None:
        self.seats.give_back(self.site, self.pieces)
        self.pieces = ()

    def seen(self, order: Order) -> Order:
        """The order, once it is written. What was chosen outside the picture, it must be shown."""
        if not self.pieces:
            self.seats.forget(order.quote.site)
        return order

    def leave(self) -> None:
        """The pieces turned out to be somebody else's."""
        self.seats.avoid(self.site, self.pieces)
        self.pieces = ()


def _own_quote(tx: Tx, wish: Purchase, who: Principal) -> Quote:
    quote = orders.quote(tx, wish.quote, lock=True)
    if quote is None or quote.buyer != who.party:
        raise not_found("quote", wish.quote)
    return quote


def _bought(tx: Tx, order_id: str) -> Order:
    order = orders.get(tx, order_id)
    assert order is not None  # a key names an order only in the transaction that writes it
    return order


def _at_once(tx: Tx, taken: Taken, who: Principal, wish: Purchase) -> Order | None:
    """The common purchase, in one trip or two; None, and nothing done, where anything stands in its way: `_book` says what."""
    quote, at = taken.seats.quotes.get(wish.quote) or orders.quote(tx, wish.quote), now()
    if quote is None or quote.buyer != who.party or quote.starts_at is not None or not quote.open(at):
        return None
    wish.job.check(quote)
    order_id = ids.new("ord")
    hold, promised, held = ledger.holding(order_id, who.party, Money(quote.most_micro, quote.currency), at)
    if (slot := taken.at_hand(quote, at)) is None:
        return None
    order, lease = _order(order_id, quote, who, wish, slot, hold, at)
    gates = (idempotency.claiming(who.party, wish.key, wish.fingerprint(), order_id), orders.using(order), promised)
    with fleet.contested():
        if behind(tx, gates, held, *_writes(order, lease, wish)):
            return order
    taken.give_back()
    return None


def _order(
    order_id: str, quote: Quote, who: Principal, wish: Purchase, slot: Slot, hold: str, at: datetime
) -> tuple[Order, Lease]:
    id_, how = ids.new("les"), (LeaseState.BOOKED, quote.flexible, quote.preemptible)
    lease = Lease(id_, order_id, quote.site, slot.pieces, slot.start, slot.end, *how)
    starts_at = None if quote.starts_at is None and slot.start <= at else slot.start
    booked = (OrderState.BOOKED, 0, wish.job, lease.id, hold, at, starts_at)
    return Order(order_id, quote, who.member, *booked, resumes=wish.resumes), lease


def _writes(order: Order, lease: Lease, wish: Purchase) -> Writes:
    promised = () if wish.promise is None else (orders.promising(replace(wish.promise, order=order.id)),)
    asked = steps.asked(STEP, order.id, lease.start)
    return (*fleet.booking(lease), *orders.adding(order, wish.inputs), *promised, asked)


def _book(tx: Tx, taken: Taken, who: Principal, wish: Purchase) -> Order:
    order_id, at = ids.new("ord"), now()
    if (earlier := idempotency.once(tx, who.party, wish.key, wish.fingerprint(), order_id)) is not None:
        return _bought(tx, earlier)
    quote = _own_quote(tx, wish, who)
    quote.check(at)
    wish.job.check(quote)
    slot = taken.take(tx, quote, at)
    hold = ledger.hold(tx, order_id, who.party, Money(quote.most_micro, quote.currency), at)
    order, lease = _order(order_id, quote, who, wish, slot, hold, at)
    with fleet.contested():
        notice.give(tx, slot, at)
        ahead.take(tx, slot)
        used = behind(tx, (orders.using(order),), *_writes(order, lease, wish))
    assert used  # the quote was locked and seen unused
    if wish.resumes is not None:
        orders.continued(tx, wish.resumes, order_id, at)
    return order


def cancel(db: Database, who: Principal, order_id: str) -> Order:
    """Stop an order; what it used until now is charged, and nothing if its program never began. Doing it twice is once."""
    who.require("buy", Role.BUYER)

    def write(tx: Tx) -> Order:
        order = orders.get(tx, order_id)
        if order is None or order.quote.buyer != who.party:
            raise not_found("order", order_id)
        if order.state not in LIFE.final and order.cancel_asked_at is None:
            orders.ask_to_cancel(tx, order_id, now())
            identity.audit(tx, who, "order.cancel", order_id, {})
            steps.hasten(tx, STEP, order_id, now())
        found = orders.get(tx, order_id)
        assert found is not None
        return found

    return db.write(write)
