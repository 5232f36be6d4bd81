"""Before anything runs: the database started, its schema brought up to date, the market opened with this machine as a site."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from suanshi.advice.reference import reference_offers
from suanshi.app.house import House, database_url, embedded
from suanshi.app.settings import Settings
from suanshi.db import migrate as schema
from suanshi.db.engine import Database
from suanshi.engines.local.environment import TEMPLATES
from suanshi.engines.local.inventory import Card, Kind
from suanshi.flows import join
from suanshi.flows.opening import Machine, Place, open_site
from suanshi.flows.seats import compile_core
from suanshi.identity.party import PartyKind
from suanshi.identity.principal import Principal
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal, kind, refuse
from suanshi.kit.units import MIB

NO_STATE_FOLDER = kind(
    "no-state-folder",
    500,
    ("无法建立数据目录 {folder}：{why}。", "The state folder {folder} cannot be made: {why}."),
    ("用 SUANSHI_STATE 指向一个可写的目录。", "Point SUANSHI_STATE at a folder that you may write to."),
)
SUPPLIER_EMAIL = "supplier@suanshi.local"


def prepare(settings: Settings) -> None:
    """Start the database, bring its schema up to date, and open the market with this machine as its first site."""
    try:
        settings.state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refuse(NO_STATE_FOLDER, where="SUANSHI_STATE", folder=settings.state, why=error.strerror) from error
    if settings.database_url is None:
        embedded(settings).start()
    schema.upgrade(database_url(settings))
    compile_core()  # so that no buyer waits for it
    house = House.of(settings)
    try:
        open_market(house)
    finally:
        house.close()


def migrate(settings: Settings) -> None:
    schema.upgrade(database_url(settings))


def open_market(house: House) -> None:
    settings = house.settings
    operator_password = settings.operator_password or password(settings.state, "operator")
    join.operator(house.db, "运营方", settings.operator_email, operator_password)
    supplier = local_supplier(house.db, settings)
    machine = house.local.machine
    open_site(
        house.db,
        supplier,
        "local",
        Machine(
            name=os.uname().nodename,
            cpu_milli=machine.cores * 1000,
            memory_mib=machine.memory // MIB * 8 // 10,  # the rest is the platform's own
            cards=tuple((card.name, card.model) for card in machine.cards),
            isolation=house.local.abilities().isolation,
            environments=tuple(TEMPLATES),
        ),
        Place(
            name=settings.site_name,
            region=settings.site_region,
            pue_milli=int(settings.site_pue * 1000),
            green_bp=int(settings.site_green * 10_000),
            prices=prices(machine.cards, settings),
            share_milli={card.model: settings.core_share for card in machine.cards if card.kind is Kind.CPU},
        ),
    )


def prices(cards: Iterable[Card], settings: Settings) -> dict[str, int]:
    """Micro-yuan per card-hour to start with, by model: the setting for CPU cores, the published median for accelerators.

    A model that nobody publishes a price of gets none, and is not for sale until the supplier names one.
    """
    published = {offer.accelerator: offer.price_micro for offer in reference_offers()}
    core = Money.of(settings.core_price).micro
    models = {card.model: card.kind for card in cards}
    priced = {model: core if kind is Kind.CPU else published.get(model, 0) for model, kind in models.items()}
    return {model: price for model, price in priced.items() if price}


def local_supplier(db: Database, settings: Settings) -> Principal:
    """The party that owns the local site, registered on the first start."""
    secret = password(settings.state, "supplier")
    try:
        token = join.sign_in(db, SUPPLIER_EMAIL, secret).token
    except Refusal:
        token = join.register(db, PartyKind.SUPPLIER, settings.site_name, SUPPLIER_EMAIL, secret).token
    return join.principal(db, token)


def password(state: Path, who: str) -> str:
    """The password made for `who` on the first start, kept where only this user can read it."""
    file = state / f"{who}.password"
    if not file.exists():
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(18))
    return file.read_text().strip()
