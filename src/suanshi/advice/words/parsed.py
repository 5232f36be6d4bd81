"""The filled form: what a text was understood to ask for, what was assumed, and what still has to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from suanshi.advice.wishes import Wishes
from suanshi.advice.workload import Layout, Workload
from suanshi.kit.refusal import Text

Problem = Literal["missing", "contradiction", "impossible", "unknown", "vague"]


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask back. A blocking one must be answered before anything can be recommended."""

    field: str  # of the form: model, task, cards, budget, deadline, ...
    problem: Problem
    text: Text
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """The hardware a text names itself: `cards` of `accelerator` (a catalogue id), or `share` of one."""

    accelerator: str
    cards: int | None = None
    share: float = 1.0
    memory_gib: float | None = None  # of a slice, where the text says it
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """`workload` is None when the text gives too little for one; then `questions` holds a blocking entry."""

    text: str
    workload: Workload | None
    wishes: Wishes
    named: Named | None
    card_choices: tuple[int, ...]  # numbers of cards the text restricts itself to
    assumptions: tuple[Text, ...]
    questions: tuple[Question, ...]

    @property
    def ready(self) -> bool:
        """Nothing blocks a recommendation."""
        return self.workload is not None and not any(q.blocking for q in self.questions)
