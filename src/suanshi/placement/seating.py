"""Which cards carry which bookings over time, so that each keeps its cards from its first moment to its last."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Places = Sequence[tuple[int, str]]
"""The usable cards: number and node."""


@dataclass(frozen=True, slots=True)
class Stay:
    """Cards that one booking keeps from `start` to before `end` (epoch seconds); a `movable` one has not begun."""

    id: str
    cards: tuple[int, ...]
    start: int
    end: int
    movable: bool


@dataclass(frozen=True, slots=True)
class Seating:
    """Cards for a new booking, and the stays that get other cards for it, at their own times."""

    cards: tuple[int, ...]
    moved: tuple[tuple[str, tuple[int, ...]], ...]


def seat(cards: Places, stays: Sequence[Stay], count: int, start: int, end: int, one_node: bool = True) -> Seating | None:
    """Cards for `count` from `start` to `end`; others move only if it does not fit beside them. None where there is no room.

    While no stay that cannot move begins after one that can, or after the new one, room by number is room by seat.
    """
    if not 0 < count <= len(cards) or start >= end:
        return None
    diary = _Diary(cards, stays)
    free = [card for card, _ in sorted(cards) if diary.free(card, start, end)]
    if len(free) >= count:
        return Seating(_chosen(dict(cards), free, diary, count, start, end, one_node), ())
    new = Stay("", (), start, end, True)
    ordered = sorted(stays, key=lambda stay: (stay.start, stay.end, stay.id))
    near = {stay.id for stay in ordered if stay.movable and stay.start < end and start < stay.end}
    for may_move in (near, {stay.id for stay in ordered if stay.movable}):
        still = [stay for stay in ordered if stay.id not in may_move]
        others = [stay for stay in ordered if stay.id in may_move]
        placed, unseated = _recoloured(cards, still, [(new, count), *((stay, len(stay.cards)) for stay in others)])
        if not unseated:
            moved = tuple((stay.id, placed[stay.id]) for stay in others if set(placed[stay.id]) != set(stay.cards))
            return Seating(placed[new.id], moved)
    return None


def reseat(cards: Places, stays: Sequence[Stay]) -> tuple[tuple[tuple[str, tuple[int, ...]], ...], tuple[str, ...]]:
    """Other cards for movable stays whose cards are gone or taken by what cannot move; and those left without any."""
    ordered = sorted(stays, key=lambda stay: (stay.start, stay.end, stay.id))
    here = {card for card, _ in cards}
    fixed = _Diary(cards, [stay for stay in ordered if not stay.movable])
    lost = {
        stay.id
        for stay in ordered
        if stay.movable and any(card not in here or not fixed.free(card, stay.start, stay.end) for card in stay.cards)
    }
    if not lost:
        return (), ()
    movable = [stay for stay in ordered if stay.movable]
    placed, unseated = dict[str, tuple[int, ...]](), {""}
    for may_move in (lost, {stay.id for stay in movable}):
        if unseated:
            still = [stay for stay in ordered if stay.id not in may_move]
            others = [(stay, len(stay.cards)) for stay in movable if stay.id in may_move]
            placed, unseated = _recoloured(cards, still, others)
    # Whoever sat well keeps a seat before anybody who lost one gets it.
    if unseated - lost:
        still = [stay for stay in ordered if stay.id not in lost]
        placed, unseated = _recoloured(cards, still, [(stay, len(stay.cards)) for stay in movable if stay.id in lost])
    by_id = {stay.id: stay for stay in movable}
    moved = tuple((id_, new) for id_, new in placed.items() if set(new) != set(by_id[id_].cards))
    return moved, tuple(sorted(unseated))


def _recoloured(
    cards: Places, still: Sequence[Stay], others: Sequence[tuple[Stay, int]]
) -> tuple[dict[str, tuple[int, ...]], set[str]]:
    """`others` seated in order of their starts beside what stays still, on their own cards where they can; who found none."""
    diary, wishes = _Diary(cards, still), _Diary(cards, [stay for stay, _ in others])
    nodes, placed, unseated = dict(cards), dict[str, tuple[int, ...]](), set[str]()
    for stay, count in sorted(others, key=lambda one: (one[0].start, one[0].end, one[0].id)):
        free = [card for card, _ in sorted(cards) if diary.free(card, stay.start, stay.end)]
        if len(free) < count:
            unseated.add(stay.id)
            continue
        kept = [card for card in stay.cards if card in set(free)][:count]

        def cost(card: int, stay: Stay = stay, kept: Sequence[int] = kept) -> tuple[int, int, int]:
            far = 0 if not kept or nodes[card] == nodes[kept[0]] else 1
            return wishes.count(card, stay.start, stay.end), far, diary.slack(card, stay.start, stay.end)

        rest = sorted((card for card in free if card not in set(kept)), key=lambda card: (*cost(card), card))
        chosen = (*kept, *rest[: count - len(kept)])
        diary.add(chosen, stay.start, stay.end)
        placed[stay.id] = chosen
    return placed, unseated


def _chosen(
    nodes: dict[int, str], free: Sequence[int], diary: _Diary, count: int, start: int, end: int, one_node: bool
) -> tuple[int, ...]:
    """On one node if that can be, where it leaves the least; else on few; then where it leaves the shortest gap in time."""
    on: dict[str, list[int]] = defaultdict(list)
    for card in free:
        on[nodes[card]].append(card)
    wide = [node for node in on if len(on[node]) >= count]
    if one_node and wide:
        order = sorted(wide, key=lambda node: (len(on[node]), sum(sorted(diary.slack(c, start, end) for c in on[node])), node))[
            :1
        ]
    elif one_node:
        order = sorted(on, key=lambda node: (-len(on[node]), node))
    else:
        return tuple(sorted(sorted(free, key=lambda card: (diary.slack(card, start, end), card))[:count]))
    found: list[int] = []
    for node in order:
        found += sorted(on[node], key=lambda card: (diary.slack(card, start, end), card))[: count - len(found)]
    return tuple(sorted(found))


_FAR = 2**41


class _Diary:
    """For each usable card when it is taken: spans in order, none overlapping another."""

    def __init__(self, cards: Places, stays: Iterable[Stay]) -> None:
        taken: dict[int, list[tuple[int, int]]] = {card: [] for card, _ in cards}
        for stay in stays:
            for card in stay.cards:
                if card in taken:
                    taken[card].append((stay.start, stay.end))
        self._starts: dict[int, list[int]] = {}
        self._ends: dict[int, list[int]] = {}
        for card, spans in taken.items():
            joined = _joined(spans)
            self._starts[card] = [low for low, _ in joined]
            self._ends[card] = [high for _, high in joined]

    def free(self, card: int, start: int, end: int) -> bool:
        return self.count(card, start, end) == 0

    def count(self, card: int, start: int, end: int) -> int:
        """Spans that touch [start, end)."""
        return bisect_left(self._starts[card], end) - bisect_right(self._ends[card], start)

    def slack(self, card: int, start: int, end: int) -> int:
        """The idle time around a stay on a card that is free for it."""
        starts, ends = self._starts[card], self._ends[card]
        i = bisect_right(ends, start)
        before = start - ends[i - 1] if i else _FAR
        after = starts[i] - end if i < len(starts) else _FAR
        return min(before, _FAR) + min(after, _FAR)

    def add(self, cards: Sequence[int], start: int, end: int) -> None:
        for card in cards:
            i = bisect_right(self._ends[card], start)
            self._starts[card].insert(i, start)
            self._ends[card].insert(i, end)


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if out and low < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        else:
            out.append((low, high))
    return out
