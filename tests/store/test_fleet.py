"""No piece of a card is ever held twice at once, whatever the code does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suanshi.db.engine import Database
from suanshi.fleet import store
from suanshi.fleet.lease import Lease, Piece
from suanshi.fleet.lifecycle import LeaseState
from suanshi.kit import ids
from suanshi.kit.refusal import Refusal

START = datetime(2026, 1, 1, tzinfo=UTC)


def lease(*pieces: Piece, start: int = 0, seconds: int = 100) -> Lease:
    id_ = ids.new("les")
    begins = START + timedelta(seconds=start)
    return Lease(id_, f"order-{id_}", "site_1", pieces, begins, begins + timedelta(seconds=seconds))


def test_two_leases_cannot_hold_the_same_card(db: Database) -> None:
    db.write(store.book, lease(Piece(1)))
    with pytest.raises(Refusal, match="card-taken"):
        db.write(store.book, lease(Piece(1, 990, 1000), start=99))
    assert len(db.read(store.held, "site_1")) == 1


def test_pieces_side_by_side_in_share_or_time_are_welcome(db: Database) -> None:
    db.write(store.book, lease(Piece(1, 0, 500)))
    db.write(store.book, lease(Piece(1, 500, 1000)))
    db.write(store.book, lease(Piece(1), start=100))
    assert db.read(store.overlaps) == []
    assert db.read(store.card_milli_held, START) == {1: 1000}


def test_a_gang_is_booked_whole_or_not_at_all(db: Database) -> None:
    db.write(store.book, lease(Piece(3)))
    with pytest.raises(Refusal, match="card-taken"):
        db.write(store.book, lease(Piece(2), Piece(3)))
    assert {p.card for h in db.read(store.held, "site_1") for p in h.pieces} == {3}


def test_ending_early_frees_the_rest_and_a_final_lease_does_not_move(db: Database) -> None:
    first = lease(Piece(1))
    db.write(store.book, first)
    assert db.write(store.move, first.id, "start", START)
    assert db.write(store.move, first.id, "end", START + timedelta(seconds=40))
    assert not db.write(store.move, first.id, "end", START + timedelta(seconds=50))
    db.write(store.book, lease(Piece(1), start=40))
    ended = db.read(store.get, first.id)
    assert ended is not None
    assert ended.state is LeaseState.ENDED


def test_a_void_lease_holds_nothing(db: Database) -> None:
    first = lease(Piece(1))
    db.write(store.book, first)
    assert db.write(store.move, first.id, "void", START - timedelta(seconds=5))
    db.write(store.book, lease(Piece(1)))
    assert db.read(store.ongoing, "site_1") != frozenset({first.id})


pieces = st.builds(
    lambda card, low, width: Piece(card, low, min(1000, low + width)),
    st.integers(1, 3),
    st.sampled_from([0, 250, 500, 750]),
    st.sampled_from([250, 500, 1000]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(st.tuples(pieces, st.integers(0, 5), st.integers(1, 5)), max_size=12))
def test_whatever_is_tried_what_is_booked_never_overlaps(db: Database, wanted: list[tuple[Piece, int, int]]) -> None:
    for piece, start, seconds in wanted:
        try:
            db.write(store.book, lease(piece, start=start, seconds=seconds))
        except Refusal as refusal:
            assert refusal.code == "card-taken"
    assert db.read(store.overlaps) == []
