"""Leases in the database, under a constraint that no code can talk its way around: no piece of a card is held twice at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Row,
    Table,
    Text,
    and_,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import INT4RANGE, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.exc import IntegrityError

from suanshi.db.engine import Tx, sqlstate
from suanshi.db.life import move as move_life
from suanshi.db.tables import key, metadata, moment
from suanshi.db.together import Added, Writes, together
from suanshi.fleet.closure import Closure, ClosureKind
from suanshi.fleet.lease import CARD_TAKEN, Held, Lease, Piece
from suanshi.fleet.lifecycle import LIFE, LeaseState
from suanshi.kit.refusal import refuse

lease_table = Table(
    "lease",
    metadata,
    key(),
    Column("order", Text, nullable=False, unique=True),
    Column("site", Text, nullable=False),
    moment("start"),
    moment("end"),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    moment("over_at", nullable=True),
    Column("cleared", Boolean, nullable=False, server_default=text("false")),
    Column("flexible", Boolean, nullable=False, server_default=text("false")),
    Column("preemptible", Boolean, nullable=False, server_default=text("false")),
    Index("ix_lease_expired", "site", "over_at", postgresql_where=text("not cleared")),
    Index("ix_lease_site_live", "site", postgresql_where=text("state in ('booked', 'live')")),
)

allocation_table = Table(
    "allocation",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("lease", Text, ForeignKey("lease.id"), nullable=False, index=True),
    Column("card", BigInteger, nullable=False),
    Column("share", INT4RANGE, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    ExcludeConstraint(("card", "="), ("share", "&&"), ("during", "&&"), using="gist", name="no_piece_held_twice"),
)

closure_table = Table(
    "closure",
    metadata,
    key(),
    Column("site", Text, nullable=False, index=True),
    Column("accelerator", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("note", Text, nullable=False),
    moment("start"),
    moment("end"),
    Column("lease", Text, ForeignKey("lease.id"), nullable=False),
    moment("lifted_at", nullable=True),
)

_EXCLUSION = "23P01"


def book(tx: Tx, lease: Lease) -> None:
    """Grant the lease, all its pieces or none. Raises CARD_TAKEN when any piece is held by another for that time."""
    with contested():
        together(tx, *booking(lease))


def booking(lease: Lease) -> Writes:
    """What `book` writes; to be executed under `contested`."""
    during = Range(lease.start, lease.end)
    row = {name: getattr(lease, name) for name in ("id", "order", "site", "start", "end", "flexible", "preemptible")}
    granted = (
        Added(allocation_table, {"lease": lease.id, "card": p.card, "share": Range(p.low, p.high), "during": during})
        for p in lease.pieces
    )
    return (Added(lease_table, {**row, "state": lease.state.value}), *granted)


@contextmanager
def contested() -> Iterator[None]:
    """Turns the database's "somebody holds that" into the refusal CARD_TAKEN."""
    try:
        yield
    except IntegrityError as error:
        if sqlstate(error) == _EXCLUSION:
            raise refuse(CARD_TAKEN) from error
        raise


def get(tx: Tx, id_: str) -> Lease | None:
    row = tx.execute(select(lease_table).where(lease_table.c.id == id_)).first()
    if row is None:
        return None
    a = allocation_table.c
    pieces = tx.execute(select(a.card, a.share).where(a.lease == id_).order_by(a.id))
    return Lease(
        id=row.id,
        order=row.order,
        site=row.site,
        pieces=tuple(Piece(card, share.lower, share.upper) for card, share in pieces),
        start=row.start,
        end=row.end,
        state=LeaseState(row.state),
        flexible=row.flexible,
        preemptible=row.preemptible,
    )


def _ongoing() -> Any:
    return lease_table.c.state.in_((LeaseState.BOOKED.value, LeaseState.LIVE.value))


def held(tx: Tx, site: str) -> list[Held]:
    """What every lease of the site holds now or has booked, in the order in which they were booked."""
    a, lease = allocation_table.c, lease_table.c
    of_lease = (lease.id, lease.order, lease.start, lease.end, lease.state, lease.flexible, lease.preemptible)
    query = (
        select(*of_lease, a.card, func.lower(a.share), func.upper(a.share))
        .join(allocation_table, a.lease == lease.id)
        .where(lease.site == site, _ongoing(), lease.end > lease.start)
        .order_by(a.id)
    )
    pieces: dict[tuple[Any, ...], list[Piece]] = {}
    for *row, card, low, high in tx.execute(query).all():
        pieces.setdefault(tuple(row), []).append(Piece(card, low, high))
    return [
        Held(id_, order, tuple(found), start, end, state == LeaseState.LIVE.value, flexible, preemptible)
        for (id_, order, start, end, state, flexible, preemptible), found in pieces.items()
    ]


def reseat(tx: Tx, id_: str, pieces: Sequence[Piece], start: datetime, end: datetime) -> None:
    """Give a lease that has not begun other cards, or another time; to be executed under `contested`.

    Several leases that swap cards are first all emptied with `unseat`, so that none stands in another's way.
    """
    tx.execute(lease_table.update().where(lease_table.c.id == id_).values(start=start, end=end))
    tx.execute(allocation_table.delete().where(allocation_table.c.lease == id_))
    during = Range(start, end)
    rows = [{"lease": id_, "card": p.card, "share": Range(p.low, p.high), "during": during} for p in pieces]
    tx.execute(allocation_table.insert(), rows)


def unseat(tx: Tx, ids: Sequence[str]) -> None:
    """Take the cards from leases that get others in the same transaction."""
    tx.execute(allocation_table.delete().where(allocation_table.c.lease.in_(ids)))


def shorten(tx: Tx, ids: Sequence[str], end: datetime) -> None:
    """End leases at a moment, if they would last longer. One that would begin later holds nothing any more."""
    lease, a = lease_table.c, allocation_table.c
    longer = lease_table.update().where(lease.id.in_(ids), lease.end > end, _ongoing())
    tx.execute(longer.values(end=func.greatest(lease.start, end)))
    lower = func.lower(a.during)
    held = allocation_table.update().where(a.lease.in_(ids), func.upper(a.during) > end)
    tx.execute(held.values(during=func.tstzrange(lower, func.greatest(lower, end))))


def in_the_way(tx: Tx, id_: str) -> bool:
    """Whether work of an earlier lease may still be on the pieces that this one holds from its start on."""
    mine, other = allocation_table.alias(), allocation_table.alias()
    me, earlier = lease_table.alias(), lease_table.alias()
    query = (
        select(earlier.c.id)
        .join(other, other.c.lease == earlier.c.id)
        .join(mine, and_(mine.c.card == other.c.card, mine.c.share.op("&&")(other.c.share)))
        .join(me, me.c.id == mine.c.lease)
        .where(me.c.id == id_, earlier.c.start < me.c.start, earlier.c.end > earlier.c.start)
        .where(earlier.c.state.in_((LeaseState.BOOKED.value, LeaseState.LIVE.value)))
    )
    return tx.execute(query.limit(1)).first() is not None


def alone(tx: Tx, site: str) -> None:
    """Wait until nobody else changes the bookings ahead of this site, and keep them out until the transaction ends."""
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(site, 0))))


def move(tx: Tx, id_: str, event: str, at: datetime) -> bool:
    """One step of the lease's life. When it is over, its pieces are free from `at` on; False where it cannot happen."""
    final = LIFE.final & {after for (_, happened), after in LIFE.moves.items() if happened == event}
    state = move_life(tx, lease_table, LIFE, id_, event, **({"over_at": at} if final else {}))
    if state is None:
        return False
    if final:
        a = allocation_table.c
        lower = func.lower(a.during)
        # A lease voided before its start frees all its time: the range becomes empty, and holds nothing.
        ended = func.tstzrange(lower, func.greatest(lower, func.least(at, func.upper(a.during))))
        tx.execute(allocation_table.update().where(a.lease == id_, ~func.isempty(a.during)).values(during=ended))
    return True


def queue_waits(tx: Tx, site: str, at: datetime) -> bool:
    """Whether any lease of a site could begin sooner than it is booked for."""
    lease = lease_table.c
    waits = (lease.site == site, lease.state == LeaseState.BOOKED.value, lease.flexible, lease.start > at)
    return tx.execute(select(lease.id).where(*waits).limit(1)).first() is not None


def ongoing(tx: Tx, site: str) -> frozenset[str]:
    """Leases of a site that may have work on it: whatever else runs there is an orphan."""
    query = select(lease_table.c.id).where(lease_table.c.site == site, _ongoing())
    return frozenset(tx.execute(query).scalars())


def expired(tx: Tx, site: str, before: datetime, limit: int) -> list[str]:
    """Leases of a site that were over before a moment, and whose leavings have not been cleared."""
    lease = lease_table.c
    query = select(lease.id).where(lease.site == site, lease.over_at < before, ~lease.cleared)
    return list(tx.execute(query.order_by(lease.over_at).limit(limit)).scalars())


def mark_cleared(tx: Tx, id_: str) -> None:
    tx.execute(lease_table.update().where(lease_table.c.id == id_).values(cleared=True))


def card_milli_held(tx: Tx, at: datetime) -> dict[int, int]:
    """Thousandths of each card that leases hold at a moment; what is booked for later does not count."""
    a = allocation_table.c
    lease = lease_table.c
    due = and_(lease.state == LeaseState.BOOKED.value, lease.start <= at, lease.end > at)
    query = (
        select(a.card, func.sum(func.upper(a.share) - func.lower(a.share)))
        .join(lease_table, lease.id == a.lease)
        .where(or_(lease.state == LeaseState.LIVE.value, due))
        .group_by(a.card)
    )
    return {card: int(milli) for card, milli in tx.execute(query)}


def add_closure(tx: Tx, closure: Closure) -> None:
    together(tx, Added(closure_table, {name: getattr(closure, name) for name in Closure.__dataclass_fields__}))


def closures(tx: Tx, site: str) -> list[Closure]:
    """Those of a site that are not over, the soonest first."""
    c = closure_table.c
    query = select(closure_table).where(c.site == site, c.lifted_at.is_(None)).order_by(c.start, c.id)
    return [_closure(row) for row in tx.execute(query)]


def closure(tx: Tx, id_: str) -> Closure | None:
    row = tx.execute(select(closure_table).where(closure_table.c.id == id_).with_for_update()).first()
    return _closure(row) if row else None


def _closure(row: Row[Any]) -> Closure:
    return Closure(**{**row._mapping, "kind": ClosureKind(row.kind)})


def lift(tx: Tx, id_: str, at: datetime) -> None:
    tx.execute(closure_table.update().where(closure_table.c.id == id_).values(lifted_at=at))


def overlaps(tx: Tx) -> Iterable[tuple[int, int]]:
    """Pairs of allocations that hold the same piece at the same time: always none, and checked all the same."""
    query = text(
        "select a.id, b.id from allocation a join allocation b"
        " on a.id < b.id and a.card = b.card and a.share && b.share and a.during && b.during"
    )
    return [(row[0], row[1]) for row in tx.execute(query)]
