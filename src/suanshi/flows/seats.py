"""Which pieces of which cards a sale gets: this process's own picture of every site, with the database as the last word.

The picture saves a look at every lease for every sale. It is never trusted alone: a "yes" still has to pass the
exclusion constraint, and a "no" is said only by a picture drawn just before. `Seats.same_as_rebuilt` proves it equal to
one drawn anew from the database, as after a restart.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from suanshi.catalog import store as catalog
from suanshi.catalog.site import Card, Health
from suanshi.db.engine import Database, Tx
from suanshi.fleet import store as fleet
from suanshi.fleet.lease import NO_CAPACITY, Held, Piece
from suanshi.kit.refusal import refuse

STALE_SECONDS = 1.0  # other processes end leases; until we look again their cards seem taken, never free


@dataclass
class Picture:
    """One site: its usable cards and the pieces held on each."""

    cards: dict[int, Card]
    held: dict[int, list[Piece]]
    drawn: float = field(default_factory=time.monotonic, compare=False)

    def free_milli(self, card: int) -> int:
        return 1000 - sum(piece.high - piece.low for piece in self.held[card])


@dataclass
class Seats:
    """Thread-safe. `take` marks what it gives as held at once, so that two buyers of one process never collide."""

    db: Database
    _pictures: dict[str, Picture] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, site: str, accelerator: str, cards: int, share_milli: int) -> tuple[Piece, ...]:
        """Pieces for a sale, or the NO_CAPACITY refusal that says how much there is."""
        with self._lock:
            picture = self._pictures.get(site)
            if picture is not None and time.monotonic() - picture.drawn < STALE_SECONDS:
                pieces = choose(picture, accelerator, cards, share_milli)
                if pieces:
                    return _mark(picture, pieces)
            self._pictures[site] = picture = self.db.read(draw, site)
            pieces = choose(picture, accelerator, cards, share_milli)
            if pieces:
                return _mark(picture, pieces)
        raise _no_room(site, picture, accelerator, cards, share_milli)

    def give_back(self, site: str, pieces: Sequence[Piece]) -> None:
        """The sale did not come about: forget the marks of `take`."""
        with self._lock:
            picture = self._pictures.get(site)
            for piece in pieces:
                if picture is not None and piece in picture.held.get(piece.card, ()):
                    picture.held[piece.card].remove(piece)

    def forget(self, site: str) -> None:
        """Draw the site anew at the next sale: the database said that the picture is wrong."""
        with self._lock:
            self._pictures.pop(site, None)

    def same_as_rebuilt(self, site: str) -> bool:
        """Whether the picture equals one drawn from the database now; only meaningful while nothing is being sold."""
        with self._lock:
            rebuilt = self.db.read(draw, site)
            kept = self._pictures.get(site, rebuilt)
            return kept.cards == rebuilt.cards and all(set(kept.held[c]) == set(rebuilt.held[c]) for c in rebuilt.cards)


def draw(tx: Tx, site: str) -> Picture:
    cards = {card.id: card for card in catalog.cards(tx, site) if card.health is not Health.FAILED}
    held: dict[int, list[Piece]] = {card: [] for card in cards}
    for grant in fleet.held(tx, site):
        _hold(held, grant)
    return Picture(cards, held)


def _hold(held: dict[int, list[Piece]], grant: Held) -> None:
    if grant.piece.card in held:
        held[grant.piece.card].append(grant.piece)


def choose(picture: Picture, accelerator: str, cards: int, share_milli: int) -> tuple[Piece, ...]:
    """Whole cards from as few nodes as will do; a slice from the card it fills best. Empty when there is no room."""
    free = {c: picture.free_milli(c) for c, card in picture.cards.items() if card.accelerator == accelerator}
    if share_milli < 1000:
        fitting = [(milli, c) for c, milli in free.items() if milli >= share_milli]
        return cut(picture, min(fitting)[1], share_milli) if fitting else ()
    by_node: dict[str, list[int]] = {}
    for c in sorted(c for c, milli in free.items() if milli == 1000):
        by_node.setdefault(picture.cards[c].node, []).append(c)
    # The fullest node that holds them all keeps emptier nodes whole for larger sales.
    for node in sorted(by_node, key=lambda n: (len(by_node[n]), n)):
        if len(by_node[node]) >= cards:
            return tuple(Piece(c) for c in by_node[node][:cards])
    return ()


def cut(picture: Picture, card: int, share_milli: int) -> tuple[Piece, ...]:
    """`share_milli` thousandths out of what is free on a card, in as many parts as its gaps make necessary."""
    pieces: list[Piece] = []
    left = share_milli
    for low, high in gaps(picture.held[card]):
        width = min(high - low, left)
        if width:
            pieces.append(Piece(card, low, low + width))
            left -= width
    return tuple(pieces)


def gaps(held: Iterable[Piece]) -> Iterator[tuple[int, int]]:
    """What pieces of one card leave free, as [low, high) in thousandths."""
    low = 0
    for piece in sorted(held, key=lambda p: p.low):
        if piece.low > low:
            yield low, piece.low
        low = piece.high
    if low < 1000:
        yield low, 1000


def _mark(picture: Picture, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    for piece in pieces:
        picture.held[piece.card].append(piece)
    return pieces


def _no_room(site: str, picture: Picture, accelerator: str, cards: int, share_milli: int) -> Exception:
    free = [picture.free_milli(c) for c, card in picture.cards.items() if card.accelerator == accelerator]
    whole = sum(milli == 1000 for milli in free)
    if share_milli < 1000:
        return refuse(NO_CAPACITY, site=site, need=f"{share_milli}/1000", free=f"{max(free, default=0)}/1000")
    return refuse(NO_CAPACITY, site=site, need=cards, free=whole)
