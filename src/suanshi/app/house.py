"""The house: one database, one picture of the seats, and the engine that serves each site."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from suanshi.app.settings import Settings
from suanshi.catalog import store as catalog
from suanshi.db.embedded import Embedded
from suanshi.db.engine import Database
from suanshi.engines.local.executor import LocalExecutor
from suanshi.fleet.executor import Executor
from suanshi.kit.refusal import Fault, kind, refuse

if TYPE_CHECKING:
    from suanshi.flows.seats import Seats

ENGINE_MISSING = kind(
    "engine-missing",
    503,
    ("站点 {site} 目前没有可用的执行引擎。", "No engine serves site {site} at present."),
    (
        "请选择其他站点的商品，或联系供给方；没有扣费。",
        "Choose an offer of another site, or tell the supplier; nothing was charged.",
    ),
    Fault.SUPPLIER,
)


def embedded(settings: Settings) -> Embedded:
    return Embedded(settings.postgresql_folder)


def database_url(settings: Settings) -> str:
    """The database that was set, in the driver's spelling, or the embedded one."""
    if settings.database_url is None:
        return embedded(settings).url
    return settings.database_url.replace("postgres://", "postgresql://", 1).replace("postgresql://", "postgresql+psycopg://", 1)


@dataclass
class House:
    settings: Settings
    db: Database
    local: LocalExecutor
    _engine_of: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> House:
        db = Database(database_url(settings), settings.connections)
        return cls(settings, db, LocalExecutor(settings.site_folder))

    @cached_property
    def seats(self) -> Seats:
        """The API's picture of the seats. Its compiled core takes a second to load, which a worker does without."""
        from suanshi.flows.seats import Seats

        return Seats()

    def engines(self, site_id: str) -> Executor:
        """The engine of a site. Raises ENGINE_MISSING where none serves it."""
        if site_id not in self._engine_of:
            site = self.db.read(catalog.site, site_id)
            self._engine_of[site_id] = site.engine if site else ""
        if self._engine_of[site_id] != "local":
            raise refuse(ENGINE_MISSING, site=site_id)
        return self.local

    def local_sites(self) -> list[str]:
        return [site.id for site in self.db.read(catalog.sites) if site.engine == "local"]

    def close(self) -> None:
        self.db.close()
