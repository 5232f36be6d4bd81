"""Fills in the form of training and fine-tuning."""

from __future__ import annotations

from suanshi.advice.model import ModelFacts
from suanshi.advice.words.model import stated_precision, whole
from suanshi.advice.words.notes import Notes
from suanshi.advice.words.said import Said
from suanshi.advice.workload import Method, Training

# What is assumed where a text is silent; each use is reported. Sizes follow common fine-tuning data sets.
SAMPLE_TOKENS = 512
TUNING_EPOCHS = 3
TUNING_SEQUENCE, PRETRAINING_SEQUENCE = 2048, 4096


def training(said: Said, model: ModelFacts, task: str, notes: Notes) -> Training:
    method: Method = (
        "pretrain" if task == "pretrain" else "full_ft" if task == "full_ft" else "qlora" if task == "qlora" else "lora"
    )
    tokens = _tokens(said, notes, epochs_if_silent=1 if method == "pretrain" else TUNING_EPOCHS)
    if tokens is None:
        notes.ask(
            "tokens",
            "missing",
            "数据有多少（条数或 token 数）？没有它只能给出速度和显存",
            "How much data is there (samples or tokens)? Without it only speed and memory can be told",
        )
    seq_len = said.number("context")
    if seq_len is None:
        seq_len = PRETRAINING_SEQUENCE if method == "pretrain" else TUNING_SEQUENCE
        notes.assume(f"序列长度按 {seq_len} 计", f"a sequence length of {seq_len} is assumed")
    precision, _ = stated_precision(said, notes)
    if precision in ("int4", "int8", "fp4"):  # weights of QLoRA; arithmetic stays in 16 bits
        precision = "bf16"
    micro = said.number("micro_batch") or said.number("batch")
    batch = said.number("global_batch")
    return Training(
        model=model,
        method=method,
        tokens=tokens,
        seq_len=whole(seq_len),
        micro_batch=whole(micro) if micro else None,
        global_batch=whole(batch) if batch else None,
        act_ckpt=said.act_ckpt,
        precision=precision,
        engine=said.engine,
    )


def _tokens(said: Said, notes: Notes, epochs_if_silent: int) -> float | None:
    """Tokens to train on, epochs included."""
    if (tokens := said.number("tokens")) is not None:
        return tokens * (said.number("epochs") or 1)
    samples = said.number("samples")
    if samples is None:
        return None
    each = said.number("sample_tokens")
    if each is None:
        each = SAMPLE_TOKENS
        notes.assume(f"每条数据按 {each} token 计", f"{each} tokens a sample are assumed")
    epochs = said.number("epochs")
    if epochs is None:
        epochs = epochs_if_silent
        notes.assume(f"训练轮数按 {epochs:g} 轮计", f"{epochs:g} epochs are assumed")
    return samples * each * epochs
