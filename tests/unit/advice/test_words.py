"""Plain words become the form of a purchase; whatever was not said is listed as assumed or asked for."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.advice.model import models
from suanshi.advice.words import parse
from suanshi.advice.words.deadline import CHINA
from suanshi.advice.words.names import cards, language_models
from suanshi.advice.words.numerals import NUMBER, normalise, value
from suanshi.advice.workload import Batch, Embeddings, Hpc, OtherDeepLearning, Serving, Training
from suanshi.catalog.accelerator import accelerators

WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=CHINA)
FRIDAY = datetime(2026, 11, 27, 18, tzinfo=CHINA)


def zh(texts) -> str:
    return " ".join(text.zh for text in texts)


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=150)
def test_no_text_whatever_raises(text: str) -> None:
    form = parse(text, WEDNESDAY)
    assert form.ready == (form.workload is not None and not any(q.blocking for q in form.questions))
    assert form.workload is not None or any(q.blocking for q in form.questions)


PIECES = re.split(
    "/",
    "我有一个/7B/模型/和/两万/条/数据/周五/前/要/预算/500/元/0/-1/¥/,/，/./卡/张/H100/A100/910B/fp8/lora/训练/部署/每天/token/k/m/亿/万/"
    "{1,2}/半/昨天/12月40日/in/3/days/by/Friday/$/99999999999999999999/万亿",
)


@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from(["", " "]))
@settings(deadline=None, max_examples=150)
def test_shuffled_sense_never_raises_and_both_languages_are_given(words: list[str], gap: str) -> None:
    form = parse(gap.join(words), WEDNESDAY)
    for text in (*form.assumptions, *(q.text for q in form.questions)):
        assert text.zh
        assert text.en


@given(st.integers(1, 9_999_999))
@settings(deadline=None, max_examples=80)
def test_a_number_is_itself_in_every_spelling(number: int) -> None:
    for spelling in (str(number), f"{number:,}", f"{number}.0", f"{number / 1e4}万", f"{number}千"):
        expected = number * 1000 if spelling.endswith("千") else number
        assert value(normalise(spelling)) == pytest.approx(expected)


@given(st.integers(1, 9999))
@settings(deadline=None, max_examples=80)
def test_chinese_numerals_are_read(number: int) -> None:
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千"]
    spelled = "".join(
        digits[int(d)] + (units[len(str(number)) - 1 - i] if d != "0" else "") for i, d in enumerate(str(number))
    ).rstrip("零")
    while "零零" in spelled:
        spelled = spelled.replace("零零", "零")
    assert value(spelled) == number
    assert value(spelled + "万") == number * 10_000


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("两万", 2e4),
        ("15万亿", 15e12),
        ("十五万亿", 15e12),
        ("一亿五千万", 1.5e8),
        ("12.9万", 129_000),
        ("7b", 7e9),
        ("eight", 8),
    ],
)
def test_numbers_with_their_scale(text: str, number: float) -> None:
    assert re.fullmatch(NUMBER, text)
    assert value(text) == number


def test_every_card_and_model_is_found_by_its_own_name() -> None:
    for id_ in accelerators():
        assert [m.id for m in cards(id_, accelerators())] == [id_]
    for name in models():
        assert [m.id for m in language_models(name, models())] == [name]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("天垓100", "bi-v100"), ("昇腾 910C", "ascend-910c"), ("海光K100-AI", "hygon-k100-ai"), ("H20 141GB", "h20-141g"),
        ("8张4090", "rtx4090"), ("RTX4090-24G", "rtx4090"), ("A100 PCIe 80GB", "a100-pcie-80g"), ("two H100s", "h100-sxm-80g"),
        ("鲲鹏920", "kunpeng-920"), ("H200 NVL(PCIe)", "h200-nvl-141g"), ("摩尔线程S4000", "mtt-s4000"),
    ],
)  # fmt: skip
def test_cards_by_the_names_people_use(text: str, id_: str) -> None:
    assert [m.id for m in cards(normalise(text), accelerators())] == [id_]


def test_a_count_of_records_is_no_card() -> None:
    assert cards("4090条数据", accelerators()) == []


@pytest.mark.parametrize(
    "text",
    [
        "我有一个7B模型和两万条数据，周五前要，预算500元",
        "I have a 7B model and 20,000 samples, need it by Friday, budget 500 yuan",
        "I want to fine-tune a 7B model on 20,000 samples by Friday for under ¥500",
    ],
)
def test_the_sentence_of_the_newcomer(text: str) -> None:
    form = parse(text, WEDNESDAY)
    assert isinstance(form.workload, Training)
    assert form.workload.method == "lora"
    assert form.workload.model.total == pytest.approx(7e9, rel=0.1)
    assert form.workload.tokens == 20_000 * 512 * 3
    assert (form.wishes.budget_micro, form.wishes.deadline) == (500_000_000, FRIDAY)
    assert form.ready
    for assumed in ("LoRA", "512 token", "3 轮", "2026-11-27"):
        assert assumed in zh(form.assumptions)


def test_a_service_with_its_traffic_limits_and_place() -> None:
    form = parse(
        "在安徽部署Qwen3-32B做客服，每天10万次请求，输入1500输出300，首字延迟500毫秒以内，每月预算3万元，只要国产卡", WEDNESDAY
    )
    work = form.workload
    assert isinstance(work, Serving)
    assert (work.model.name, work.isl, work.osl, work.requests_per_day, work.ttft_ms) == ("qwen3-32b", 1500, 300, 1e5, 500)
    assert (form.wishes.budget_micro, form.wishes.budget_per) == (30_000_000_000, "month")
    assert form.wishes.domestic_only
    assert form.wishes.regions == ("安徽",)


def test_other_kinds_of_work() -> None:
    vision = parse("train a classifier on 20,000 images", WEDNESDAY).workload
    assert isinstance(vision, OtherDeepLearning)
    assert (vision.training, vision.samples) == (True, 20_000 * 30)
    batch = parse("批量处理100万篇文档，每篇800 token，用qwen3-8b", WEDNESDAY).workload
    assert isinstance(batch, Batch)
    assert (batch.requests, batch.isl) == (1e6, 800)
    texts = parse("把50万条文本用qwen3-0.6b做向量化", WEDNESDAY).workload
    assert isinstance(texts, Embeddings)
    assert texts.texts == 5e5
    assert isinstance(parse("用GROMACS做分子动力学，10万核时", WEDNESDAY).workload, Hpc)


@pytest.mark.parametrize(
    ("text", "field", "problem"),
    [
        ("", "task", "missing"),
        ("微调模型，1万条数据", "model", "missing"),
        ("LoRA 微调7B模型", "tokens", "missing"),
        ("预算0元，微调7B模型，1万条", "budget", "impossible"),
        ("微调7B模型，1万条，昨天要", "deadline", "impossible"),
        ("微调7B模型，1万条，2020-01-01前要", "deadline", "impossible"),
        ("预算500元，微调7B模型，1万条，预算800元", "budget", "contradiction"),
        ("用Qwen3-8B和Llama-3-8B微调，1万条", "model", "contradiction"),
        ("只要国产卡，用H100微调7B模型，1万条", "accelerators", "contradiction"),
        ("从头预训练7B模型，再做LoRA，10亿token", "method", "contradiction"),
        ("fine-tune a 7B model on 10k samples, $200", "budget", "vague"),
        ("用4张H900微调7B模型，1万条", "accelerators", "unknown"),
        ("用OpenFOAM做CFD仿真", "core_hours", "missing"),
    ],
)
def test_what_is_missing_or_wrong_is_asked(text: str, field: str, problem: str) -> None:
    assert (field, problem) in {(q.field, q.problem) for q in parse(text, WEDNESDAY).questions}


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("周五前", FRIDAY),
        ("下周一", datetime(2026, 11, 30, 18, tzinfo=CHINA)),
        ("by next Monday", datetime(2026, 11, 30, 18, tzinfo=CHINA)),
        ("周二前", datetime(2026, 12, 1, 18, tzinfo=CHINA)),
        ("三天内", WEDNESDAY + timedelta(days=3)),
        ("within 48 hours", WEDNESDAY + timedelta(hours=48)),
        ("明天", datetime(2026, 11, 26, 18, tzinfo=CHINA)),
        ("月底", datetime(2026, 11, 30, 18, tzinfo=CHINA)),
        ("12月5日前", datetime(2026, 12, 5, 18, tzinfo=CHINA)),
        ("Dec 5th", datetime(2026, 12, 5, 18, tzinfo=CHINA)),
        ("1月10号", datetime(2027, 1, 10, 18, tzinfo=CHINA)),
    ],
)
def test_deadlines(text: str, when: datetime) -> None:
    assert parse(f"微调7B模型，1万条，{text}", WEDNESDAY).wishes.deadline == when


def test_a_day_without_an_hour_and_a_moment_without_a_zone_are_taken() -> None:
    text = "微调7B模型，1万条，周五前"
    assert parse(text, date(2026, 11, 25)).wishes.deadline == FRIDAY
    assert parse(text, datetime(2026, 11, 25, 1)).wishes.deadline == FRIDAY  # noqa: DTZ001
    assert parse(text, datetime(2026, 11, 25, 1, tzinfo=UTC)).wishes.deadline == FRIDAY


def test_hardware_named_in_words() -> None:
    form = parse("只租A100的1/7切片(MIG 1g.10gb)离线跑BERT-large FP16，每秒多少条？", WEDNESDAY)
    assert form.named is not None
    assert (form.named.accelerator, form.named.share, form.named.memory_gib) == ("a100-sxm-80g", pytest.approx(1 / 7), 10)
    layout = parse("在8张A100-80G上预训练Llama-3-8B，纯数据并行(DP8,TP1,PP1,不分片优化器)", WEDNESDAY).named
    assert layout is not None
    assert layout.layout is not None
    assert (layout.cards, layout.layout.dp, layout.layout.zero) == (8, 8, 0)


def test_a_stand_in_for_a_model_is_reported() -> None:
    form = parse("部署deepseek，并发64", WEDNESDAY)
    assert isinstance(form.workload, Serving)
    assert form.workload.model.name == "deepseek-v3"
    assert "deepseek-v3" in zh(form.assumptions)
    distilled = parse("部署DeepSeek-R1-Distill-Qwen-7B，并发64", WEDNESDAY).workload
    assert isinstance(distilled, Serving)
    assert distilled.model.total < 1e10
