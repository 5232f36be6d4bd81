"""The picture of a site: never sells what is held, finds room again when told, and equals one drawn anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from suanshi.catalog import store as catalog
from suanshi.catalog.site import Health, Isolation, Node, Site
from suanshi.db.engine import Database, Tx
from suanshi.fleet import store as fleet
from suanshi.fleet.lease import Lease, Piece
from suanshi.flows.seats import Seats, cut
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.refusal import Refusal

SITE = Site("site_a", "pty_s", "A", "Wuhu", "cloud", 1200, 0, "ib", "local", Isolation.KERNEL, True)


def furnish(tx: Tx, nodes: int = 2, cards: int = 8) -> None:
    catalog.put_site(tx, SITE)
    for n in range(nodes):
        catalog.put_node(tx, Node(f"node_{n}", SITE.id, f"n{n}", 64_000, 512_000))
        catalog.put_cards(tx, f"node_{n}", [(f"nvidia-{i}", "a100-sxm-80g") for i in range(cards)])


def book(db: Database, pieces: tuple[Piece, ...]) -> str:
    lease = Lease(ids.new("les"), ids.new("ord"), SITE.id, pieces, now(), now() + timedelta(hours=1))
    db.write(fleet.book, lease)
    return lease.id


def test_many_buyers_at_once_get_different_cards_and_the_next_is_told_how_many_there_are(db: Database) -> None:
    db.write(furnish)
    seats = Seats()
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: db.write(seats.take, SITE.id, "a100-sxm-80g", 2, 1000), range(8)))
    for pieces in taken:
        book(db, pieces)
    assert len({piece.card for pieces in taken for piece in pieces}) == 16
    with pytest.raises(Refusal, match="0 to be had") as refused:
        db.write(seats.take, SITE.id, "a100-sxm-80g", 1, 1000)
    assert refused.value.reasons
    assert db.read(seats.same_as_rebuilt, SITE.id)


def test_what_another_process_ended_is_found_before_a_no_is_said(db: Database) -> None:
    db.write(furnish, nodes=1, cards=1)
    seats, other = Seats(), Seats()
    lease = book(db, db.write(seats.take, SITE.id, "a100-sxm-80g", 1, 1000))
    with pytest.raises(Refusal, match="no-capacity"):
        db.write(other.take, SITE.id, "a100-sxm-80g", 1, 1000)
    db.write(fleet.move, lease, "void", now())
    assert db.write(seats.take, SITE.id, "a100-sxm-80g", 1, 1000)


def test_a_sale_that_did_not_come_about_leaves_no_mark(db: Database) -> None:
    db.write(furnish)
    seats = Seats()
    seats.give_back(SITE.id, db.write(seats.take, SITE.id, "a100-sxm-80g", 1, 250))
    assert db.read(seats.same_as_rebuilt, SITE.id)


def test_slices_fill_a_card_before_they_open_another(db: Database) -> None:
    db.write(furnish)
    seats = Seats()
    taken = [db.write(seats.take, SITE.id, "a100-sxm-80g", 1, 250) for _ in range(4)]
    assert len({piece.card for pieces in taken for piece in pieces}) == 1
    (whole,) = db.write(seats.take, SITE.id, "a100-sxm-80g", 1, 1000)
    assert whole.card not in {piece.card for pieces in taken for piece in pieces}


def test_a_failed_card_is_not_sold_and_another_model_is_not_given_instead(db: Database) -> None:
    db.write(furnish, nodes=1, cards=2)
    (first, _) = db.read(catalog.cards, SITE.id)
    db.write(catalog.set_health, first.id, Health.FAILED)
    seats = Seats()
    with pytest.raises(Refusal, match="1 to be had"):
        db.write(seats.take, SITE.id, "a100-sxm-80g", 2, 1000)
    with pytest.raises(Refusal, match="no-capacity"):
        db.write(seats.take, SITE.id, "h100-sxm-80g", 1, 1000)


def test_a_share_is_cut_from_the_gaps_that_are_there() -> None:
    held = [Piece(1, 100, 400), Piece(1, 600, 900)]
    assert cut(1, held, 350) == [Piece(1, 0, 100), Piece(1, 400, 600), Piece(1, 900, 950)]
