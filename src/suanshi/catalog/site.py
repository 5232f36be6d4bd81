"""A data centre as the market sees it: where it stands, what it runs on, and the cards in its servers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Isolation(StrEnum):
    """How well one tenant's work is kept from another's: limits held by the kernel, by habit only, or not at all."""

    KERNEL = "kernel"
    SOFT = "soft"
    NONE = "none"


class Health(StrEnum):
    """Two levels (NVIDIA's DCGM makes the same cut): a `warn` card is still used and the buyer told, a `failed` one is not."""

    OK = "ok"
    WARN = "warn"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Site:
    """`pue_milli` 1250 means PUE 1.25; `green_bp` is the share of green power in basis points; `tier` cloud, edge or device."""

    id: str
    supplier: str
    name: str
    region: str
    tier: str
    pue_milli: int
    green_bp: int
    fabric: str
    engine: str
    isolation: Isolation
    verified: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A server: CPU in thousandths of a core, memory in MiB."""

    id: str
    site: str
    name: str
    cpu_milli: int
    memory_mib: int


@dataclass(frozen=True, slots=True)
class Card:
    """One accelerator in a node; `name` is what the site's own inventory calls it ("cpu-0")."""

    id: int
    node: str
    name: str
    accelerator: str
    health: Health
