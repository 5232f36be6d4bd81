"""Bookings per CPU second on a pool with standing reservations, a plain list of reservations beside it.

python benchmarks/bookings.py [--standing 10000] [--bookings 200000]
"""

from __future__ import annotations

import argparse
import random
import time

from suanshi.placement.calendar import Booking, Calendar

CAPACITY = 20_000
YEAR = 365 * 86_400


def wishes(count: int, seed: int) -> list[tuple[int, int, int]]:
    """(start, seconds, cards) across a year: mostly hours and days, some months, up to 64 cards."""
    chance = random.Random(seed)
    lengths = [3600, 4 * 3600, 86_400, 7 * 86_400, 30 * 86_400]
    return [
        (chance.randrange(YEAR), chance.choices(lengths, [40, 30, 20, 8, 2])[0], chance.choice([1, 1, 2, 4, 8, 64]))
        for _ in range(count)
    ]


def standing(count: int) -> Calendar:
    calendar = Calendar(CAPACITY)
    for i, (start, seconds, cards) in enumerate(wishes(count, 1)):
        calendar.book(f"s{i}", start, seconds, cards)
    return calendar


def fixed(calendar: Calendar, todo: list[tuple[int, int, int]]) -> tuple[float, int]:
    """Each booking at its own time; as many leave again as come, so that the standing number stays."""
    begun, made, held = time.process_time(), 0, list(calendar.bookings)
    for i, (start, seconds, cards) in enumerate(todo):
        made += isinstance(calendar.book(f"b{i}", start, seconds, cards), Booking)
        held.append(f"b{i}")
        calendar.release(held[i])
    return len(todo) / (time.process_time() - begun), made


def soonest(calendar: Calendar, todo: list[tuple[int, int, int]]) -> tuple[float, int]:
    begun, made, held = time.process_time(), 0, list(calendar.bookings)
    for i, (start, seconds, cards) in enumerate(todo):
        made += isinstance(calendar.book_earliest(f"e{i}", cards, seconds, start), Booking)
        held.append(f"e{i}")
        calendar.release(held[i])
    return len(todo) / (time.process_time() - begun), made


def plain(count: int, todo: list[tuple[int, int, int]]) -> float:
    """A list of reservations, looked through for each booking: what an overlap query without an index does."""
    held = [(s, s + d, c) for s, d, c in wishes(count, 1)]
    begun = time.process_time()
    for start, seconds, cards in todo:
        end = start + seconds
        near = [(s, e, c) for s, e, c in held if s < end and start < e]
        moments = [start, *(s for s, _, _ in near if s > start)]
        if all(sum(c for s, e, c in near if s <= m < e) + cards <= CAPACITY for m in moments):
            held.append((start, end, cards))
            held.pop(0)
    return len(todo) / (time.process_time() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--standing", type=int, default=10_000)
    parser.add_argument("--bookings", type=int, default=200_000)
    args = parser.parse_args()
    todo = wishes(args.bookings, 2)
    fixed(standing(10), todo[:20])  # compile first
    soonest(standing(10), todo[:20])
    base = plain(args.standing, todo[:200])
    for name, run in (("at a fixed time", fixed), ("at the soonest time", soonest)):
        rate, made = run(standing(args.standing), todo)
        print(
            f"{name}: {rate:,.0f} bookings (each with a release) per CPU second, {made / len(todo):.1%} made; "
            f"plain list {base:,.0f}; ratio {rate / base:,.0f}"
        )
    use = sum(b.card_seconds for b in standing(args.standing).bookings.values()) // YEAR
    tight = standing(args.standing)
    tight.resize(use * 11 // 10)  # the same reservations on a pool that they nearly fill: long searches for a gap
    rate, made = soonest(tight, todo[: args.bookings // 10])
    print(f"at the soonest time on a pool 90 % full: {rate:,.0f} per CPU second, {made / (args.bookings // 10):.1%} made")


if __name__ == "__main__":
    main()
