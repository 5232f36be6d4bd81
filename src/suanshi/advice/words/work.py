"""Decides which kind of work a text means and has its form filled in; what nobody stated becomes an assumption."""

from __future__ import annotations

import re
from collections.abc import Callable

from suanshi.advice.model import ModelFacts
from suanshi.advice.words.inference import batch, embeddings, serving
from suanshi.advice.words.model import language_model
from suanshi.advice.words.notes import Notes
from suanshi.advice.words.said import Said
from suanshi.advice.words.science import deep_learning, scientific
from suanshi.advice.words.training import training
from suanshi.advice.workload import Workload

_VISION = r"分类|识别|检测|分割|图像|图片|照片|视频|classif|detect|segment|images?|photos?|pictures?|scans?|vision|cnn|卷积"


def workload(said: Said, notes: Notes) -> Workload | None:
    """The workload meant, or None with a blocking question in `notes`."""
    _contradictions(said, notes)
    task = _task(said, notes)
    if task == "hpc":
        return scientific(said, notes)
    if task in ("network", "train-network"):
        return deep_learning(said, notes, training=task == "train-network")
    model = language_model(said, notes) if task else None
    if task is None or model is None:
        return None
    builders: dict[str, Callable[[Said, ModelFacts, Notes], Workload | None]] = {
        "serve": serving,
        "batch": batch,
        "embed": embeddings,
    }
    return builders[task](said, model, notes) if task in builders else training(said, model, task, notes)


def _contradictions(said: Said, notes: Notes) -> None:
    """Two values for one thing cannot both be meant: ask, and go on with the first."""
    single = ("context", "isl", "osl", "concurrency", "epochs", "requests_per_day", "micro_batch", "global_batch")
    for name in single:
        values = said.numbers.get(name, ())
        if len(values) > 1:
            shown = " / ".join(f"{v:g}" for v in values)
            notes.ask(
                name,
                "contradiction",
                f"{name} 出现了多个值：{shown}，先按第一个计算",
                f"{name} is given as {shown}; the first is used",
            )
    for name, values in said.numbers.items():
        if min(values) <= 0:
            notes.ask(name, "impossible", f"{name} 必须大于 0", f"{name} must be above zero", blocking=True)
    if "qlora" in said.tasks and any(bits == 16 and p in ("fp16", "bf16") for p, bits in said.precisions):
        notes.assume(
            "QLoRA 的权重按 4 位存放，所说精度用于计算", "QLoRA keeps weights in 4 bits; the precision named is for arithmetic"
        )
    methods = [t for t in ("pretrain", "full_ft", "lora", "qlora") if t in said.tasks]
    if len(methods) > 1 and "pretrain" in methods:
        notes.ask(
            "method",
            "contradiction",
            f"同时提到 {'、'.join(methods)}：请选一种训练方式，先按 {methods[-1]} 计算",
            f"{', '.join(methods)} are all named: choose one; {methods[-1]} is used for now",
        )


def _task(said: Said, notes: Notes) -> str | None:
    """Which kind of work it is; words decide first, then what the numbers only make sense for."""

    tasks, numbers = said.tasks, said.numbers
    language = bool(said.models or said.sizes)
    if "hpc" in tasks and not language and not said.networks:
        return "hpc"
    if not language and (said.networks or re.search(_VISION, said.text)) and not set(tasks) & {"lora", "qlora"}:
        return "train-network" if set(tasks) & {"train", "tune", "pretrain", "full_ft"} else "network"
    for task in ("qlora", "lora", "full_ft", "pretrain"):
        if task in tasks:
            return task
    if "tune" in tasks or ("train" in tasks and "samples" in numbers and language):
        notes.assume("未说明微调方式，按 LoRA 计算", "the way of fine-tuning is not said: LoRA is assumed")
        return "lora"
    for task in ("embed", "batch"):
        if task in tasks:
            return task
    if "serve" in tasks or {"requests_per_day", "tokens_per_day", "qps", "concurrency"} & numbers.keys():
        return "serve"
    if "train" in tasks and language:
        return "pretrain"
    if language and "samples" in numbers and "infer" not in tasks:
        notes.assume(
            "有模型和数据而未说明用途，按 LoRA 微调计算", "a model and data without a purpose: LoRA fine-tuning is assumed"
        )
        return "lora"
    if language:
        if "infer" not in tasks and "context" not in numbers:
            notes.ask(
                "task",
                "missing",
                "您想用这个模型做什么：微调、部署还是批量推理？先按单用户推理估算",
                "What is the model to do: be fine-tuned, served, or run over a batch? Single-user inference is assumed",
            )
        return "batch" if "infer" in tasks and "samples" in numbers else "serve"
    if said.cards and said.rent_seconds:
        notes.ask(
            "task",
            "missing",
            "只租卡可直接在市场下单；要比较方案请说明用途",
            "Cards alone can be ordered in the market; say what they are for to compare plans",
            blocking=True,
        )
        return None
    notes.ask(
        "task",
        "missing",
        "请说明要做什么（训练、微调、部署、批量推理、科学计算）以及模型",
        "Say what is to be done (train, fine-tune, serve, batch inference, scientific computing) and with which model",
        blocking=True,
    )
    return None
