"""One key, one outcome: repeated, altered, raced, or undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from suanshi.db.engine import Database, Tx
from suanshi.db.idempotency import fingerprint, once
from suanshi.kit.refusal import Refusal

ASKED = fingerprint("topup", amount=5, note="机房一号")


def test_the_first_is_told_to_go_on_and_the_second_gets_its_result(db: Database):
    assert db.write(once, "pty_a", "k1", ASKED, "top_1") is None
    assert db.write(once, "pty_a", "k1", ASKED, "top_2") == "top_1"
    assert db.write(once, "pty_b", "k1", ASKED, "top_3") is None, "keys belong to their party"


def test_another_request_under_the_same_key_is_refused(db: Database):
    db.write(once, "pty_a", "k1", ASKED, "top_1")
    with pytest.raises(Refusal) as refused:
        db.write(once, "pty_a", "k1", fingerprint("topup", amount=6), "top_2")
    assert (refused.value.code, refused.value.kind.status) == ("idempotency-conflict", 409)


def test_undone_work_forgets_its_key(db: Database):
    def fails(tx: Tx) -> None:
        once(tx, "pty_a", "k1", ASKED, "top_1")
        raise LookupError

    with pytest.raises(LookupError):
        db.write(fails)
    assert db.write(once, "pty_a", "k1", ASKED, "top_2") is None


def test_of_many_at_once_one_goes_on(db: Database):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: db.write(once, "pty_a", "k", ASKED, f"top_{n}"), range(32)))
    assert answers.count(None) == 1
    assert len(set(answers) - {None}) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb", "a\x00"])
def test_a_key_that_cannot_be_kept_is_refused(db: Database, key: str):
    with pytest.raises(Refusal) as refused:
        db.write(once, "pty_a", key, ASKED, "top_1")
    assert refused.value.where == "Idempotency-Key"


def test_the_fingerprint_ignores_order_and_notices_everything_else():
    assert fingerprint("buy", a=1, b="2") == fingerprint("buy", b="2", a=1)
    assert len({fingerprint("buy", a=1), fingerprint("buy", a="1"), fingerprint("sell", a=1), fingerprint("buy")}) == 4
