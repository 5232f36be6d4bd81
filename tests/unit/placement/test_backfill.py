from __future__ import annotations

import numpy as np
import pytest

from suanshi.placement.backfill import EASY, FIFO, Job, Running, replay, start_now


def test_a_short_job_slips_in_before_a_reservation_and_a_long_one_does_not() -> None:
    running = [Running(6, 100)]
    head = Job("head", 0, 8, 50)
    assert start_now([head, Job("short", 1, 2, 60)], running, 2, 40, patience=0) == (Job("short", 1, 2, 60),)
    assert start_now([head, Job("long", 1, 2, 61)], running, 2, 40, patience=0) == ()


def test_the_least_go_first_until_somebody_has_waited_long_enough() -> None:
    small, large = Job("small", 50, 4, 10), Job("large", 0, 8, 10)
    assert start_now([large, small], [], 8, 60, patience=1000) == (small,)
    assert start_now([large, small], [], 8, 60, patience=60) == (large,)


def test_nothing_starts_without_cards_and_senseless_jobs_are_passed_over() -> None:
    assert start_now([Job("a", 0, 1, 1)], [], 0, 0) == ()
    assert start_now([Job("a", 0, 0, 1), Job("b", 0, 1, 0), Job("c", 0, 1, 1)], [], 8, 0) == (Job("c", 0, 1, 1),)
    assert start_now([], [], 8, 0) == ()


def columns(*values: list[int]) -> list[np.ndarray]:
    return [np.array(v, np.int64) for v in values]


def test_backfilling_shortens_the_wait_of_a_known_example() -> None:
    submitted, cards, seconds = columns([0, 1, 2], [6, 8, 2], [100, 50, 60])
    assert replay(submitted, cards, seconds, seconds, 8, FIFO).start.tolist() == [0, 100, 150]
    assert replay(submitted, cards, seconds, seconds, 8, EASY).start.tolist() == [0, 100, 2]
    assert replay(submitted, cards, seconds, seconds, 8, EASY).makespan == 150


def test_a_trace_that_cannot_run_is_refused() -> None:
    with pytest.raises(ValueError, match="more cards than the pool"):
        replay(*columns([0], [9], [1], [1]), 8)
    with pytest.raises(ValueError, match="order of submission"):
        replay(*columns([1, 0], [1, 1], [1, 1], [1, 1]), 8)
    assert replay(*columns([], [], [], []), 8).makespan == 0
