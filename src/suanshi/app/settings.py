"""Everything that can be set, with its default; each is read from the environment as SUANSHI_<NAME>."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _state() -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/suanshi")
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "suanshi"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SUANSHI_", frozen=True)

    state: Path = Field(default_factory=_state, description="Folder of the embedded database, the local site and passwords.")
    database_url: str | None = Field(None, description="A PostgreSQL (15 or newer) of your own instead of the embedded one.")
    host: str = Field("127.0.0.1", description="Address the API and the console listen on.")
    port: int = Field(8088, ge=1, le=65535, description="Port the API and the console listen on.")
    operator_email: str = Field("operator@suanshi.local", description="Sign-in of the first operator.")
    operator_password: str | None = Field(None, description="Its password; by default one is made and kept in the state folder.")
    site_name: str = Field("本机站点", description="What the local site is called.")
    site_region: str = Field("本地", description="Region of the local site.")
    site_pue: Decimal = Field(Decimal("1.5"), ge=1, le=5, description="Power usage effectiveness of the local site.")
    site_green: Decimal = Field(Decimal(0), ge=0, le=1, description="Share of green power at the local site.")
    core_price: Decimal = Field(
        Decimal("0.12"), gt=0, description="Price of one CPU core for an hour at the local site, in yuan."
    )
    core_share: int = Field(50, ge=1, le=1000, description="Smallest piece of a CPU core sold, in thousandths.")
    connections: int = Field(24, ge=4, le=200, description="Database connections of each process.")
    worker_threads: int = Field(8, ge=1, le=128, description="Steps a worker carries out at the same time.")

    @property
    def postgresql_folder(self) -> Path:
        return self.state / "postgresql"

    @property
    def site_folder(self) -> Path:
        return self.state / "site"
