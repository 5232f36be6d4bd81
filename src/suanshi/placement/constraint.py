"""The verdict on every class of cards for a need: admitted and ranked, or excluded with all reasons and the least change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from suanshi.kit.refusal import Text
from suanshi.placement.candidate import Candidate, Need, faults
from suanshi.placement.preference import DEFAULT, Cost, Preference, cost_of
from suanshi.placement.rule import RULES, Change, Rule
from suanshi.placement.wording import because


@dataclass(frozen=True, slots=True)
class Reason:
    rule: str
    text: Text


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A class that cannot serve, every rule against it, and the changes that together would admit it."""

    candidate: Candidate
    reasons: tuple[Reason, ...]
    least_change: tuple[Change, ...]

    @property
    def rule(self) -> str:
        return self.reasons[0].rule

    @property
    def text(self) -> Text:
        """All of it in one sentence: why not, and what would help."""
        zh = "；".join(r.text.zh for r in self.reasons) + "。可行的最小改动：" + "；".join(c.text.zh for c in self.least_change)
        en = "; ".join(r.text.en for r in self.reasons) + ". Least change: " + "; ".join(c.text.en for c in self.least_change)
        return Text(zh + "。", en + ".")


@dataclass(frozen=True, slots=True)
class Admitted:
    candidate: Candidate
    cost: Cost


@dataclass(frozen=True, slots=True)
class Verdict:
    """Classes that may serve, best first; those that may not, nearest first; and what is wrong with the need itself."""

    admitted: tuple[Admitted, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    faults: tuple[Text, ...] = ()


def admits(need: Need, candidate: Candidate, rules: Iterable[Rule] = RULES) -> bool:
    return all(rule.admits(need, candidate) for rule in rules)


def apply(changes: Iterable[Change], need: Need, candidate: Candidate) -> tuple[Need, Candidate]:
    """The need and the candidate as they would be after the changes."""
    for change in changes:
        if change.who == "asker":
            need = replace(need, **{change.field: change.value})
        else:
            candidate = replace(candidate, **{change.field: change.value})
    return need, candidate


_ROUNDS = 4  # a change can wake another rule once (a share rounded up costs more); never a third time


def exclusion(need: Need, candidate: Candidate, rules: Sequence[Rule] = RULES) -> Exclusion | None:
    """Every reason against this class and the changes that together admit it, or None if it is admitted."""
    against = [rule for rule in rules if not rule.admits(need, candidate)]
    if not against:
        return None
    reasons = tuple(Reason(rule.name, because(rule.name, need, candidate)) for rule in against)
    changed: dict[tuple[str, str], Change] = {}
    then, offered, failing = need, candidate, against
    for _ in range(_ROUNDS):
        for rule in failing:
            if not rule.admits(then, offered):  # an earlier change may have settled it
                change = rule.change(then, offered)
                changed[change.who, change.field] = change
                then, offered = apply((change,), then, offered)
        failing = [rule for rule in rules if not rule.admits(then, offered)]
        if not failing:
            break
    return Exclusion(candidate, reasons, tuple(changed.values()))


def judge(
    need: Need,
    candidates: Sequence[Candidate],
    rules: Sequence[Rule] = RULES,
    preference: Preference = DEFAULT,
    known: frozenset[str] | None = None,
) -> Verdict:
    """Who may serve this need, best first, and why the others may not, fewest changes first.

    `known` is the catalogue's set of accelerator ids, if names are to be checked against it.
    """
    if wrong := faults(need, known):
        return Verdict(faults=wrong)
    yes: list[Admitted] = []
    no: list[Exclusion] = []
    for candidate in candidates:
        found = exclusion(need, candidate, rules)
        if found is None:
            yes.append(Admitted(candidate, cost_of(candidate, preference)))
        else:
            no.append(found)
    yes.sort(key=lambda a: (a.cost.ranked, a.candidate.id))
    no.sort(key=lambda e: (len(e.least_change), cost_of(e.candidate, preference).ranked, e.candidate.id))
    return Verdict(tuple(yes), tuple(no))
