"""Opening the market on a machine: an operator, the machine itself as the first site, its cards, and offers for them.

Doing it again finds everything where it was and brings the site's facts up to date.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from suanshi.catalog import store as catalog
from suanshi.catalog.offer import Offer, OfferState
from suanshi.catalog.site import Isolation, Node, Site
from suanshi.db.engine import Database, Tx
from suanshi.identity import store as identity
from suanshi.identity.principal import Principal
from suanshi.kit import ids
from suanshi.kit.clock import now

WEEK = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Machine:
    """What an engine found on the machine it runs on: CPU in thousandths of a core, memory in MiB, (name, model) of cards."""

    name: str
    cpu_milli: int
    memory_mib: int
    cards: tuple[tuple[str, str], ...]
    isolation: Isolation
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What nobody can find out by looking: where the site is, and the price per card-hour of each model (micro-yuan)."""

    name: str
    region: str
    pue_milli: int
    green_bp: int
    prices: dict[str, int]
    share_milli: dict[str, int]


def open_site(db: Database, who: Principal, engine: str, machine: Machine, place: Place) -> Site:
    """The machine as a site of `who`, with an offer for each model of card that has a price."""

    def write(tx: Tx) -> Site:
        site = _site(tx, who, engine, machine, place)
        node = next((n for n in catalog.nodes(tx, site.id) if n.name == machine.name), None)
        node = Node(node.id if node else ids.new("node"), site.id, machine.name, machine.cpu_milli, machine.memory_mib)
        catalog.put_node(tx, node)
        catalog.put_cards(tx, node.id, machine.cards)
        _offers(tx, who, site, machine, place)
        return site

    return db.write(write)


def _site(tx: Tx, who: Principal, engine: str, machine: Machine, place: Place) -> Site:
    known = next((s for s in catalog.sites(tx, who.party) if s.name == place.name), None)
    site = Site(
        id=known.id if known else ids.new("site"),
        supplier=who.party,
        name=place.name,
        region=place.region,
        tier="cloud",
        pue_milli=place.pue_milli,
        green_bp=place.green_bp,
        fabric="ethernet",
        engine=engine,
        isolation=machine.isolation,
        verified=True,
    )
    catalog.put_site(tx, site)
    if known is None:
        identity.audit(tx, who, "site.open", site.id, {"name": site.name, "engine": engine})
    return site


def _offers(tx: Tx, who: Principal, site: Site, machine: Machine, place: Place) -> None:
    """One offer for each model that has a price and none yet; what the supplier changed since is left alone."""
    have = {listing.offer.accelerator for listing in catalog.listings(tx, who.party) if listing.site.id == site.id}
    for model, count in Counter(model for _, model in machine.cards).items():
        if model in have or model not in place.prices:
            continue
        catalog.put_offer(
            tx,
            Offer(
                id=ids.new("off"),
                supplier=who.party,
                site=site.id,
                title=f"{site.name} {model}",
                accelerator=model,
                price_micro=place.prices[model],
                minimum_micro=10_000,
                currency="CNY",
                share_milli=place.share_milli.get(model, 1000),
                max_cards=count,
                max_seconds=WEEK,
                cpu_milli=machine.cpu_milli // count,
                memory_mib=machine.memory_mib // count,
                environments=machine.environments,
                state=OfferState.LISTED,
                valid_from=now(),
            ),
        )
