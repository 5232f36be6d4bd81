"""Questions in plain words get one number in the unit asked for, with an interval around it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from suanshi.advice.scenario import UNREADABLE, answer
from suanshi.kit.refusal import Refusal

TABLE = (Path(__file__).parent / "scenario_questions.csv").read_text(encoding="utf-8")
QUESTIONS = list(csv.DictReader(TABLE.splitlines()))


@pytest.mark.parametrize("row", QUESTIONS, ids=lambda row: row["id"])
def test_every_published_question_is_answered(row: dict[str, str]) -> None:
    found = answer(row["question_zh"], row["unit"], row["source"])
    assert found.unit == row["unit"]
    assert 0 <= found.lo <= found.value <= found.hi
    assert found.value > 0 or row["unit"] == "0/1"
    assert found.value < 1e8
    if row["unit"] == "cards":
        assert found.value == int(found.value)
    if row["unit"] == "0/1":
        assert found.value in (0, 1)


@pytest.mark.parametrize(
    ("question", "unit", "low", "high"),
    [
        ("从头预训练Llama-2-70B，2万亿token，BF16，2048张A100-80G，共多少卡时？", "card-hours", 1.2e6, 2.4e6),  # published 1.72 M
        ("2张A100-80G部署Llama-2-70B FP16，最少几张？", "cards", 2, 4),
        ("1张RTX3090-24G能放下Llama-2-70B FP16吗，并发1，输入100输出100？", "0/1", 0, 0),
        ("1张RTX4090能放下Llama-2-7B FP16吗，并发1，输入100输出100？", "0/1", 1, 1),
    ],
)
def test_answers_lie_where_published_figures_do(question: str, unit: str, low: float, high: float) -> None:
    source = "Llama 2 paper table 2" if unit == "card-hours" else ""
    assert low <= answer(question, unit, source).value <= high


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("", "hours"),
        ("今天天气怎么样？", "hours"),
        ("微调Llama-2-7B，1亿token，要多久？", "hours"),  # on what?
        ("用8张H100 LoRA微调Llama-2-7B，要多久？", "hours"),  # how much data?
        ("用8张H100 LoRA微调Llama-2-7B，1亿token", "furlongs"),
        ("用8张H100 LoRA微调Llama-2-7B，1亿token", "samples/s"),
        ("用8张H900微调Llama-2-7B，1亿token", "hours"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_reason(question: str, unit: str) -> None:
    with pytest.raises(Refusal) as refusal:
        answer(question, unit)
    assert refusal.value.kind is UNREADABLE
    assert len(refusal.value.cause("zh")) > 10


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("2张L40S部署Qwen3-14B FP8，并发32，输入512输出512，首token延迟多少毫秒？", "ms"),
        ("1张4090推理Qwen3-8B FP16，并发16，输入1000输出200，每个token多少毫秒？", "ms/token"),
        ("8卡H800全参微调Qwen3-32B，5万条数据每条1000 token，3轮，需要多少度电？", "kWh"),
        ("8张H20部署DeepSeek-R1 FP8，并发128，输入1024输出1024，每卡输出速度？", "tokens/s/card"),
        ("用8张H100全参微调Llama-3-8B，1亿token，费用多少？", "CNY"),
        ("用8张H100全参微调Llama-3-8B，1亿token，功率多少？", "W"),
        ("Deploy Qwen3-32B BF16 on four Hygon K100-AI, 64 concurrent, 128 input tokens and 1024 output tokens", "tokens/s"),
    ],
)
def test_other_units_and_languages(question: str, unit: str) -> None:
    found = answer(question, unit)
    assert 0 < found.lo <= found.value <= found.hi


def test_minutes_and_hours_agree_and_more_cards_are_faster() -> None:
    question = "用{}张A100-80G对Llama-2-7B做LoRA微调，共约1亿token，序列2048，要多久？"
    minutes, hours = answer(question.format(8), "minutes").value, answer(question.format(8), "hours").value
    assert minutes == pytest.approx(hours * 60)
    assert answer(question.format(2), "hours").value > hours
