"""Sells what firm needs leave idle: preemptible slices that fill the stubs of cards and go at once when firm work comes.

Firm decisions never see these slices; the pool books firm seats as if they were not there, and `leaving` then names
the slices that have to go from that server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from suanshi.kit.units import CARD
from suanshi.placement.pool import Pool


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a preemptible slice takes beside its share of the card, for a whole card's worth; and the least share sold."""

    cpu_milli: int = 4000
    memory_mib: int = 8192
    smallest: int = 50


@dataclass(frozen=True, slots=True)
class Spot:
    """A preemptible slice: `milli` thousandths of one card, with CPU and memory in proportion."""

    node: str
    card: int
    milli: int
    cpu_milli: int
    memory_mib: int


def _of(node: str, card: int, milli: int, foot: Footprint) -> Spot:
    return Spot(node, card, milli, -(-foot.cpu_milli * milli // CARD), -(-foot.memory_mib * milli // CARD))


def _room(cpu: int, memory: int, foot: Footprint) -> int:
    """The largest share that the CPU and memory left will carry."""
    by_cpu = cpu * CARD // foot.cpu_milli if foot.cpu_milli else CARD
    by_memory = memory * CARD // foot.memory_mib if foot.memory_mib else CARD
    return max(0, min(CARD, by_cpu, by_memory))


def sell(pool: Pool, sold: Sequence[Spot] = (), foot: Footprint = Footprint()) -> tuple[Spot, ...]:
    """New slices for everything idle beside firm seats and the slices already `sold`, smallest stubs first."""
    by_node: dict[str, list[Spot]] = {}
    for spot in sold:
        by_node.setdefault(spot.node, []).append(spot)
    found = []
    for name, cpu, memory, cards in pool.snapshot():
        idle = list(cards)
        for spot in by_node.get(name, ()):
            idle[spot.card] -= spot.milli
            cpu -= spot.cpu_milli
            memory -= spot.memory_mib
        for milli, card in sorted((left, i) for i, left in enumerate(idle)):
            spot = _of(name, card, min(milli, _room(cpu, memory, foot)), foot)
            if spot.milli >= foot.smallest:
                found.append(spot)
                cpu -= spot.cpu_milli
                memory -= spot.memory_mib
    return tuple(found)


def leaving(pool: Pool, sold: Sequence[Spot], node: str) -> tuple[Spot, ...]:
    """The slices on this node that no longer fit beside its firm seats; the largest are kept first."""
    n = pool.number[node]
    cpu, memory = int(pool.state.cpu[n]), int(pool.state.mem[n])
    idle = pool.state.card[n].tolist()
    gone = []
    for spot in sorted((s for s in sold if s.node == node), key=lambda s: (-s.milli, s.card)):
        if idle[spot.card] >= spot.milli and cpu >= spot.cpu_milli and memory >= spot.memory_mib:
            idle[spot.card] -= spot.milli
            cpu -= spot.cpu_milli
            memory -= spot.memory_mib
        else:
            gone.append(spot)
    return tuple(gone)
