"""Following what was bought: orders, their events, logs and result files, for the buyer; orders for supplier and operator."""

from __future__ import annotations

from dataclasses import dataclass

from suanshi.catalog import store as catalog
from suanshi.db import events
from suanshi.db.engine import Database, Tx
from suanshi.db.events import Event
from suanshi.fleet.executor import LogChunk, ResultFile
from suanshi.flows.run import Engines
from suanshi.identity.principal import Principal, Role
from suanshi.kit.page import Page, page, place
from suanshi.kit.refusal import Refusal, not_found
from suanshi.orders import store as orders
from suanshi.orders.lifecycle import OrderState
from suanshi.orders.order import Order
from suanshi.orders.promise import Promise


@dataclass(frozen=True, slots=True)
class Sale:
    """An order with the names people know: its site, and the names of its input files (for the buyer alone)."""

    order: Order
    site_name: str
    inputs: tuple[str, ...] = ()
    promise: Promise | None = None


def order(db: Database, who: Principal, id_: str) -> Sale:
    """One order that is the asker's as buyer or as supplier, or any for the operator. Raises NOT_FOUND."""
    who.require("read")

    def load(tx: Tx) -> Sale | None:
        found = orders.get(tx, id_)
        if found is None or not _may_see(found, who):
            return None
        return _sale(tx, found, with_inputs=found.quote.buyer == who.party)

    sale = db.read(load)
    if sale is None:
        raise not_found("order", id_)
    return sale


def _may_see(found: Order, who: Principal) -> bool:
    oversees = bool(who.roles & {Role.OPERATOR, Role.AUDITOR})
    return oversees or who.party in (found.quote.buyer, found.quote.supplier)


def _sale(tx: Tx, found: Order, with_inputs: bool = False) -> Sale:
    site = catalog.site(tx, found.quote.site)
    name = site.name if site else found.quote.site
    if not with_inputs:
        return Sale(found, name)
    return Sale(found, name, orders.input_names(tx, found.id), orders.promise_of(tx, found.id))


def bought(db: Database, who: Principal, state: OrderState | None, cursor: str | None, limit: int) -> Page[Sale]:
    """The buyer's orders, newest first."""
    who.require("read", Role.BUYER)
    return _list(db, who.party, None, state, cursor, limit)


def sold(db: Database, who: Principal, state: OrderState | None, cursor: str | None, limit: int) -> Page[Sale]:
    """Orders of the supplier's cards, newest first."""
    who.require("read", Role.SUPPLIER)
    return _list(db, None, who.party, state, cursor, limit)


def everyones(db: Database, who: Principal, state: OrderState | None, cursor: str | None, limit: int) -> Page[Sale]:
    """All orders, for the operator and the auditor."""
    who.require("read", Role.OPERATOR, Role.AUDITOR)
    return _list(db, None, None, state, cursor, limit)


def _list(
    db: Database, buyer: str | None, supplier: str | None, state: OrderState | None, cursor: str | None, limit: int
) -> Page[Sale]:
    def load(tx: Tx) -> list[Sale]:
        found = orders.page(tx, buyer, supplier, state, place(cursor), limit + 1)
        return [_sale(tx, one) for one in found]

    return page(db.read(load), limit, lambda sale: sale.order.id)


def happened(db: Database, who: Principal, id_: str, after: int = 0) -> list[Event]:
    """What has become of an order since event `after`, oldest first."""
    order(db, who, id_)
    return db.read(events.since, id_, after)


def log(db: Database, engines: Engines, who: Principal, id_: str, offset: int, limit: int) -> LogChunk:
    """Part of the run's output from `offset` bytes on; empty before it starts."""
    found = _own(db, who, id_)
    try:
        return engines(found.quote.site).logs(found.lease, offset, limit)
    except Refusal as refusal:
        if refusal.code == "not-found":
            return LogChunk(offset, b"", 0, False)
        raise


def files(db: Database, engines: Engines, who: Principal, id_: str) -> tuple[ResultFile, ...]:
    """What the run left in its output folder so far."""
    found = _own(db, who, id_)
    try:
        return engines(found.quote.site).files(found.lease)
    except Refusal as refusal:
        if refusal.code == "not-found":
            return ()
        raise


def read_file(db: Database, engines: Engines, who: Principal, id_: str, name: str, offset: int, limit: int) -> bytes:
    """Part of one result file. Raises NOT_FOUND for a file that the run did not leave."""
    found = _own(db, who, id_)
    return engines(found.quote.site).read_file(found.lease, name, offset, limit)


def _own(db: Database, who: Principal, id_: str) -> Order:
    """The order if the asker bought it: logs and files are the buyer's alone, not the supplier's or the operator's."""
    who.require("read", Role.BUYER)
    found = order(db, who, id_).order
    if found.quote.buyer != who.party:
        raise not_found("order", id_)
    return found
