"""Fills in the form of other networks and of scientific computing."""

from __future__ import annotations

import re

from suanshi.advice.words.model import stated_precision, whole
from suanshi.advice.words.names import Network, network
from suanshi.advice.words.notes import Notes
from suanshi.advice.words.said import Said
from suanshi.advice.workload import Hpc, OtherDeepLearning

IMAGE_EPOCHS = 30
CORE_GFLOPS = 10.0  # what one core sustains in typical scientific code, of about 40 at its peak

_VISION_DEFAULTS = (
    (r"检测|detect", "yolov8m", "目标检测", "object detection"),
    (r"分割|segment", "unet", "图像分割", "segmentation"),
    (r"文本分类|情感|text classif|sentiment", "bert-base", "文本分类", "text classification"),
    (r"", "resnet50", "图像分类", "image classification"),
)


def deep_learning(said: Said, notes: Notes, training: bool) -> OtherDeepLearning:
    net = said.networks[0] if said.networks else _typical_network(said, notes)
    precision, _ = stated_precision(said, notes, "fp16")
    samples = said.number("samples")
    if training:
        if samples is None:
            notes.ask(
                "samples",
                "missing",
                "有多少样本？没有它只能给出速度",
                "How many samples are there? Without them only the speed can be told",
            )
        epochs = said.number("epochs")
        if epochs is None:
            epochs = IMAGE_EPOCHS
            notes.assume(f"训练轮数按 {epochs} 轮计", f"{epochs} epochs are assumed")
        samples = samples * epochs if samples is not None else None
    return OtherDeepLearning(
        name=net.name,
        gflop=net.gflop,
        samples=samples,
        precision=precision,
        training=training,
        parameters=net.parameters,
        engine=said.engine,
    )


def _typical_network(said: Said, notes: Notes) -> Network:

    _, name, zh, en = next(row for row in _VISION_DEFAULTS if re.search(row[0], said.text))
    net = network(name)
    notes.assume(
        f"未说明网络，{zh}按 {net.name} 计（每个样本前向 {net.gflop:g} GFLOP）",
        f"no network is named: {en} is assumed to use {net.name} ({net.gflop:g} GFLOP a sample, forward)",
    )
    return net


def scientific(said: Said, notes: Notes) -> Hpc | None:
    core_hours = said.number("core_hours")
    if core_hours is None:
        notes.ask(
            "core_hours",
            "missing",
            "科学计算需要工作量：大约多少核时？（或在表单里填写浮点运算次数）",
            "Scientific computing needs its amount of work: about how many core-hours? (Or state the operations in the form)",
            blocking=True,
        )
        return None
    notes.assume(
        f"每个核时按持续 {CORE_GFLOPS:g} GFLOP/s 计，访存按每次运算 1 字节",
        f"a core-hour is taken as {CORE_GFLOPS:g} GFLOP/s sustained, with 1 byte of memory traffic an operation",
    )
    flop = core_hours * 3600 * CORE_GFLOPS * 1e9
    ranks = whole(said.number("ranks") or said.number("cores") or 1)
    return Hpc(flop=flop, bytes=flop, precision=said.precisions[0][0] if said.precisions else "fp64", ranks=ranks)
