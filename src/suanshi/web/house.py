"""What the web door needs of the house it belongs to."""

from __future__ import annotations

from typing import Protocol

from suanshi.db.engine import Database
from suanshi.flows.run import Engines
from suanshi.flows.seats import Seats


class House(Protocol):
    """`app` builds it; the door only passes its parts to flows."""

    @property
    def db(self) -> Database: ...

    @property
    def seats(self) -> Seats: ...

    @property
    def engines(self) -> Engines: ...
