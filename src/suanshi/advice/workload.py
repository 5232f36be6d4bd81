"""What a buyer wants computed, and what it could run on: the two sides of every estimate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from suanshi.advice.model import ModelFacts
from suanshi.catalog.accelerator import Accelerator

Method = Literal["pretrain", "full_ft", "full_ft_8bit", "lora", "qlora"]


@dataclass(frozen=True, slots=True)
class Training:
    """Train `model` on `tokens` tokens (None: only the speed is asked). Batches are in sequences; None is chosen."""

    model: ModelFacts
    method: Method = "pretrain"
    tokens: float | None = None
    seq_len: int = 4096
    micro_batch: int | None = None
    global_batch: int | None = None
    act_ckpt: bool | None = None
    precision: str = "bf16"
    engine: str = ""  # with its version: "megatron 0.9"; empty is a typical engine for the card
    protocol: str = ""  # how the figure is measured (a published table); empty for a buyer's own run


@dataclass(frozen=True, slots=True)
class Serving:
    """Answer requests online: `concurrency` at once, or `requests_per_day` with a peak `peak_factor` times the mean."""

    model: ModelFacts
    isl: int = 1024
    osl: int = 256
    concurrency: float | None = None
    requests_per_day: float | None = None
    peak_factor: float = 3.0
    ttft_ms: float | None = None
    tpot_ms: float | None = None
    weight_bits: float = 16
    kv_bits: float | None = None
    precision: str = ""  # arithmetic; empty follows weight_bits
    engine: str = ""
    scenario: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Generate offline: `requests` prompts of `isl` tokens, each answered with `osl`; nobody waits for one of them."""

    model: ModelFacts
    requests: float
    isl: int = 1024
    osl: int = 256
    concurrency: float | None = None
    weight_bits: float = 16
    kv_bits: float | None = None
    precision: str = ""
    engine: str = ""
    scenario: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Turn `texts` of `tokens_each` into vectors: prompts alone, no output tokens."""

    model: ModelFacts
    texts: float
    tokens_each: int = 512
    weight_bits: float = 16
    precision: str = ""
    engine: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class OtherDeepLearning:
    """Any other network, by its arithmetic: `gflop` per sample (forward), `samples` of them; training costs three."""

    name: str
    gflop: float
    samples: float | None = None
    precision: str = "fp16"
    training: bool = False
    parameters: float = 0.0
    engine: str = ""
    scenario: str = "offline"
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class Hpc:
    """Scientific computing: `flop` operations and `bytes` moved through memory, over `ranks` MPI ranks."""

    flop: float
    bytes: float = 0.0
    precision: str = "fp64"
    ranks: int = 1
    memory_bytes: float = 0.0  # working set over all ranks
    exchanged_bytes: float = 0.0  # per rank, between ranks


Workload = Training | Serving | Batch | Embeddings | OtherDeepLearning | Hpc


@dataclass(frozen=True, slots=True)
class Layout:
    """How a model is spread over cards: tensor, pipeline, data and expert parallel degrees."""

    tp: int = 1
    pp: int = 1
    dp: int = 1
    ep: int = 1
    zero: int = 1  # ZeRO / FSDP stage of the data-parallel group: 0 replicates the optimiser, 3 shards everything


@dataclass(frozen=True, slots=True)
class Resource:
    """`cards` cards of one model, or a `share` (0..1] of one. `layout` None lets the estimate choose.

    `memory_gib` overrides what a slice holds (MIG 1g.10gb: share 1/7, 10 GiB); `fabric_gb_s` is one card's
    share of the link between nodes, None for a typical one; `per_node` is how many cards share a node's own link.
    """

    card: Accelerator
    cards: int = 1
    share: float = 1.0
    memory_gib: float | None = None
    layout: Layout | None = None
    fabric_gb_s: float | None = None
    per_node: int = 8
