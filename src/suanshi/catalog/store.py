"""Sites, nodes, cards and offers in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Row,
    Select,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from suanshi.catalog.offer import Offer, OfferState
from suanshi.catalog.site import Card, Health, Isolation, Node, Site
from suanshi.db.engine import Tx
from suanshi.db.tables import Micro, key, metadata, moment
from suanshi.db.together import Gate

site_table = Table(
    "site",
    metadata,
    key(),
    Column("supplier", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("pue_milli", Integer, nullable=False),
    Column("green_bp", Integer, nullable=False),
    Column("fabric", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("isolation", Text, nullable=False),
    Column("verified", Boolean, nullable=False),
    UniqueConstraint("supplier", "name"),
    CheckConstraint("pue_milli >= 1000", "pue_at_least_one"),
    CheckConstraint("green_bp between 0 and 10000", "green_is_a_share"),
)

node_table = Table(
    "node",
    metadata,
    key(),
    Column("site", Text, ForeignKey("site.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("cpu_milli", BigInteger, nullable=False),
    Column("memory_mib", BigInteger, nullable=False),
    UniqueConstraint("site", "name"),
)

card_table = Table(
    "card",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("node", Text, ForeignKey("node.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("accelerator", Text, nullable=False),
    Column("health", Text, nullable=False),
    UniqueConstraint("node", "name"),
)

offer_table = Table(
    "offer",
    metadata,
    key(),
    Column("supplier", Text, nullable=False, index=True),
    Column("site", Text, ForeignKey("site.id"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("accelerator", Text, nullable=False),
    Column("price_micro", Micro, nullable=False),
    Column("minimum_micro", Micro, nullable=False),
    Column("currency", Text, nullable=False),
    Column("share_milli", Integer, nullable=False),
    Column("max_cards", Integer, nullable=False),
    Column("max_seconds", Integer, nullable=False),
    Column("cpu_milli", BigInteger, nullable=False),
    Column("memory_mib", BigInteger, nullable=False),
    Column("environments", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    moment("valid_from"),
    Column("idle_price_micro", Micro),
    CheckConstraint("price_micro > 0", "priced"),
    CheckConstraint("idle_price_micro > 0 and idle_price_micro < price_micro", "idle_below_list"),
    CheckConstraint("minimum_micro >= 0", "minimum_not_negative"),
    Index("ix_offer_state_accelerator", "state", "accelerator"),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """An offer together with the site it stands on; `version` is another one as soon as either is changed."""

    offer: Offer
    site: Site
    version: str


def _site(row: Row[Any], prefix: str = "") -> Site:
    values = {name: getattr(row, prefix + name) for name in Site.__dataclass_fields__}
    return Site(**{**values, "isolation": Isolation(values["isolation"])})


def _offer(row: Row[Any]) -> Offer:
    values = {name: getattr(row, name) for name in Offer.__dataclass_fields__}
    return Offer(**{**values, "environments": tuple(values["environments"]), "state": OfferState(values["state"])})


def put_site(tx: Tx, site: Site) -> None:
    """Add a site, or bring its facts up to date."""
    row = asdict(site)
    tx.execute(insert(site_table).values(row).on_conflict_do_update(index_elements=["id"], set_=row))


def site(tx: Tx, id_: str) -> Site | None:
    row = tx.execute(select(site_table).where(site_table.c.id == id_)).first()
    return _site(row) if row else None


def sites(tx: Tx, supplier: str | None = None) -> list[Site]:
    query = select(site_table).order_by(site_table.c.id)
    if supplier is not None:
        query = query.where(site_table.c.supplier == supplier)
    return [_site(row) for row in tx.execute(query)]


def put_node(tx: Tx, node: Node) -> None:
    row = asdict(node)
    tx.execute(insert(node_table).values(row).on_conflict_do_update(index_elements=["id"], set_=row))


def nodes(tx: Tx, site_id: str) -> list[Node]:
    rows = tx.execute(select(node_table).where(node_table.c.site == site_id).order_by(node_table.c.id))
    return [Node(row.id, row.site, row.name, row.cpu_milli, row.memory_mib) for row in rows]


def put_cards(tx: Tx, node: str, cards: Sequence[tuple[str, str]]) -> None:
    """Make sure a node has these (name, accelerator) cards; known ones keep their number and health."""
    if not cards:
        return
    rows = [{"node": node, "name": name, "accelerator": model, "health": Health.OK.value} for name, model in cards]
    tx.execute(insert(card_table).values(rows).on_conflict_do_nothing())


def cards(tx: Tx, site_id: str) -> list[Card]:
    return [card for _, card in _cards(tx, node_table.c.site == site_id)]


def all_cards(tx: Tx) -> list[tuple[str, Card]]:
    """Every card of the market with its site."""
    return _cards(tx)


def _cards(tx: Tx, *where: Any) -> list[tuple[str, Card]]:
    c = card_table.c
    query = (
        select(node_table.c.site, c.id, c.node, c.name, c.accelerator, c.health)
        .join(node_table, node_table.c.id == c.node)
        .where(*where)
        .order_by(c.id)
    )
    return [
        (site_id, Card(id_, node, name, accelerator, Health(health)))
        for site_id, id_, node, name, accelerator, health in tx.execute(query)
    ]


def set_health(tx: Tx, card_id: int, health: Health) -> None:
    tx.execute(card_table.update().where(card_table.c.id == card_id).values(health=health.value))


def put_offer(tx: Tx, offer: Offer) -> None:
    row = {**asdict(offer), "environments": list(offer.environments)}
    tx.execute(insert(offer_table).values(row).on_conflict_do_update(index_elements=["id"], set_=row))


def change_offer(
    tx: Tx, id_: str, state: OfferState | None, price_micro: int | None, valid_from: datetime, idle_price_micro: int | None = None
) -> None:
    """A new price holds from now on; quotes already given keep theirs, because each carries its own copy. An idle price of
    0 takes the offer's idle price away.
    """
    values: dict[str, Any] = {}
    if state is not None:
        values["state"] = state.value
    if price_micro is not None:
        values |= {"price_micro": price_micro, "valid_from": valid_from}
    if idle_price_micro is not None:
        values["idle_price_micro"] = idle_price_micro or None
    if values:
        tx.execute(offer_table.update().where(offer_table.c.id == id_).values(**values))


_VERSION: ColumnElement[str] = literal_column("offer.xmin::text || '/' || site.xmin::text", Text)
_LISTING = select(
    offer_table, _VERSION.label("version"), *(site_table.c[name].label(f"site_{name}") for name in Site.__dataclass_fields__)
).join(site_table, site_table.c.id == offer_table.c.site)


_ONE_LISTING = _LISTING.where(offer_table.c.id == bindparam("id"))


def listing(tx: Tx, offer_id: str) -> Listing | None:
    row = tx.execute(_ONE_LISTING, {"id": offer_id}).first()
    return Listing(_offer(row), _site(row, "site_"), row.version) if row else None


_UNCHANGED: Select[Any] = (
    select(literal_column("1").label("opened"))
    .select_from(offer_table.join(site_table, site_table.c.id == offer_table.c.site))
    .where(offer_table.c.id == bindparam("seen_offer"), bindparam("seen_version") == _VERSION)
)


def unchanged(listing: Listing) -> Gate:
    """A gate that is shut when the offer or its site was changed since it was read."""
    return Gate(_UNCHANGED, {"seen_offer": listing.offer.id, "seen_version": listing.version})


def listings(tx: Tx, supplier: str | None = None) -> list[Listing]:
    """Every listed offer, or every offer of one supplier in any state."""
    if supplier is None:
        query = _LISTING.where(offer_table.c.state == OfferState.LISTED.value)
    else:
        query = _LISTING.where(offer_table.c.supplier == supplier)
    return [Listing(_offer(row), _site(row, "site_"), row.version) for row in tx.execute(query.order_by(offer_table.c.id))]


def installed(tx: Tx) -> dict[tuple[str, str], int]:
    """Usable cards by (site, accelerator)."""
    query = (
        select(node_table.c.site, card_table.c.accelerator, func.count())
        .join(node_table, node_table.c.id == card_table.c.node)
        .where(card_table.c.health != Health.FAILED.value)
        .group_by(node_table.c.site, card_table.c.accelerator)
    )
    return {(site_id, accelerator): count for site_id, accelerator, count in tx.execute(query)}
