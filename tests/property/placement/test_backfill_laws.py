"""Laws of backfilling: never more cards than the pool, nobody forgotten, and no reservation put off by those who slip in."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.placement.backfill import EASY, FIFO, LEAST, Job, Running, replay, start_now

law = settings(deadline=None, max_examples=150)
POOL = 8
jobs = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, POOL), st.integers(1, 30), st.integers(1, 30)), min_size=1, max_size=30
).map(sorted)


def columns(jobs):  # type: ignore[no-untyped-def]
    return tuple(np.array([job[i] for job in jobs], np.int64) for i in range(4))


def level(start, cards, seconds, t: int) -> int:  # type: ignore[no-untyped-def]
    return int(cards[(start <= t) & (t < start + seconds)].sum())


@law
@given(jobs, st.sampled_from([FIFO, EASY, LEAST]), st.sampled_from([0, 20, 10**6]))
def test_every_job_runs_once_and_the_pool_is_never_overbooked(jobs, policy, patience) -> None:  # type: ignore[no-untyped-def]
    submitted, cards, seconds, expected = columns(jobs)
    r = replay(submitted, cards, seconds, expected, POOL, policy, patience)
    assert (r.start >= submitted).all()
    assert all(level(r.start, cards, seconds, t) <= POOL for t in r.start.tolist())
    assert (r.start == replay(submitted, cards, seconds, expected, POOL, policy, patience).start).all()
    if policy == FIFO:
        assert (np.diff(r.start) >= 0).all()
    moments = {*submitted.tolist(), *(r.start + seconds).tolist()}
    assert set(r.start.tolist()) <= moments  # something starts only when something comes or ends


@law
@given(jobs)
def test_easy_with_true_durations_never_puts_off_the_head(jobs) -> None:  # type: ignore[no-untyped-def]
    """The first job that has to wait starts no later than where it would if nobody had come after it."""
    submitted, cards, seconds, _ = columns(jobs)
    r = replay(submitted, cards, seconds, seconds, POOL, EASY)
    waiting = np.flatnonzero(r.start > submitted)
    if len(waiting):
        head = int(waiting[0]) + 1
        alone = replay(submitted[:head], cards[:head], seconds[:head], seconds[:head], POOL, EASY)
        assert r.start[head - 1] <= alone.start[head - 1]


@law
@given(jobs)
def test_a_decision_agrees_with_the_replay_at_the_first_moment(jobs) -> None:  # type: ignore[no-untyped-def]
    submitted, cards, seconds, expected = columns([(0, *job[1:]) for job in jobs])
    r = replay(submitted, cards, seconds, expected, POOL)
    waiting = [Job(f"{i:03}", 0, int(c), int(e)) for i, (c, e) in enumerate(zip(cards, expected, strict=True))]
    started = start_now(waiting, [], POOL, 0)
    assert {job.id for job in started} == {f"{i:03}" for i in np.flatnonzero(r.start == 0)}


@law
@given(jobs, st.lists(st.builds(Running, st.integers(1, 8), st.integers(-5, 50)), max_size=4), st.integers(-3, 8))
def test_whoever_starts_fits_and_the_patient_head_is_not_put_off(jobs, running, free) -> None:  # type: ignore[no-untyped-def]
    waiting = [Job(f"{i:03}", s, c, e) for i, (s, c, _, e) in enumerate(jobs)]
    now = 60
    started = start_now(waiting, running, free, now, patience=0)
    assert sum(job.cards for job in started) <= max(free, 0)
    left = [job for job in waiting if job not in started]
    if left and free > 0:
        head = left[0]

        def first(extra: list[Running]) -> int | None:
            have = free - sum(r.cards for r in extra)
            for r in sorted([*running, *extra], key=lambda r: r.expected_end):
                if have >= head.cards:
                    break
                have += r.cards
                moment = max(r.expected_end, now + 1)
                if have >= head.cards:
                    return moment
            return None

        before = [Running(j.cards, now + j.expected) for j in started if j.id < head.id]
        everyone = [Running(j.cards, now + j.expected) for j in started]
        assert first(everyone) == first(before)
