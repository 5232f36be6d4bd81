"""Reads a Hugging Face `config.json` into model facts, and says what is missing when it cannot."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from suanshi.advice.model import NOT_A_DECODER, ModelFacts
from suanshi.kit.refusal import Refusal, refuse

# One figure has had several names: the first that is present counts.
_NAMES = {
    "layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "hidden": ("hidden_size", "n_embd", "d_model"),
    "heads": ("num_attention_heads", "n_head", "n_heads"),
    "kv_heads": ("num_key_value_heads", "multi_query_group_num", "n_head_kv"),
    "head_dim": ("head_dim", "kv_channels"),
    "ffn": ("intermediate_size", "ffn_hidden_size", "n_inner"),
    "vocab": ("vocab_size", "padded_vocab_size"),
    "experts": ("num_experts", "num_local_experts", "n_routed_experts"),
    "chosen": ("num_experts_per_tok", "moe_top_k"),
    "expert_ffn": ("moe_intermediate_size", "expert_intermediate_size"),
    "shared_experts": ("n_shared_experts",),
    "dense_layers": ("first_k_dense_replace",),
    "kv_rank": ("kv_lora_rank",),
    "q_rank": ("q_lora_rank",),
    "rope_dim": ("qk_rope_head_dim",),
    "nope_dim": ("qk_nope_head_dim",),
    "value_dim": ("v_head_dim",),
    "full_every": ("full_attention_interval",),
}
_ENCODERS = {"bert", "roberta", "deberta", "vit", "clip", "wav2vec2", "resnet", "whisper", "t5", "distilbert", "electra"}


def from_config(config: Mapping[str, object], name: str = "") -> ModelFacts:
    """Facts out of a parsed `config.json`. Refuses one that is no decoder language model, naming why."""
    text = config.get("text_config")
    inner: Mapping[str, object] = text if isinstance(text, Mapping) else config  # a vision model wraps its language half
    kind = str(inner.get("model_type") or config.get("model_type") or "")
    if kind in _ENCODERS or inner.get("is_encoder_decoder") is True:
        raise _unfit(f"model_type {kind or 'encoder-decoder'}")
    figure = {what: _figure(inner, names) for what, names in _NAMES.items()}
    missing = [_NAMES[what][0] for what in ("layers", "hidden", "heads", "vocab") if not figure[what]]
    if missing:
        raise _unfit("missing " + ", ".join(missing))
    return _facts(figure, inner, name or str(config.get("_name_or_path") or kind or "config.json"))


def _unfit(why: str) -> Refusal:
    return refuse(NOT_A_DECODER, "config.json", why=why)


def _figure(config: Mapping[str, object], names: tuple[str, ...]) -> int:
    """The first of `names` that holds a number; 0 when none does. Refuses a figure that is no positive whole number."""
    for name in names:
        value = config.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
            raise _unfit(f"{name} = {value!r}")
        if value != int(value) or value > 10_000_000:
            raise _unfit(f"{name} = {value!r}")
        return int(value)
    return 0


def _facts(figure: Mapping[str, int], config: Mapping[str, object], name: str) -> ModelFacts:
    layers, hidden, heads = figure["layers"], figure["hidden"], figure["heads"]
    head_dim = figure["head_dim"] or hidden // heads
    single = 1 if config.get("multi_query") is True else heads  # what an unstated number of key-value heads means
    kv_heads = figure["kv_heads"] or single
    if kv_heads > heads:
        raise _unfit(f"num_key_value_heads {kv_heads} > num_attention_heads {heads}")
    assumed = tuple(_NAMES[what][0] for what in ("head_dim", "kv_heads", "ffn") if not figure[what])
    ffn = figure["ffn"] or 4 * hidden
    attention, attended, kv_elements = _attention(figure, heads, kv_heads, head_dim)
    kv_layers, pattern = _growing(figure, config, layers)
    total, active = _parameters(figure, config, layers, hidden, ffn, attended)
    return ModelFacts(
        name=name,
        total=total,
        active=active,
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        ffn=figure["expert_ffn"] or ffn,
        vocab=figure["vocab"],
        attention=pattern or attention,
        kv_layers=kv_layers,
        kv_elements=kv_elements,
        moe=figure["experts"] > 1,
        assumed=(*assumed, "total", "active"),
    )


def _attention(figure: Mapping[str, int], heads: int, kv_heads: int, head_dim: int) -> tuple[str, float, int]:
    """The kind of attention, its parameters per layer and the numbers it caches per token and layer."""
    hidden = figure["hidden"]
    if figure["kv_rank"]:  # MLA caches one compressed vector and the rotary key
        rope, nope = figure["rope_dim"] or 64, figure["nope_dim"] or 128
        value, rank = figure["value_dim"] or 128, figure["kv_rank"]
        query = figure["q_rank"] * (hidden + heads * (rope + nope)) if figure["q_rank"] else hidden * heads * (rope + nope)
        return "MLA", query + hidden * (rank + rope) + rank * heads * (nope + value) + heads * value * hidden, rank + rope
    kind = "MHA" if kv_heads == heads else "MQA" if kv_heads == 1 else "GQA"
    return kind, hidden * head_dim * (2.0 * heads + 2.0 * kv_heads), 2 * kv_heads * head_dim


def _growing(figure: Mapping[str, int], config: Mapping[str, object], layers: int) -> tuple[int, str]:
    """How many layers cache the whole context, and the pattern's name when it is not all of them."""
    kinds = config.get("layer_types")
    if isinstance(kinds, list) and kinds:
        full = sum(kind == "full_attention" for kind in kinds)
        if full < len(kinds):
            return max(full, 1), "hybrid" if "linear_attention" in kinds else "GQA+SWA"
    if figure["full_every"] > 1:
        return max(layers // figure["full_every"], 1), "hybrid"
    return layers, ""


def _parameters(
    figure: Mapping[str, int], config: Mapping[str, object], layers: int, hidden: int, ffn: int, attended: float
) -> tuple[float, float]:
    """Total and active parameters: attention, gated feed-forward or experts, and the token tables."""
    matrices = 2 if str(config.get("hidden_act") or config.get("activation_function") or "silu").startswith("gelu_new") else 3
    tables = figure["vocab"] * hidden * (1 if config.get("tie_word_embeddings") is True else 2)
    fixed = layers * attended + tables
    if figure["experts"] <= 1:
        return fixed + layers * matrices * hidden * ffn, fixed + layers * matrices * hidden * ffn
    dense = min(figure["dense_layers"], layers)
    expert = 3.0 * hidden * (figure["expert_ffn"] or ffn)
    fixed += dense * 3.0 * hidden * ffn + (layers - dense) * (figure["shared_experts"] * expert + hidden * figure["experts"])
    chosen = min(figure["chosen"] or 2, figure["experts"])
    return fixed + (layers - dense) * figure["experts"] * expert, fixed + (layers - dense) * chosen * expert
