"""The machine as the first site: its cores and its accelerators listed at a price, once, however often it is opened."""

from __future__ import annotations

from suanshi.app.preparing import prices
from suanshi.app.settings import Settings
from suanshi.catalog import store as catalog
from suanshi.catalog.site import Isolation
from suanshi.db.engine import Database
from suanshi.engines.local.inventory import Card, Kind
from suanshi.flows import join, market
from suanshi.flows.opening import Machine, Place, open_site
from suanshi.identity.party import PartyKind
from suanshi.kit.units import GIB, Bytes

CARDS = (
    *(Card(f"cpu-{i}", Kind.CPU, i, "cpu-core-x86", Bytes(4 * GIB)) for i in range(8)),
    *(Card(f"nvidia-{i}", Kind.NVIDIA, i, "a100-sxm-80g", Bytes(80 * GIB)) for i in range(2)),
    Card("nvidia-2", Kind.NVIDIA, 2, "a card nobody lists", Bytes(GIB)),
)


def test_cores_and_known_accelerators_have_a_price_and_a_stranger_has_none() -> None:
    found = prices(CARDS, Settings())
    assert set(found) == {"cpu-core-x86", "a100-sxm-80g"}
    assert found["cpu-core-x86"] == 120_000
    assert 1_000_000 < found["a100-sxm-80g"] < 100_000_000


def test_opening_twice_lists_each_model_once_and_leaves_the_suppliers_price_alone(db: Database) -> None:
    session = join.register(db, PartyKind.SUPPLIER, "站点", "site@example.com", "correct horse battery")
    who = join.principal(db, session.token)
    cards = tuple((card.name, card.model) for card in CARDS)
    machine = Machine("here", 8000, 32_000, cards, Isolation.KERNEL, ("python",))
    place = Place("本机", "本地", 1500, 0, prices(CARDS, Settings()), {"cpu-core-x86": 50})
    site = open_site(db, who, "local", machine, place)
    listed = {shown.offer.accelerator: shown for shown in market.own_offers(db, who)}
    assert {name: shown.free_cards for name, shown in listed.items()} == {"cpu-core-x86": 8, "a100-sxm-80g": 2}
    market.change_offer(db, who, listed["a100-sxm-80g"].offer.id, None, 7_000_000)
    assert open_site(db, who, "local", machine, place).id == site.id
    again = {shown.offer.accelerator: shown.offer for shown in market.own_offers(db, who)}
    assert len(market.own_offers(db, who)) == 2
    assert again["a100-sxm-80g"].price_micro == 7_000_000
    assert len(db.read(catalog.cards, site.id)) == len(CARDS)
