"""The classes of cards on the market at this moment, kept so that the best one for a need is found in microseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from suanshi.placement.candidate import Candidate, Need
from suanshi.placement.constraint import Verdict, judge
from suanshi.placement.preference import DEFAULT, Preference, cost_of
from suanshi.placement.rule import RULES, Rule
from suanshi.placement.timely import NAMES, Timetable

_REMEMBERED = 512
"""Answers kept per rule; past it they are forgotten together, which bounds memory and the work of a change."""

_MOVING = frozenset(name for rule in RULES for name in rule.reads)
_RANKING = frozenset({"price", "pace_bp", "watts", "pue_bp", "green_bp", "kind"})


@dataclass(slots=True)
class _Memory:
    """A rule's answers: for each value of the need's fields it reads, a bit per candidate in order of rank."""

    rule: Rule
    key: Callable[[Need], Any]
    reads: frozenset[str]
    masks: dict[Any, int] = field(default_factory=dict)
    asked: dict[Any, Need] = field(default_factory=dict)


def _key(rule: Rule) -> Callable[[Need], Any]:
    return attrgetter(*rule.fields) if rule.fields else lambda _: None


class Board:
    """Candidates in order of preference. Bit i of a mask stands for the i-th best, so the best is the lowest bit left.

    A rule whose fields take few values is answered once per value and remembered; the others are asked, in order of
    rank, of the candidates that are left. When a candidate changes, only its own bit is asked again.
    """

    def __init__(self, candidates: Sequence[Candidate], rules: Sequence[Rule] = RULES, preference: Preference = DEFAULT) -> None:
        self._rules, self._preference = tuple(rules), preference
        self._remembered = [_Memory(r, _key(r), frozenset(r.reads)) for r in rules if r.few]
        many = [r for r in rules if not r.few]
        self._compiled = {r.name for r in many if r in RULES} >= NAMES
        self._asked_last = [r.admits for r in many if not (self._compiled and r.name in NAMES)]
        self._rank(candidates)

    def _rank(self, candidates: Sequence[Candidate]) -> None:
        self._candidates = sorted(candidates, key=lambda c: (cost_of(c, self._preference).ranked, c.id))
        self._place = {c.id: i for i, c in enumerate(self._candidates)}
        if len(self._place) != len(self._candidates):
            raise ValueError("two candidates share an id")
        self._timetable = Timetable(self._candidates)
        self._everyone = (1 << len(self._candidates)) - 1
        for memory in self._remembered:
            memory.masks.clear()
            memory.asked.clear()

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """As they stand now, best first."""
        return tuple(self._candidates)

    def __getitem__(self, candidate_id: str) -> Candidate:
        return self._candidates[self._place[candidate_id]]

    def best(self, need: Need) -> Candidate | None:
        """The best class that every rule admits. The need must be free of faults."""
        mask = self._everyone
        for memory in self._remembered:
            key = memory.key(need)
            answer = memory.masks.get(key)
            mask &= self._answer(memory, key, need) if answer is None else answer
            if not mask:
                return None
        while mask:
            if self._compiled:
                i = self._timetable.first(mask, need)
                if i < 0:
                    return None
            else:
                i = (mask & -mask).bit_length() - 1
            candidate = self._candidates[i]
            for admits in self._asked_last:
                if not admits(need, candidate):
                    break
            else:
                return candidate
            mask &= -1 << (i + 1)
        return None

    def _answer(self, memory: _Memory, key: Any, need: Need) -> int:
        if len(memory.masks) >= _REMEMBERED:
            memory.masks.clear()
            memory.asked.clear()
        admits = memory.rule.admits
        bits = "".join("1" if admits(need, c) else "0" for c in reversed(self._candidates))
        memory.masks[key] = mask = int(bits or "0", 2)
        memory.asked[key] = need
        return mask

    def update(self, candidate_id: str, **changed: Any) -> None:
        """Give a candidate's fields new values. Raises KeyError for an id that is not on the board."""
        i = self._place[candidate_id]
        self._candidates[i] = candidate = replace(self._candidates[i], **changed)
        if not _RANKING.isdisjoint(changed):
            self._rank(self._candidates)
            return
        self._timetable.write(i, candidate, tuple(changed))
        everything = not _MOVING.issuperset(changed)  # a field that no rule said would move: ask them all
        bit = 1 << i
        for memory in self._remembered:
            if not everything and memory.reads.isdisjoint(changed):
                continue
            admits, masks = memory.rule.admits, memory.masks
            for key, need in memory.asked.items():
                if admits(need, candidate) != bool(masks[key] & bit):
                    masks[key] ^= bit

    def judge(self, need: Need, known: frozenset[str] | None = None) -> Verdict:
        """The full answer with every reason, in milliseconds instead."""
        return judge(need, self._candidates, self._rules, self._preference, known)
