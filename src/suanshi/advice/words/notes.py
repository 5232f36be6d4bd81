"""The margin of the form: what was assumed on the buyer's behalf and what is asked back."""

from __future__ import annotations

from dataclasses import dataclass, field

from suanshi.advice.words.parsed import Problem, Question
from suanshi.kit.refusal import Text


@dataclass(slots=True)
class Notes:
    """Assumptions and questions gathered while a form is filled in."""

    assumptions: list[Text] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    def assume(self, zh: str, en: str) -> None:
        self.assumptions.append(Text(zh, en))

    def ask(self, field_: str, problem: Problem, zh: str, en: str, blocking: bool = False) -> None:
        self.questions.append(Question(field_, problem, Text(zh, en), blocking))
