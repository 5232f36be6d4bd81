"""What there is to give: sites hold groups of servers, servers hold cards, and a card can be sold in slices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from suanshi.kit.refusal import invalid
from suanshi.kit.units import CARD

LARGEST = 2**50  # no server has more of anything; larger figures are slips of the pen
MOST_CARDS = 32  # cards of one server


class Isolation(IntEnum):
    """How well a slice is kept from its neighbours, weakest first; a buyer names the weakest it accepts."""

    SHARED = 0  # oversubscribed: the sum of the promises exceeds the card
    TIME_SLICED = 1  # by software: the memory is kept apart, the speed may waver
    PARTITION = 2  # cut by the hardware (MIG, vNPU template)
    CARD = 3  # nobody else on the card
    NODE = 4  # nobody else on the server


@dataclass(frozen=True, slots=True)
class Slice:
    """A share of one card in thousandths, with the memory that goes with it."""

    card: int
    milli: int
    memory_mib: int = 0
    isolation: Isolation = Isolation.TIME_SLICED


@dataclass(frozen=True, slots=True)
class Node:
    """A server with `cards` equal accelerators of one model. Raises Refusal for sizes no server has."""

    name: str
    cpu_milli: int
    memory_mib: int
    cards: int = 0
    model: str = ""
    card_memory_mib: int = 0
    disk_gib: int = 0
    network_mbps: int = 0

    def __post_init__(self) -> None:
        sizes = (self.cpu_milli, self.memory_mib, self.card_memory_mib, self.disk_gib, self.network_mbps)
        if any(not 0 <= size <= LARGEST for size in sizes):
            raise invalid(self.name, "节点规格超出范围", "a size of this node is negative or absurd")
        if not 0 <= self.cards <= MOST_CARDS:
            raise invalid(self.name, f"卡数须在 0 到 {MOST_CARDS} 之间", f"a node has 0 to {MOST_CARDS} cards")
        if self.cards and not self.model:
            raise invalid(self.name, "有卡的节点须注明型号", "a node with cards must name their model")


@dataclass(frozen=True, slots=True)
class Group:
    """Servers on one fabric, with the bandwidth measured between them and the power of their cabinets."""

    name: str
    nodes: tuple[Node, ...]
    fabric: str = "ethernet"
    bandwidth_gbps: float = 0.0
    cabinet_watts: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """One data centre: its node groups."""

    name: str
    groups: tuple[Group, ...]

    @property
    def nodes(self) -> tuple[Node, ...]:
        return tuple(node for group in self.groups for node in group.nodes)


@dataclass(frozen=True, slots=True)
class Shape:
    """What one need takes of one server: CPU, memory and `cards` cards, `milli` thousandths of each.

    `models` names the accelerator models that will do; None means any. Raises Refusal for impossible sizes.
    """

    cpu_milli: int
    memory_mib: int
    cards: int = 0
    milli: int = CARD
    models: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.cpu_milli <= LARGEST and 0 <= self.memory_mib <= LARGEST):
            raise invalid("shape", "CPU 或内存超出范围", "CPU or memory is negative or absurd")
        if not 0 <= self.cards <= MOST_CARDS:
            raise invalid("shape", f"卡数须在 0 到 {MOST_CARDS} 之间", f"a need takes 0 to {MOST_CARDS} cards of a node")
        if self.cards and not 0 < self.milli <= CARD:
            raise invalid("shape", "每卡份额须在 1 到 1000 之间", "the share of a card is 1 to 1000 thousandths")

    @property
    def total(self) -> int:
        """Milli-cards in all."""
        return self.cards * self.milli


@dataclass(frozen=True, slots=True)
class Seat:
    """A decision: which cards of which node the shape gets."""

    node: str
    cards: tuple[int, ...]
    shape: Shape
