"""A row of a question file becomes a workload, a resource and the metric asked for; what cannot be read is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

from suanshi.advice import layout as layouts
from suanshi.advice.model import UNKNOWN_MODEL, ModelFacts, find, from_parameters
from suanshi.advice.workload import Method, OtherDeepLearning, Resource, Serving, Training, Workload
from suanshi.catalog.accelerator import Accelerator, accelerators
from suanshi.kit.refusal import Refusal, Text, invalid

# GFLOP of one sample where a table leaves it out (counted from the published networks).
COSTS = {"resnet50": 8.2, "retinanet": 300.0, "bert-large": 257.0, "sdxl": 240_000.0}
_METHODS: dict[str, Method] = {name: name for name in get_args(Method)}
_FRAMEWORKS = (("flagperf", "FlagPerf"), ("published", "Megatron"), ("mindspeed", "MindSpeed"), ("llm-foundry", "FSDP"))


@dataclass(frozen=True, slots=True)
class Question:
    """`doubts` lists what the row left open or got wrong and how it was read; each widens the answer's interval."""

    id: str
    workload: Workload | None
    resource: Resource
    metric: str
    unit: str
    doubts: tuple[Text, ...] = ()


def read(row: Mapping[str, str], cards: Mapping[str, Accelerator] | None = None) -> Question:
    """The question in `row`. Refuses a row whose card is unknown or whose figures contradict each other."""
    card = _card(row.get("accelerator", ""), cards or accelerators())
    count = _number(row, "n_acc") or 1
    if count < 1 or count != int(count):
        raise invalid("n_acc", "卡数须为正整数", "the number of cards must be a positive whole number")
    resource = _resource(row, card, int(count))
    metric, doubts = (
        row.get("metric", ""),
        [] if row.get("n_acc") else [Text("未写卡数，按 1 张计", "cards not given: one assumed")],
    )
    workload: Workload | None = None
    if row.get("kind") == "micro":
        pass
    elif row.get("model") and _is_language(row):
        workload, more = _language(row)
        doubts += more
    elif row.get("model"):
        workload, more = _other(row)
        doubts += more
    return Question(row["id"], workload, resource, metric, row.get("unit", ""), tuple(doubts))


def _number(row: Mapping[str, str], column: str) -> float | None:
    text = (row.get(column) or "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise invalid(column, f"“{text}”不是数字", f"{text!r} is no number") from None
    if not 0 <= value < 1e30:
        raise invalid(column, f"{text} 超出范围", f"{text} is out of range")
    return value


def _card(name: str, cards: Mapping[str, Accelerator]) -> Accelerator:
    if name in cards:
        return cards[name]
    raise invalid("accelerator", f"型号库中没有“{name}”", f"no accelerator {name!r} in the catalogue")


def _resource(row: Mapping[str, str], card: Accelerator, cards: int) -> Resource:
    """Cards in the row's layout; a scenario that names a MIG slice rents that share of one card."""
    resource = Resource(card, cards, layout=layouts.parse(row.get("parallel") or "", cards))
    if "MIG" in (row.get("scenario") or ""):
        return replace(resource, share=1 / 7, memory_gib=10.0)
    return resource


def _is_language(row: Mapping[str, str]) -> bool:
    return row.get("kind") not in ("infer_nonllm", "slice") and row["model"].removesuffix("-fp16") not in COSTS


def _facts(name: str) -> tuple[ModelFacts, list[Text]]:
    """The model; an unlisted one that carries its size in its name is taken as typical of that size."""
    try:
        return find(name), []
    except Refusal as fault:
        size = _size(name)
        if fault.kind is not UNKNOWN_MODEL or size is None:
            raise
    return from_parameters(size, name=name), [
        Text(f"未收录 {name}，按 {size:g}B 的常见结构估算", f"{name} is not listed: a typical {size:g}B model assumed")
    ]


def _size(name: str) -> float | None:
    for word in name.lower().replace("_", "-").split("-"):
        if word.endswith("b") and word[:-1].replace(".", "", 1).isdigit():
            return float(word[:-1])
    return None


def protocol(source: str) -> str:
    """The way a table measures: its source without the edition."""
    for name in ("mlperf-train", "mlperf-inf", "mlenergy", "aic-silicon", "trtllm", "chitu", "llamacpp", "qwen3", "flagperf"):
        if source.startswith(name):
            return name
    return "mlperf-inf" if source == "mlperf-power" else source


def _language(row: Mapping[str, str]) -> tuple[Workload, list[Text]]:
    model, doubts = _facts(row["model"])
    if row.get("kind") == "train" or row.get("method") in _METHODS:
        return _training(row, model), doubts
    bits = _number(row, "weight_bits")
    if bits is None:
        bits, doubts = 16, [*doubts, Text("未写权重位数，按 16 位计", "weight bits not given: 16 assumed")]
    isl, osl = _number(row, "isl"), _number(row, "osl")
    if isl is None or osl is None:
        doubts = [*doubts, Text("未写输入输出长度，按 1024/256 计", "lengths not given: 1024 in, 256 out assumed")]
    return Serving(
        model=model,
        isl=int(isl if isl is not None else 1024),
        osl=int(osl if osl is not None else 256),
        concurrency=_concurrency(row),
        tpot_ms=_number(row, "slo_tpot_ms"),
        weight_bits=bits,
        kv_bits=_number(row, "kv_bits"),
        precision=row.get("precision") or "",
        engine=row.get("engine") or "",
        scenario=row.get("scenario") or "",
        protocol=protocol(row.get("source") or ""),
    ), doubts


def _concurrency(row: Mapping[str, str]) -> float | None:
    batch = _number(row, "batch")
    return 1.0 if not batch and row.get("scenario") == "single stream" else batch or None


def _training(row: Mapping[str, str], model: ModelFacts) -> Training:
    source = row.get("source") or ""
    engine = next((framework for start, framework in _FRAMEWORKS if source.startswith(start)), row.get("parallel") or "")
    micro, whole, recompute = (_number(row, column) for column in ("micro_batch", "global_batch", "act_ckpt"))
    return Training(
        model=model,
        method=_METHODS.get(row.get("method") or "", "pretrain"),
        tokens=_number(row, "tokens_total"),
        seq_len=int(_number(row, "seq_len") or _number(row, "isl") or 4096),
        micro_batch=int(micro) if micro else None,
        global_batch=int(whole) if whole else None,
        act_ckpt=None if recompute is None else bool(recompute),
        precision=row.get("precision") or "bf16",
        engine=row.get("engine") or engine,
        protocol=protocol(source),
    )


def _other(row: Mapping[str, str]) -> tuple[Workload, list[Text]]:
    name = row["model"]
    cost = _number(row, "work_per_sample_gflop") or COSTS.get(name.removesuffix("-fp16"))
    doubts = [] if cost else [Text("未写每样本 GFLOP，按 100 计", "GFLOP per sample not given: 100 assumed")]
    return OtherDeepLearning(
        name=name,
        gflop=cost or 100.0,
        precision=row.get("precision") or "fp16",
        engine=row.get("engine") or "",
        scenario=row.get("scenario") or "offline",
        protocol=protocol(row.get("source") or ""),
    ), doubts
