"""What a language model is made of: the figures of its architecture that decide memory, arithmetic and traffic."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from suanshi.kit.refusal import invalid, kind, refuse

UNKNOWN_MODEL = kind(
    "unknown-model",
    422,
    ("型号库中没有模型“{name}”。", "There is no model {name!r} in the list."),
    (
        "请上传 config.json 或填写参数量；名字相近的有：{near}。",
        "Upload its config.json or give its parameters; names like it: {near}.",
    ),
)
NOT_A_DECODER = kind(
    "not-a-decoder",
    422,
    ("这份 config.json 不是可识别的解码器语言模型：{why}。", "This config.json is no decoder language model we know: {why}."),
    (
        "请改填参数量，或按每样本 GFLOP 提交为其他深度学习任务。",
        "Give the number of parameters, or submit it as other deep learning by GFLOP per sample.",
    ),
)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Parameters in units (not billions). `assumed` names the figures that were derived rather than stated."""

    name: str
    total: float
    active: float
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocab: int
    attention: str  # MHA, GQA, MQA, MLA, GQA+SWA, hybrid
    kv_layers: int  # layers that keep a cache growing with the context
    kv_elements: int  # cached numbers per token and such layer
    moe: bool
    assumed: tuple[str, ...] = ()

    def kv_bytes_per_token(self, bits: float = 16) -> float:
        return self.kv_layers * self.kv_elements * bits / 8

    @property
    def embedding(self) -> float:
        """Parameters of the token table; most models tie it or keep it unquantised."""
        return float(self.vocab * self.hidden)

    @property
    def attention_parameters(self) -> float:
        """Parameters outside feed-forward layers and the token table, by the usual four projections."""
        width = self.heads * self.head_dim
        if self.attention == "MLA":  # low-rank projections: about this much for the published models
            return self.layers * self.hidden * 0.2 * width
        return self.layers * self.hidden * (2.0 * width + 2.0 * self.kv_heads * self.head_dim)

    def touched(self, tokens: float) -> float:
        """Parameters that a step over `tokens` tokens reads: all of a dense model, the chosen experts of a MoE."""
        if not self.moe or self.active >= self.total:
            return self.total
        shared = min(self.attention_parameters + 2 * self.embedding, 0.9 * self.active)
        experts = self.total - shared
        chosen = (self.active - shared) / experts
        return float(shared + experts * (1 - (1 - chosen) ** max(tokens, 1)))


@cache
def models() -> Mapping[str, ModelFacts]:
    """Every model of `data/models.csv` by its name."""
    with (files("suanshi.advice") / "data" / "models.csv").open("r", encoding="utf-8") as file:
        return MappingProxyType({row["model"]: _from_row(row) for row in csv.DictReader(file)})


def _from_row(row: Mapping[str, str]) -> ModelFacts:
    return ModelFacts(
        name=row["model"],
        total=float(row["total_b"]) * 1e9,
        active=float(row["active_b"]) * 1e9,
        layers=int(row["layers"]),
        hidden=int(row["hidden"]),
        heads=int(row["heads"]),
        kv_heads=int(row["kv_heads"]),
        head_dim=int(row["head_dim"]),
        ffn=int(row["ffn"]),
        vocab=int(row["vocab"]),
        attention=row["attn"],
        kv_layers=int(row["kv_layers"]),
        kv_elements=int(row["kv_elems_per_tok_layer"]),
        moe=row["moe"] == "1",
    )


# Releases whose architecture is that of a listed one, figure for figure.
_SAME = {
    "llama318b": "llama3-8b",
    "llama3170b": "llama3-70b",
    "llama3370b": "llama3-70b",
    "deepseekv31": "deepseek-v3",
    "chatglm26b": "glm2-6b",
    "llama30b": "llama-33b",
}
_DECORATION = re.compile(r"(instruct|chat|base|hf|it|preview|meta|awq|gptq|int4|int8|fp8|bf16|fp16)")


def _key(name: str) -> str:
    bare = name.lower().rsplit("/", 1)[-1]
    words = [word for word in re.split(r"[\s_\-:]+", bare) if not _DECORATION.fullmatch(word)]
    return re.sub(r"[^0-9a-z]", "", "".join(words))


@cache
def _keys() -> Mapping[str, ModelFacts]:
    return {_key(name): facts for name, facts in models().items()}


def find(name: str) -> ModelFacts:
    """The model a person means ("Llama-2-70B", "qwen3 8b", "meta-llama/Llama-3-8B-Instruct"). Refuses unknown names."""
    key = _key(name)
    if key in _keys():
        return _keys()[key]
    if key in _SAME:
        return replace(models()[_SAME[key]], name=name)
    near = get_close_matches(key, _keys(), n=3, cutoff=0.5)
    raise refuse(UNKNOWN_MODEL, "model", name=name, near=", ".join(_keys()[k].name for k in near) or "–")


# Depth and width of published dense models by their size in billions: between them we interpolate by the logarithm.
_TYPICAL = ((0.1, 12, 768), (0.5, 24, 1024), (1.5, 28, 1536), (3, 32, 2560), (8, 32, 4096), (14, 40, 5120), (34, 60, 6656))
_LARGE = ((72, 80, 8192), (180, 96, 12288), (405, 126, 16384), (1000, 128, 25600))


def from_parameters(total_b: float, active_b: float | None = None, name: str = "") -> ModelFacts:
    """A typical model of that many billions of parameters; every derived figure is named in `assumed`."""
    if not 0.001 <= total_b <= 100_000:
        raise invalid("total_b", "参数量须在 0.001 到 100000 B 之间", "parameters must lie between 0.001 and 100000 B")
    if active_b is not None and not 0 < active_b <= total_b:
        raise invalid("active_b", "激活参数须大于 0 且不超过总参数", "active parameters must be above 0 and at most the total")
    active = active_b or total_b
    moe = active < total_b
    size = (total_b * active) ** 0.5 if moe else total_b  # a mixture is wider than its active and shallower than its total
    _, layers, hidden = min(_TYPICAL + _LARGE, key=lambda row: abs(row[0] / size - size / row[0]))
    heads, kv_heads = max(hidden // 128, 1), max(min(8, hidden // 128), 1)
    return ModelFacts(
        name=name or f"{total_b:g}B" + (f"-A{active:g}B" if moe else ""),
        total=total_b * 1e9,
        active=active * 1e9,
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=kv_heads,
        head_dim=128,
        ffn=int(hidden * (0.5 if moe else 3.5)),
        vocab=128_000,
        attention="GQA",
        kv_layers=layers,
        kv_elements=2 * kv_heads * 128,
        moe=moe,
        assumed=("layers", "hidden", "heads", "kv_heads", "head_dim", "ffn", "vocab", "attention"),
    )
