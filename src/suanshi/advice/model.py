"""What a language model is made of: the figures of its architecture that decide memory, arithmetic and traffic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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


def models() -> Mapping[str, ModelFacts]:
    """Every model of `data/models.csv` by its name."""
    raise NotImplementedError


def find(name: str) -> ModelFacts:
    """The model a person means ("Llama-2-70B", "qwen3 8b", "meta-llama/Llama-3-8B"). Refuses unknown names."""
    raise NotImplementedError


def from_parameters(total_b: float, active_b: float | None = None, name: str = "") -> ModelFacts:
    """A typical model of that many billions of parameters; every derived figure is named in `assumed`."""
    raise NotImplementedError


def from_config(config: Mapping[str, object], name: str = "") -> ModelFacts:
    """Facts out of a parsed Hugging Face `config.json`. Refuses one that is no decoder language model, naming why."""
    raise NotImplementedError
