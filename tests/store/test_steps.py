"""Durable steps: claimed by one, applied once, taken over when the claimer dies."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from suanshi.db import steps
from suanshi.db.engine import Database
from suanshi.kit.clock import now


def test_asking_twice_adds_one_step(db: Database) -> None:
    for _ in range(2):
        db.write(steps.add, "run", "ord_1", now())
    assert db.read(steps.pending) == 1


def test_racing_workers_share_the_steps_without_overlap(db: Database) -> None:
    at = now()
    for i in range(60):
        db.write(steps.add, "run", f"ord_{i}", at)
    with ThreadPoolExecutor(12) as pool:
        taken = [s.key for batch in pool.map(lambda _: db.write(steps.claim, ["run"], now(), 5, 60), range(12)) for s in batch]
    assert sorted(taken) == sorted(f"ord_{i}" for i in range(60))


def test_a_dead_workers_step_goes_to_another_and_its_late_result_is_void(db: Database) -> None:
    at = now()
    db.write(steps.add, "run", "ord_1", at)
    (first,) = db.write(steps.claim, ["run"], at, 1, 10)
    assert db.write(steps.claim, ["run"], at, 1, 10) == []
    (second,) = db.write(steps.claim, ["run"], at + timedelta(seconds=11), 1, 10)
    assert second.attempts == 2
    assert not db.write(steps.holds, first)
    db.write(steps.finish, first)
    assert db.read(steps.pending) == 1
    assert db.write(steps.holds, second)
    db.write(steps.finish, second)
    assert db.read(steps.pending) == 0


def test_a_step_given_back_waits_until_it_is_due_or_hastened(db: Database) -> None:
    at = now()
    db.write(steps.add, "run", "ord_1", at)
    (step,) = db.write(steps.claim, ["run"], at, 1, 10)
    db.write(steps.later, step, at + timedelta(minutes=5))
    assert db.write(steps.claim, ["run"], at + timedelta(minutes=1), 1, 10) == []
    db.write(steps.hasten, "run", "ord_1", at)
    assert len(db.write(steps.claim, ["run"], at, 1, 10)) == 1
