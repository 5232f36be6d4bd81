"""The shape of every "no" (RFC 9457): what is wrong, whose fault, whether anything was charged, and what to do next."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from suanshi.web.shapes.fields import Answer


class Problem(Answer):
    type: str = Field(description="A link to the page that explains the code.")
    title: str
    status: int
    detail: str
    code: str
    fault: Literal["asker", "supplier", "platform"]
    charged: bool
    next: str
    where: str | None = None
    reasons: list[str] = Field(default_factory=list)
    incident: str | None = Field(None, description="Names an unexpected failure in the platform's log.")


class Sentence(Answer):
    zh: str
    en: str


class RefusalKind(Answer):
    code: str
    status: int
    fault: Literal["asker", "supplier", "platform"]
    cause: Sentence
    next: Sentence


class RefusalKinds(Answer):
    items: list[RefusalKind]
