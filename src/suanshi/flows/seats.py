"""Which pieces of which cards a sale gets: placement decides on this process's own picture of a site, the database confirms.

The picture saves a look at every lease for every sale. It is never trusted alone: a "yes" still has to pass the
exclusion constraint, and a "no" is said only by a picture drawn just before. `Seats.same_as_rebuilt` proves it equal to
one drawn anew from the database, as after a restart.
"""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from suanshi.catalog import store as catalog
from suanshi.catalog.site import Card, Health
from suanshi.catalog.store import Listing
from suanshi.db.engine import Tx
from suanshi.fleet import store as fleet
from suanshi.fleet.lease import NO_CAPACITY, Piece
from suanshi.kit.refusal import Text, refuse
from suanshi.orders.order import Quote
from suanshi.placement.capacity import MOST_CARDS, Node, Seat, Shape
from suanshi.placement.pool import Nowhere, Pool

# Other processes end leases; until we look again their cards seem taken, never free. So a "yes" may come from an old
# picture, which the constraint checks, and a "no" only from one drawn after it was asked.
OLD_SECONDS = 15.0
MOST_QUOTES = 10_000


@dataclass
class Picture:
    """One site: placement's pool of its usable cards, and which thousandths of each card are held.

    A server whose cards are of several models, or too many, stands in the pool as several nodes.
    """

    pool: Pool
    cards: dict[str, tuple[int, ...]]  # by node of the pool: the cards in it, in the pool's order
    held: dict[int, list[Piece]]
    drawn: float  # when drawing it began, by the monotonic clock

    def place(self, shape: Shape) -> tuple[Piece, ...] | Nowhere:
        """Choose and mark pieces, or say why there is no room."""
        seat = self.pool.place(shape)
        if isinstance(seat, Nowhere):
            return seat
        pieces: list[Piece] = []
        for i in seat.cards:
            card = self.cards[seat.node][i]
            pieces += cut(card, self.held[card], shape.milli)
        for piece in pieces:
            self.held[piece.card].append(piece)
        return tuple(pieces)

    def hold(self, pieces: Iterable[Piece]) -> None:
        """Mark pieces that leases hold, now or later, and so perhaps one after the other; a card out of use stays out."""
        for piece in pieces:
            for low, high in list(gaps(self.held.get(piece.card, (Piece(piece.card),)))):
                if (part := (max(low, piece.low), min(high, piece.high)))[0] < part[1]:
                    self.held[piece.card].append(Piece(piece.card, *part))
                    self.pool.book(self._seat(self.held[piece.card][-1]))

    def fill(self, cards: set[int]) -> None:
        """Mark all that is left in the servers of these cards as held."""
        for here in self.cards.values():
            if cards.intersection(here):
                self.hold([Piece(card, low, high) for card in here for low, high in gaps(self.held[card])])

    def free(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if piece in self.held.get(piece.card, ()):
                self.held[piece.card].remove(piece)
                self.pool.release(self._seat(piece))

    def _seat(self, piece: Piece) -> Seat:
        node, i = next((n, cards.index(piece.card)) for n, cards in self.cards.items() if piece.card in cards)
        return Seat(node, (i,), Shape(0, 0, 1, piece.high - piece.low))

    def most_free(self, accelerator: str) -> tuple[int, int]:
        """Of one model: whole cards free in one server, and the largest share free of one card, in thousandths."""
        left = [[self._left(card) for card in self.cards[node.name]] for node in self.pool.nodes if node.model == accelerator]
        whole = max((sum(milli == 1000 for milli in cards) for cards in left), default=0)
        return whole, max((milli for cards in left for milli in cards), default=0)

    def _left(self, card: int) -> int:
        return 1000 - sum(piece.high - piece.low for piece in self.held[card])


@dataclass
class Seats:
    """Thread-safe. `take` marks what it gives as held at once, so that two buyers of one process never collide.

    Buyers of two processes seldom do: among equally good servers each process prefers others, by its `taste`. `listings`
    are offers as last read, `quotes` the last ones given; what is written from them is written only if they are still so.
    """

    taste: int = field(default_factory=lambda: secrets.randbits(32))
    listings: dict[str, Listing] = field(default_factory=dict)
    quotes: OrderedDict[str, Quote] = field(default_factory=OrderedDict)
    _pictures: dict[str, Picture] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, quote: Quote) -> None:
        """Remember a quote that was given, as long as there are not too many."""
        with self._lock:
            self.quotes[quote.id] = quote
            if len(self.quotes) > MOST_QUOTES:
                self.quotes.popitem(last=False)

    def at_hand(self, site: str, accelerator: str, cards: int, share_milli: int) -> tuple[Piece, ...] | None:
        """Pieces for a sale without a look at the database; None where the picture is old or shows no room."""
        with self._lock:
            picture = self._pictures.get(site)
            if picture is None or picture.drawn < time.monotonic() - OLD_SECONDS:
                return None
            found = picture.place(Shape(0, 0, cards, share_milli, frozenset({accelerator})))
            return None if isinstance(found, Nowhere) else found

    def take(self, tx: Tx, site: str, accelerator: str, cards: int, share_milli: int) -> tuple[Piece, ...]:
        """Pieces for a sale, or the NO_CAPACITY refusal that says how much there is."""
        shape = Shape(0, 0, cards, share_milli, frozenset({accelerator}))
        asked = time.monotonic()
        if (pieces := self.at_hand(site, accelerator, cards, share_milli)) is not None:
            return pieces
        with self._lock:
            picture, found = self._pictures.get(site), None
            # While we waited, another buyer's "no" may have had the site drawn: then that picture serves us too.
            if picture is not None and picture.drawn >= asked:
                found = picture.place(shape)
            if picture is None or found is None:
                picture = self._pictures[site] = draw(tx, site, self.taste)
                found = picture.place(shape)
            whole, share = picture.most_free(accelerator) if isinstance(found, Nowhere) else (0, 0)
        if isinstance(found, Nowhere):
            slice_ = share_milli < 1000
            need, free = (f"{share_milli}/1000", f"{share}/1000") if slice_ else (str(cards), str(whole))
            where = catalog.site(tx, site)
            name = where.name if where else site
            raise refuse(NO_CAPACITY, None, _reasons(found, accelerator), site=name, need=need, free=free)
        return found

    def give_back(self, site: str, pieces: Sequence[Piece]) -> None:
        """The sale did not come about: forget the marks of `take`."""
        with self._lock:
            if (picture := self._pictures.get(site)) is not None:
                picture.free(pieces)

    def forget(self, site: str) -> None:
        """Something was booked that this picture does not show: have the site drawn anew."""
        with self._lock:
            self._pictures.pop(site, None)

    def avoid(self, site: str, pieces: Sequence[Piece]) -> None:
        """These pieces were another process's: leave it the servers they are in until the site is drawn anew.

        Both would go on to choose the fullest server, and so the same one, again and again.
        """
        with self._lock:
            if (picture := self._pictures.get(site)) is not None:
                picture.fill({piece.card for piece in pieces})

    def same_as_rebuilt(self, tx: Tx, site: str) -> bool:
        """Whether the picture equals one drawn from the database now; only meaningful while nothing is being sold."""
        with self._lock:
            rebuilt = draw(tx, site, self.taste)
            kept = self._pictures.get(site, rebuilt)
            same_pieces = all(set(kept.held[card]) == set(pieces) for card, pieces in rebuilt.held.items())
            return kept.pool.snapshot() == rebuilt.pool.snapshot() and same_pieces


def draw(tx: Tx, site: str, taste: int) -> Picture:
    """The site as the database has it, its servers in an order of one's own."""
    began = time.monotonic()
    by_node: dict[tuple[str, str], list[Card]] = defaultdict(list)
    for card in catalog.cards(tx, site):
        if card.health is not Health.FAILED:
            by_node[card.node, card.accelerator].append(card)
    cards: dict[str, tuple[int, ...]] = {}
    nodes: list[Node] = []
    servers = sorted(by_node.items())
    random.Random(f"{taste}:{site}").shuffle(servers)  # noqa: S311 - a preference, not a secret
    for (node, accelerator), found in servers:
        for start in range(0, len(found), MOST_CARDS):
            part = found[start : start + MOST_CARDS]
            nodes.append(Node(f"{node}/{accelerator}/{start}", 0, 0, len(part), accelerator))
            cards[nodes[-1].name] = tuple(card.id for card in part)
    picture = Picture(Pool(nodes), cards, {card: [] for part in cards.values() for card in part}, began)
    picture.hold(piece for lease in fleet.held(tx, site) for piece in lease.pieces)
    return picture


def cut(card: int, held: Iterable[Piece], share_milli: int) -> list[Piece]:
    """`share_milli` thousandths out of what is free on a card, in as many parts as its gaps make necessary."""
    pieces: list[Piece] = []
    left = share_milli
    for low, high in gaps(held):
        width = min(high - low, left)
        if width:
            pieces.append(Piece(card, low, low + width))
            left -= width
    return pieces


def gaps(held: Iterable[Piece]) -> Iterator[tuple[int, int]]:
    """What pieces of one card leave free, as [low, high) in thousandths."""
    low = 0
    for piece in sorted(held, key=lambda p: p.low):
        if piece.low > low:
            yield low, piece.low
        low = piece.high
    if low < 1000:
        yield low, 1000


def _reasons(nowhere: Nowhere, accelerator: str) -> tuple[Text, ...]:
    if nowhere.reasons:
        return nowhere.reasons
    return (Text(f"站点没有 {accelerator}", f"the site has no {accelerator}"),)


def compile_core() -> None:
    """Compile placement's core where this machine has not done so yet; kept on disk, it takes seconds once."""
    pool = Pool([Node("node", 0, 0, 1, "model")])
    seat = pool.place(Shape(0, 0, 1, 500, frozenset({"model"})))
    assert isinstance(seat, Seat)
    pool.release(seat)
