"""Samples and seals in the database: what arrives twice, late or in the wrong order; what is sealed stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from suanshi.db.engine import Database
from suanshi.kit.refusal import Refusal
from suanshi.kit.span import Span
from suanshi.kit.units import MilliCards
from suanshi.metering import store
from suanshi.metering.sample import Sample
from suanshi.metering.store import Taken

T0 = datetime(2026, 11, 3, 8, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def sample(seq: int, start: float, end: float, lease: str = "les_1", cards: int = 1000) -> Sample:
    return Sample(lease, seq, Span(at(start), at(end)), MilliCards(cards), cpu_micros=7, peak_bytes=1000 + seq)


def test_twice_late_and_out_of_order_change_nothing(db: Database):
    for seq in (2, 1, 2, 3, 1):
        db.write(store.record, sample(seq, 10 * seq, 10 * seq + 10))
    used = db.write(store.seal, "les_1", at(40), at(10))
    assert (used.milli_card_seconds, used.gap_seconds, used.cpu_micros, used.peak_bytes) == (30_000, 0, 21, 1003)
    assert used.span == Span(at(10), at(40))
    assert db.write(store.record, sample(3, 30, 40)) is Taken.KNOWN
    assert db.write(store.seal, "les_1", at(40)) == used
    assert db.write(store.seal, "les_1", at(20)) == used


def test_a_contradiction_is_refused_and_the_earlier_sample_stands(db: Database):
    assert db.write(store.record, sample(1, 0, 10)) is Taken.NEW
    with pytest.raises(Refusal) as refused:
        db.write(store.record, sample(1, 0, 99))
    assert refused.value.code == "sample-contradicts"
    assert db.read(store.samples, "les_1") == (sample(1, 0, 10),)


def test_gaps_are_explicit_and_late_samples_fill_them_by_correction(db: Database):
    db.write(store.record, sample(1, 0, 10))
    db.write(store.record, sample(4, 30, 40))
    used = db.write(store.seal, "les_1", at(40), at(-5))
    assert (used.milli_card_seconds, used.gap_seconds) == (20_000, 25)
    before = db.read(store.intervals, "les_1")
    assert [i.is_gap for i in before] == [True, False, True, False]

    assert db.write(store.record, sample(2, 10, 20)) is Taken.LATE
    assert db.read(store.usage, "les_1") == used, "what is sealed stays until it is amended"
    amended = db.write(store.amend, "les_1", "agent was offline")
    assert (amended.milli_card_seconds, amended.gap_seconds) == (30_000, 15)
    assert db.write(store.amend, "les_1", "again") == amended
    rows = db.read(lambda tx: tx.execute(store.interval_table.select().order_by(store.interval_table.c.id)).all())
    assert len(rows) == 6, "the originals are still there"
    assert [r.corrects for r in rows] == [None] * 4 + [rows[2].id] * 2
    assert {r.reason for r in rows} == {None, "agent was offline"}


def test_sealing_goes_on_where_it_stopped_and_leases_do_not_mix(db: Database):
    for seq in range(6):
        db.write(store.record, sample(seq, seq * 10, seq * 10 + 10))
    db.write(store.record, sample(0, 0, 10, lease="les_2", cards=250))
    assert db.write(store.seal, "les_1", at(25)).milli_card_seconds == 25_000
    assert db.write(store.seal, "les_1", at(60)).milli_card_seconds == 60_000
    db.write(store.seal, "les_2", at(10))
    used = db.read(store.used, ["les_1", "les_2", "les_3"])
    assert {k: v.milli_card_seconds for k, v in used.items()} == {"les_1": 60_000, "les_2": 2_500}


def test_nothing_measured_is_all_gap(db: Database):
    used = db.write(store.seal, "les_9", at(10), at(0))
    assert (used.milli_card_seconds, used.gap_seconds) == (0, 10)
    assert db.write(store.seal, "les_8", at(10)).span is None
