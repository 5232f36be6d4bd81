"""The shop window: offers with their site and free stock, found by facets; and the supplier's side of listing them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from suanshi.catalog import store as catalog
from suanshi.catalog.accelerator import Accelerator, accelerators
from suanshi.catalog.offer import MAX_CARDS, MAX_PRICE_MICRO, Offer, OfferState
from suanshi.catalog.site import Card, Health, Isolation, Site
from suanshi.catalog.store import Listing
from suanshi.db.engine import Database, Tx
from suanshi.fleet import store as fleet
from suanshi.identity import store as identity
from suanshi.identity.principal import Principal, Role
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.page import Page, cursor, place
from suanshi.kit.refusal import invalid, not_found


@dataclass(frozen=True, slots=True)
class Shown:
    """An offer as a buyer sees it: `free_cards` are whole cards free now; `supplier_name` says who really sells it."""

    offer: Offer
    site: Site
    accelerator: Accelerator
    supplier_name: str
    free_cards: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """The storefront's filters; None asks for nothing. `price` sorts by price, `-price` the other way round."""

    text: str | None = None
    accelerator: str | None = None
    vendor: str | None = None
    domestic: bool | None = None
    region: str | None = None
    isolation: Isolation | None = None
    min_memory_gib: int | None = None
    max_price_micro: int | None = None
    cards: int | None = None
    share_milli: int | None = None
    sort: str = "price"


@dataclass(frozen=True, slots=True)
class Window:
    """A page of the shop window. Each facet counts what the other filters leave, so that a choice can be changed."""

    page: Page[Shown]
    total: int
    facets: dict[str, list[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class CardUse:
    card: Card
    in_use_milli: int


FACETS: dict[str, Callable[[Shown], str]] = {
    "accelerator": lambda s: s.accelerator.id,
    "vendor": lambda s: s.accelerator.vendor,
    "region": lambda s: s.site.region,
    "isolation": lambda s: s.site.isolation.value,
}

_SORTS: dict[str, Callable[[Shown], tuple[float, str]]] = {
    "price": lambda s: (s.offer.price_micro, s.offer.id),
    "-price": lambda s: (-s.offer.price_micro, s.offer.id),
    "memory": lambda s: (s.accelerator.memory_gib, s.offer.id),
    "-memory": lambda s: (-s.accelerator.memory_gib, s.offer.id),
    "newest": lambda s: (-s.offer.valid_from.timestamp(), s.offer.id),
}


def offers(db: Database, wanted: Wanted, after: str | None = None, limit: int = 20) -> Window:
    """Listed offers that match, sorted, from the cursor on."""
    everything = db.read(shown)
    matching = sorted((s for s in everything if not _misses(s, wanted)), key=_SORTS[wanted.sort])
    facets = {
        name: Counter(of(s) for s in everything if _misses(s, wanted) <= {name}).most_common() for name, of in FACETS.items()
    }
    start = place(after)
    seen = next((i + 1 for i, s in enumerate(matching) if s.offer.id == start), 0) if start else 0
    rows = matching[seen : seen + limit]
    more = seen + limit < len(matching)
    return Window(Page(tuple(rows), cursor(rows[-1].offer.id) if more else None), len(matching), facets)


def _misses(shown: Shown, wanted: Wanted) -> set[str]:
    """The names of the filters that this offer does not pass."""
    offer, site, accelerator = shown.offer, shown.site, shown.accelerator
    text = f"{offer.title} {accelerator.name} {accelerator.id} {site.name} {site.region} {shown.supplier_name}".casefold()
    passes = {
        "text": wanted.text is None or all(word in text for word in wanted.text.casefold().split()),
        "accelerator": wanted.accelerator in (None, accelerator.id),
        "vendor": wanted.vendor in (None, accelerator.vendor),
        "domestic": wanted.domestic in (None, accelerator.domestic),
        "region": wanted.region in (None, site.region),
        "isolation": wanted.isolation in (None, site.isolation),
        "memory": wanted.min_memory_gib is None or accelerator.memory_gib >= wanted.min_memory_gib,
        "price": wanted.max_price_micro is None or offer.price_micro <= wanted.max_price_micro,
        "cards": wanted.cards is None or min(shown.free_cards, offer.max_cards) >= wanted.cards,
        "share": wanted.share_milli is None or wanted.share_milli % offer.share_milli == 0,
    }
    return {name for name, passed in passes.items() if not passed}


def shown(tx: Tx, supplier: str | None = None) -> list[Shown]:
    """Every offer on sale (or all of one supplier's) as buyers see it."""
    return _dress(tx, catalog.listings(tx, supplier))


def offer(db: Database, id_: str) -> Shown:
    """One offer in any state. Raises NOT_FOUND."""

    def load(tx: Tx) -> Shown | None:
        listing = catalog.listing(tx, id_)
        return _dress(tx, [listing])[0] if listing else None

    found = db.read(load)
    if found is None:
        raise not_found("offer", id_)
    return found


def _dress(tx: Tx, listings: Iterable[Listing]) -> list[Shown]:
    free = free_cards(tx)
    names = identity.names(tx)
    models = accelerators()
    return [
        Shown(
            listing.offer,
            listing.site,
            models[listing.offer.accelerator],
            names.get(listing.offer.supplier, listing.offer.supplier),
            free.get((listing.site.id, listing.offer.accelerator), 0),
        )
        for listing in listings
    ]


def free_cards(tx: Tx) -> Counter[tuple[str, str]]:
    """Whole cards free now by (site, accelerator)."""
    held = fleet.card_milli_held(tx, now())
    free: Counter[tuple[str, str]] = Counter()
    for site_id, card in catalog.all_cards(tx):
        free[site_id, card.accelerator] += card.health is not Health.FAILED and not held.get(card.id)
    return free


def sites(db: Database, who: Principal) -> list[tuple[Site, int]]:
    """The supplier's own sites (all of them for the operator), each with its number of cards."""
    who.require("read", Role.SUPPLIER, Role.OPERATOR, Role.AUDITOR)
    everyone = who.roles & {Role.OPERATOR, Role.AUDITOR}

    def load(tx: Tx) -> list[tuple[Site, int]]:
        count = Counter(site_id for site_id, _ in catalog.all_cards(tx))
        return [(site, count[site.id]) for site in catalog.sites(tx, None if everyone else who.party)]

    return db.read(load)


def site(db: Database, who: Principal, id_: str) -> tuple[Site, int]:
    for found, count in sites(db, who):
        if found.id == id_:
            return found, count
    raise not_found("site", id_)


def cards(db: Database, who: Principal, site_id: str) -> list[CardUse]:
    """The cards of one site and how much of each is let now."""
    site(db, who, site_id)

    def load(tx: Tx) -> list[CardUse]:
        held = fleet.card_milli_held(tx, now())
        return [CardUse(card, held.get(card.id, 0)) for card in catalog.cards(tx, site_id)]

    return db.read(load)


def register_site(db: Database, who: Principal, draft: Site) -> Site:
    """Announce a data centre. It sells nothing until the operator has verified it and an engine serves it."""
    who.require("supply", Role.SUPPLIER)
    made = replace(draft, id=ids.new("site"), supplier=who.party, verified=False, isolation=Isolation.NONE)

    def write(tx: Tx) -> None:
        if any(site.name == made.name for site in catalog.sites(tx, who.party)):
            raise invalid("name", f"您已有名为 {made.name} 的站点", f"you already have a site called {made.name}")
        catalog.put_site(tx, made)
        identity.audit(tx, who, "site.register", made.id, {"name": made.name})

    db.write(write)
    return made


def list_offer(db: Database, who: Principal, draft: Offer) -> Shown:
    """Put cards of one's own site on sale. Raises a refusal for a site of another, a model it lacks, or a price of nothing."""
    who.require("supply", Role.SUPPLIER)
    _check_price(draft.price_micro)
    _check_idle_price(draft.idle_price_micro, draft.price_micro)

    def write(tx: Tx) -> str:
        site = catalog.site(tx, draft.site)
        if site is None or site.supplier != who.party:
            raise not_found("site", draft.site)
        installed = catalog.installed(tx).get((site.id, draft.accelerator), 0)
        if not installed:
            raise invalid("accelerator", f"{site.name} 没有这种卡", f"{site.name} has no such card")
        made = replace(
            draft,
            id=ids.new("off"),
            supplier=who.party,
            max_cards=min(draft.max_cards, installed, MAX_CARDS),
            cpu_milli=_per_card(tx, site.id, draft.accelerator)[0],
            memory_mib=_per_card(tx, site.id, draft.accelerator)[1],
            state=OfferState.LISTED,
            valid_from=now(),
        )
        catalog.put_offer(tx, made)
        identity.audit(tx, who, "offer.list", made.id, {"price_micro": made.price_micro, "title": made.title})
        return made.id

    return offer(db, db.write(write))


def _per_card(tx: Tx, site_id: str, accelerator: str) -> tuple[int, int]:
    """CPU (thousandths of a core) and memory (MiB) that come with a card: its node's, shared by the node's cards."""
    nodes = {node.id: node for node in catalog.nodes(tx, site_id)}
    on_node = Counter(card.node for card in catalog.cards(tx, site_id) if card.accelerator == accelerator)
    parts = [(nodes[n].cpu_milli // count, nodes[n].memory_mib // count) for n, count in on_node.items()]
    return min(cpu for cpu, _ in parts), min(memory for _, memory in parts)


def _check_price(price_micro: int) -> None:
    if not 0 < price_micro <= MAX_PRICE_MICRO:
        most = MAX_PRICE_MICRO // 1_000_000
        raise invalid("price_per_card_hour", f"应大于 0 且不超过 {most} 元", f"must be above 0 and at most {most} yuan")


def _check_idle_price(idle_micro: int | None, price_micro: int) -> None:
    if idle_micro is not None and not 0 < idle_micro < price_micro:
        raise invalid("idle_price", "应大于 0 且低于每卡时价格", "must be above 0 and below the price per card-hour")


def change_offer(
    db: Database,
    who: Principal,
    id_: str,
    state: OfferState | None,
    price_micro: int | None,
    idle_price_micro: int | None = None,
) -> Shown:
    """Pause, withdraw or reprice one's own offer; a withdrawn one stays so. Quotes already given keep their price.

    An idle price of 0 takes the idle price away.
    """
    who.require("supply", Role.SUPPLIER)
    if price_micro is not None:
        _check_price(price_micro)

    def write(tx: Tx) -> None:
        listing = catalog.listing(tx, id_)
        if listing is None or listing.offer.supplier != who.party:
            raise not_found("offer", id_)
        if listing.offer.state is OfferState.WITHDRAWN:
            raise invalid("state", "已撤下的商品不能再改", "a withdrawn offer cannot be changed any more")
        idle = listing.offer.idle_price_micro if idle_price_micro is None else idle_price_micro or None
        _check_idle_price(idle, price_micro or listing.offer.price_micro)
        catalog.change_offer(tx, id_, state, price_micro, now(), idle_price_micro)
        changed = {"state": state, "price_micro": price_micro, "idle_price_micro": idle_price_micro}
        identity.audit(tx, who, "offer.change", id_, changed)

    db.write(write)
    return offer(db, id_)


def own_offers(db: Database, who: Principal) -> list[Shown]:
    """All of the supplier's offers, whatever their state."""
    who.require("read", Role.SUPPLIER)
    return db.read(shown, who.party)
