"""Samples as they arrive and intervals as they are sealed: rows are added, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, PrimaryKeyConstraint, Table, Text, func, select, text

from suanshi.db.engine import Tx
from suanshi.db.tables import Micro, metadata, moment
from suanshi.kit.refusal import Fault, kind, refuse
from suanshi.kit.span import Span
from suanshi.kit.units import MilliCards
from suanshi.metering.interval import Interval, Usage
from suanshi.metering.interval import seal as sealed
from suanshi.metering.interval import usage as summed
from suanshi.metering.sample import Sample

sample_table = Table(
    "sample",
    metadata,
    Column("lease_id", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
    moment("start_at"),
    moment("end_at"),
    Column("milli_cards", Micro, nullable=False),
    Column("cpu_micros", Micro, nullable=False),
    Column("peak_bytes", Micro, nullable=False),
    PrimaryKeyConstraint("lease_id", "seq"),
)

# A row is a measured stretch of a lease, or a gap (no cards). A correction points at the row it replaces; a row that
# something points at is history.
interval_table = Table(
    "usage_interval",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("lease_id", Text, nullable=False),
    moment("start_at"),
    moment("end_at"),
    Column("milli_cards", Micro, nullable=False),
    Column("cpu_micros", Micro, nullable=False),
    Column("peak_bytes", Micro, nullable=False),
    Column("corrects", BigInteger, ForeignKey("usage_interval.id")),
    Column("reason", Text),
    moment("sealed_at", server_default=func.now()),
    Index("ix_usage_interval_lease", "lease_id", "start_at"),
    Index("ix_usage_interval_corrects", "corrects", postgresql_where=text("corrects IS NOT NULL")),
)

CONTRADICTION = kind(
    "sample-contradicts",
    409,
    (
        "租约 {lease} 的第 {seq} 号采样与先前收到的不一致。",
        "Sample {seq} of lease {lease} differs from the one received earlier under that number.",
    ),
    (
        "保留先前的采样；更正请用新的序号。",
        "The earlier one stands; send what is new under a new number.",
    ),
    Fault.SUPPLIER,
)


class Taken(StrEnum):
    """What became of a sample: new, known already, or late (its time was sealed before; see `amend`)."""

    NEW = "new"
    KNOWN = "known"
    LATE = "late"


_RECORD = text(
    "INSERT INTO sample (lease_id, seq, start_at, end_at, milli_cards, cpu_micros, peak_bytes)"
    " VALUES (:lease_id, :seq, :start_at, :end_at, :milli_cards, :cpu_micros, :peak_bytes)"
    " ON CONFLICT (lease_id, seq) DO NOTHING"
    " RETURNING EXISTS (SELECT FROM usage_interval WHERE lease_id = :lease_id AND end_at > :start_at)"
)
# Sealing and amending one lease happen one after the other.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('metering:' || :lease_id, 0))")


def record(tx: Tx, sample: Sample) -> Taken:
    """Keep a sample; the same one again changes nothing. Refuses another sample under a number already used."""
    row = {
        "lease_id": sample.lease_id,
        "seq": sample.seq,
        "start_at": sample.span.start,
        "end_at": sample.span.end,
        "milli_cards": sample.milli_cards,
        "cpu_micros": sample.cpu_micros,
        "peak_bytes": sample.peak_bytes,
    }
    late = tx.execute(_RECORD, row).scalar_one_or_none()
    if late is not None:
        return Taken.LATE if late else Taken.NEW
    s = sample_table.c
    if samples(tx, sample.lease_id, s.seq == sample.seq) != (sample,):
        raise refuse(CONTRADICTION, lease=sample.lease_id, seq=sample.seq)
    return Taken.KNOWN


def samples(tx: Tx, lease_id: str, *where: Any) -> tuple[Sample, ...]:
    """A lease's samples by number."""
    s = sample_table.c
    columns = (s.seq, s.start_at, s.end_at, s.milli_cards, s.cpu_micros, s.peak_bytes)
    rows = tx.execute(select(*columns).where(s.lease_id == lease_id, *where).order_by(s.seq))
    return tuple(
        Sample(lease_id, seq, Span(start, end), MilliCards(cards), cpu, peak) for seq, start, end, cards, cpu, peak in rows
    )


def seal(tx: Tx, lease_id: str, until: datetime, since: datetime | None = None) -> Usage:
    """Fix what was measured up to `until`, gaps included, and return the lease's usage so far.

    Starts where the last seal ended; the first starts at `since` (when the run began), or at the first sample when that is
    earlier or `since` is not known. Sealing again up to the same or an earlier time changes nothing.
    """
    tx.execute(_ALONE, {"lease_id": lease_id})
    i, s = interval_table.c, sample_table.c
    start = tx.execute(select(func.max(i.end_at)).where(i.lease_id == lease_id)).scalar_one()
    if start is None:
        first = tx.execute(select(func.min(s.start_at)).where(s.lease_id == lease_id)).scalar_one()
        start = min((m for m in (first, since) if m is not None), default=until)
    if start < until:
        taken = samples(tx, lease_id, s.end_at > start, s.start_at < until)
        _keep(tx, lease_id, sealed(taken, Span(start, until)))
    return usage(tx, lease_id)


def intervals(tx: Tx, lease_id: str) -> tuple[Interval, ...]:
    """What is sealed of a lease and stands: each record, or the corrections in its place, in order of time."""
    return tuple(interval for _, interval in _standing(tx, lease_id))


def usage(tx: Tx, lease_id: str) -> Usage:
    """The sealed usage of a lease, corrections included."""
    return summed(intervals(tx, lease_id))


def amend(tx: Tx, lease_id: str, reason: str) -> Usage:
    """Fill sealed gaps from samples that came too late, by correction records that point at the gaps they replace."""
    tx.execute(_ALONE, {"lease_id": lease_id})
    for id_, gap in _standing(tx, lease_id):
        if not gap.is_gap:
            continue
        s = sample_table.c
        found = sealed(samples(tx, lease_id, s.end_at > gap.start, s.start_at < gap.end), Span(gap.start, gap.end))
        if any(not piece.is_gap for piece in found):
            _keep(tx, lease_id, found, corrects=id_, reason=reason)
    return usage(tx, lease_id)


def used(tx: Tx, lease_ids: Sequence[str]) -> dict[str, Usage]:
    """The sealed usage of many leases at once; a lease with nothing sealed is left out."""
    found: dict[str, list[Interval]] = {}
    for lease_id, _, interval in _rows(tx, interval_table.c.lease_id.in_(lease_ids)):
        found.setdefault(lease_id, []).append(interval)
    return {lease_id: summed(parts) for lease_id, parts in found.items()}


def _standing(tx: Tx, lease_id: str) -> list[tuple[int, Interval]]:
    return [(id_, interval) for _, id_, interval in _rows(tx, interval_table.c.lease_id == lease_id)]


def _rows(tx: Tx, where: Any) -> Iterable[tuple[str, int, Interval]]:
    i, later = interval_table.c, interval_table.alias("later")
    stands = ~select(later.c.id).where(later.c.corrects == i.id).exists()
    columns = (i.lease_id, i.id, i.start_at, i.end_at, i.milli_cards, i.cpu_micros, i.peak_bytes)
    for lease_id, id_, *rest in tx.execute(select(*columns).where(where, stands).order_by(i.lease_id, i.start_at)):
        yield lease_id, id_, Interval(*rest)


def _keep(tx: Tx, lease_id: str, found: Sequence[Interval], corrects: int | None = None, reason: str | None = None) -> None:
    rows = [
        {
            "lease_id": lease_id,
            "start_at": part.start,
            "end_at": part.end,
            "milli_cards": part.milli_cards,
            "cpu_micros": part.cpu_micros,
            "peak_bytes": part.peak_bytes,
            "corrects": corrects,
            "reason": reason,
        }
        for part in found
    ]
    tx.execute(interval_table.insert(), rows)
