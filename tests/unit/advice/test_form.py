"""A workload survives its form, and a form with something wrong in it is refused by the field at fault."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from suanshi.advice.form import KINDS, from_form, to_form
from suanshi.advice.words import parse
from suanshi.advice.workload import Serving
from suanshi.kit.refusal import Refusal

NOW = datetime(2026, 11, 25, tzinfo=UTC)
SENTENCES = [
    "我有一个7B模型和两万条数据，周五前要",
    "部署Qwen3-32B，每天10万次请求，输入1500输出300",
    "部署30B-A3B模型，并发8",
    "批量处理100万篇文档，每篇800 token，用qwen3-8b",
    "把50万条文本用qwen3-0.6b做向量化",
    "train a classifier on 20,000 images",
    "用GROMACS做分子动力学，10万核时",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_workload_survives_its_form(sentence: str) -> None:
    work = parse(sentence, NOW).workload
    assert work is not None
    form = to_form(work)
    again = from_form(json.loads(json.dumps(form)))
    assert to_form(again) == form
    assert type(again) is KINDS[form["kind"]]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "kind"),
        ({"kind": "cooking"}, "kind"),
        ({"kind": "training"}, "model"),
        ({"kind": "training", "model": "qwen3-8b", "method": "magic"}, "method"),
        ({"kind": "training", "model": "qwen3-8b", "tokens": -5}, "tokens"),
        ({"kind": "training", "model": "qwen3-8b", "tokens": "many"}, "tokens"),
        ({"kind": "training", "model": "qwen3-8b", "colour": "red"}, "colour"),
        ({"kind": "serving", "model": "qwen3-8b", "isl": 0}, "isl"),
        ({"kind": "batch", "model": "qwen3-8b"}, "requests"),
        ({"kind": "hpc", "flop": float("nan")}, "flop"),
        ({"kind": "serving", "total_b": 7, "active_b": 9}, "active_b"),
    ],
)
def test_what_is_wrong_is_named(form: dict, field: str) -> None:
    with pytest.raises(Refusal) as refusal:
        from_form(form)
    assert refusal.value.where == field


def test_an_uploaded_config_describes_the_model() -> None:
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336,
        "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "vocab_size": 128256,
    }  # fmt: skip
    work = from_form({"kind": "serving", "model": "mine", "config": config})
    assert isinstance(work, Serving)
    assert work.model.total == pytest.approx(8.03e9, rel=0.05)
    with pytest.raises(Refusal):
        from_form({"kind": "serving", "model": "mine", "config": {"model_type": "vit"}})
