"""The parts of a running platform that flows and doors are handed; `app` puts them together."""

from __future__ import annotations

from typing import Protocol

from suanshi.db.engine import Database
from suanshi.flows.run import Engines
from suanshi.flows.seats import Seats


class House(Protocol):
    @property
    def db(self) -> Database: ...

    @property
    def seats(self) -> Seats: ...

    @property
    def engines(self) -> Engines: ...
