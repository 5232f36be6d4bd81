"""Gangs that wait, are held for confirmation by every supplier, and start whole or give everything back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from suanshi.placement.gang import Block, Gang, Links, Lot, NoBlock, assemble, fit


@dataclass(frozen=True, slots=True)
class Waiting:
    """A gang in the queue: the order it came in, when it gives up, and the lots that failed it before."""

    gang: Gang
    since: int
    until: int
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hold:
    """A block offered to its suppliers: it starts when all have confirmed, and is dissolved if one has not by `until`."""

    waiting: Waiting
    block: Block
    until: int
    confirmed: frozenset[str] = frozenset()

    @property
    def missing(self) -> frozenset[str]:
        return frozenset(p.lot.id for p in self.block.parts) - self.confirmed


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a gang."""

    gang: str
    what: Literal["held", "started", "dissolved", "expired", "ended"]
    block: Block | None = None
    because: str = ""


class Assembly:
    """Free cards, gangs that wait for them and blocks that hold them. Cards leave and return only as whole blocks.

    A hold that fails costs its gang the lots that failed it, for good, so that holds fail at most once for each gang and
    lot: no two gangs can take cards from one another for ever. The oldest gang goes first; once it has waited for
    `patience`, nobody younger is held before it, so that freed cards gather for it.
    """

    def __init__(self, lots: Iterable[Lot], links: Links, confirm_within: int = 300, patience: int = 3600) -> None:
        self._lots = {lot.id: lot for lot in lots}
        self._links, self._confirm_within, self._patience = links, confirm_within, patience
        self._waiting: list[Waiting] = []
        self._holds: dict[str, Hold] = {}
        self._running: dict[str, Block] = {}
        self._whole = tuple(self._lots.values())
        self._now = 0

    @property
    def free(self) -> dict[str, int]:
        return {lot.id: lot.cards for lot in self._lots.values()}

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        return tuple(self._waiting)

    @property
    def holds(self) -> tuple[Hold, ...]:
        return tuple(self._holds.values())

    @property
    def running(self) -> dict[str, Block]:
        return dict(self._running)

    def submit(self, gang: Gang, now: int, wait: int) -> bool:
        """Join the queue for at most `wait` seconds; False if a gang of that id is already here."""
        known = {w.gang.id for w in self._waiting} | self._holds.keys() | self._running.keys()
        if gang.id in known:
            return False
        now = max(now, self._now)
        self._waiting.append(Waiting(gang, now, now + max(wait, 0)))
        return True

    def step(self, now: int) -> tuple[Event, ...]:
        """Let time pass: late holds dissolve, gangs that waited too long leave, and those that fit are held."""
        self._now = now = max(now, self._now)  # a clock that jumps back stands still
        events: list[Event] = []
        for hold in [h for h in self._holds.values() if h.until <= now]:
            events.append(self._dissolve(hold, hold.missing, "not confirmed in time"))
        events += [Event(w.gang.id, "expired") for w in self._waiting if w.until <= now]
        self._waiting = sorted((w for w in self._waiting if w.until > now), key=lambda w: (w.since, w.gang.id))
        for waiting in list(self._waiting):
            if (block := fit(waiting.gang, self._open_to(waiting, self._lots.values()), self._links)) is not None:
                self._hold(waiting, block)
                events.append(Event(waiting.gang.id, "held", block))
            elif now - waiting.since >= self._patience and self._could_ever(waiting):
                break
        return tuple(events)

    @staticmethod
    def _open_to(waiting: Waiting, lots: Iterable[Lot]) -> list[Lot]:
        return [lot for lot in lots if lot.id not in waiting.refused]

    def _could_ever(self, waiting: Waiting) -> bool:
        """Whether the gang would fit if every card were free; one that would not must hold nobody up."""
        return fit(waiting.gang, self._open_to(waiting, self._whole), self._links) is not None

    def why(self, gang_id: str) -> Block | NoBlock | None:
        """What keeps a waiting gang from being held, with the least change; or the block it would get at the next step."""
        for waiting in self._waiting:
            if waiting.gang.id == gang_id:
                return assemble(waiting.gang, self._open_to(waiting, self._lots.values()), self._links)
        return None

    def _hold(self, waiting: Waiting, block: Block) -> None:
        self._waiting.remove(waiting)
        self._move(block, -1)
        self._holds[waiting.gang.id] = Hold(waiting, block, self._now + self._confirm_within)

    def confirm(self, gang_id: str, lot_id: str) -> Event | None:
        """A supplier confirms its part; with the last one the gang starts. A late or unknown confirmation does nothing."""
        hold = self._holds.get(gang_id)
        if hold is None or lot_id not in hold.missing:
            return None
        hold = self._holds[gang_id] = replace(hold, confirmed=hold.confirmed | {lot_id})
        if hold.missing:
            return None
        del self._holds[gang_id]
        self._running[gang_id] = hold.block
        return Event(gang_id, "started", hold.block)

    def decline(self, gang_id: str, lot_id: str) -> Event | None:
        """A supplier says no: every part goes back at once and the gang waits on, at its old place in the queue."""
        hold = self._holds.get(gang_id)
        if hold is None or all(p.lot.id != lot_id for p in hold.block.parts):
            return None
        return self._dissolve(hold, frozenset({lot_id}), f"declined by {lot_id}")

    def end(self, gang_id: str) -> Event | None:
        """A running gang is over, or a waiting or held one withdrawn: whatever it has goes back."""
        if (block := self._running.pop(gang_id, None)) is not None:
            self._move(block, 1)
        elif (hold := self._holds.pop(gang_id, None)) is not None:
            self._move(hold.block, 1)
        else:
            before = len(self._waiting)
            self._waiting = [w for w in self._waiting if w.gang.id != gang_id]
            if len(self._waiting) == before:
                return None
        return Event(gang_id, "ended")

    def _dissolve(self, hold: Hold, failed: frozenset[str], because: str) -> Event:
        del self._holds[hold.waiting.gang.id]
        self._move(hold.block, 1)
        self._waiting.append(replace(hold.waiting, refused=hold.waiting.refused | failed))
        return Event(hold.waiting.gang.id, "dissolved", hold.block, because)

    def _move(self, block: Block, sign: int) -> None:
        for part in block.parts:
            lot = self._lots[part.lot.id]
            self._lots[lot.id] = replace(lot, cards=lot.cards + sign * part.cards)
