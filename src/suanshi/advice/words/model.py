"""Which language model is meant, and in which precision."""

from __future__ import annotations

import re

from suanshi.advice.model import ModelFacts, from_parameters, models
from suanshi.advice.words.notes import Notes
from suanshi.advice.words.said import Said
from suanshi.kit.refusal import Refusal


def language_model(said: Said, notes: Notes) -> ModelFacts | None:
    if len(said.models) > 1 or (not said.models and len(said.sizes) > 1):
        named = [m.id for m in said.models] or [f"{total:g}B" for total, _ in said.sizes]
        notes.ask(
            "model",
            "contradiction",
            f"提到了多个模型（{'、'.join(named)}），先按 {named[0]} 计算；请确认是哪一个",
            f"several models are named ({', '.join(named)}); {named[0]} is used: which one is meant?",
        )
    if said.models:
        return _listed(said, notes)
    if not said.sizes:
        notes.ask(
            "model",
            "missing",
            "请说明模型名称或参数量（如 Qwen3-8B，或 7B）",
            "Name the model or its number of parameters (Qwen3-8B, say, or 7B)",
            blocking=True,
        )
        return None
    total, active = said.sizes[0]
    try:
        facts = from_parameters(total, active)
    except Refusal as refusal:
        notes.ask("model", "impossible", refusal.cause("zh"), refusal.cause("en"), blocking=True)
        return None
    notes.assume(
        f"只知道参数量，按典型的 {facts.name} 结构估算", f"only the size is known: a typical {facts.name} architecture is assumed"
    )
    return facts


def _listed(said: Said, notes: Notes) -> ModelFacts:
    """A model of the list; a name that only stands for one ("deepseek", "llama 3.1 8b") is reported."""
    mention = said.models[0]
    words = said.text[mention.start : mention.end].strip()
    if re.sub(r"[^a-z0-9.]|instruct|chat|base", "", words) != re.sub(r"[^a-z0-9.]|chat", "", mention.id):
        notes.assume(f"“{words}”按 {mention.id} 的结构计算", f'"{words}" is taken as the architecture of {mention.id}')
    return models()[mention.id]


def stated_precision(said: Said, notes: Notes, default: str = "bf16") -> tuple[str, float]:
    """Arithmetic and bits of a weight; of several the narrower is the weights'."""
    if not said.precisions:
        notes.assume(f"未说明精度，按 {default.upper()} 计算", f"no precision is given: {default.upper()} is assumed")
        return default, 16.0
    return said.precisions[0]


def whole(number: float) -> int:
    return max(int(min(number, 1e12)), 1)
