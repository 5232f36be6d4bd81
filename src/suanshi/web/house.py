"""What the web door needs of the house it belongs to."""

from __future__ import annotations

from typing import Any, Protocol


class House(Protocol):
    """`app` builds it; the door only passes its parts to flows."""

    @property
    def db(self) -> Any: ...
