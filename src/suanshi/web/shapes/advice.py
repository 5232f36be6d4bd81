"""Advice asked for in plain words or by form, and the plans that answer it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from suanshi.web.shapes.fields import Answer, Ask, Text


class AdviceAsk(Ask):
    text: Annotated[Text, Field(min_length=1, max_length=2000)] | None = None
    workload: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> AdviceAsk:
        if (self.text is None) == (self.workload is None):
            raise ValueError("send either text or workload")
        return self


class Advice(Answer):
    parsed: dict[str, Any]
    assumptions: list[str]
    plans: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    alternatives: list[dict[str, Any]]


class AdviceAccuracy(Answer):
    items: list[dict[str, Any]]
