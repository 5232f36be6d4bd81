"""What lies in a card's memory: weights, cache or optimiser, gradients, activations, and what the runtime keeps."""

from __future__ import annotations

from dataclasses import dataclass

from suanshi.advice.generation import Generator
from suanshi.advice.model import ModelFacts
from suanshi.advice.workload import Hpc, Layout, OtherDeepLearning, Training
from suanshi.kit.units import GIB


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes on the fullest card, by part; `capacity` is what one card (or slice) offers a program."""

    weights: float
    kv: float  # key-value cache, zero in training
    optimiser: float
    gradients: float
    activations: float
    reserve: float  # runtime, communication buffers, fragmentation
    capacity: float

    @property
    def total(self) -> float:
        return self.weights + self.kv + self.optimiser + self.gradients + self.activations + self.reserve

    @property
    def reported(self) -> float:
        """What a monitor shows while training: the allocator keeps about a fifth more than it needs, while there is room."""
        return self.total if self.kv else max(self.total, min(1.2 * self.total, 0.96 * self.capacity))

    @property
    def fits(self) -> bool:
        return self.total <= self.capacity


def weight_bytes(model: ModelFacts, bits: float) -> float:
    """Bytes of all weights at `bits`. Formats of 8 and 4 bits leave the token tables in 16, and 4 bits carry scales.

    Fractional bits (llama.cpp's q4_0 at 4.5) are averages over the whole file already.
    """
    if bits >= 16 or bits != int(bits):
        return model.total * bits / 8
    tables = min(model.embedding * (1 if model.total < 6e9 else 2), model.total / 2)
    return (model.total - tables) * (bits + (0.15 if bits < 8 else 0.0)) / 8 + 2 * tables


def of_generation(generator: Generator, batch: float) -> Memory:
    """Memory while `batch` requests of full length are in flight in one replica; the cache is the one they fill."""
    model, engine = generator.model, generator.engine
    tokens = generator.isl + generator.osl
    weights = weight_bytes(model, generator.weight_bits) / generator.group
    # A cache laid over stages or heads never takes less than one request does.
    cache = max(batch, 1.0) * tokens * generator.kv_token
    # Chunked prefill keeps at most 8k tokens of hidden states alive; a 4-bit kernel widens what it multiplies.
    live = min(generator.isl * max(batch, 1.0), 8192.0) * model.hidden * (2 if engine.family in _LEAN else 10)
    if generator.weight_bits < 8 and engine.family == "transformers":
        live += generator.isl * model.hidden * 6 + 0.01 * weights
    return Memory(
        weights=weights,
        kv=cache,
        optimiser=0.0,
        gradients=0.0,
        activations=live if engine.family not in _LEAN or generator.weight_bits < 8 else min(live, 0.01 * GIB),
        reserve=_RESERVE.get(engine.family, 0.04) * generator.card.capacity + 0.03 * GIB,
        capacity=generator.card.capacity,
    )


# Share of the memory that an engine keeps for graphs, buffers and safety; a plain program keeps next to nothing.
_RESERVE = {"transformers": 0.0, "llama.cpp": 0.012, "chitu": 0.13, "vllm": 0.09, "sglang": 0.09, "trtllm": 0.06}
_LEAN = ("transformers", "llama.cpp")


def of_training(work: Training, layout: Layout, capacity: float) -> Memory:
    """Memory of one card of the gang, mixed precision with Adam (or low-rank adapters over frozen weights)."""
    model = work.model
    split = layout.tp * layout.pp
    shard = layout.dp if layout.zero >= 3 else 1
    mine = model.total / split
    weight, gradient, optimiser, trained = _bytes_per_parameter(work, layout)
    states = layout.dp if layout.zero >= 1 else 1
    gradients = mine * trained * gradient / (layout.dp if layout.zero >= 2 else 1)
    extra = 2 * mine if work.precision == "fp8" else 0.0  # 8-bit copies of the weights, both ways round
    gathered = 4 * model.total / max(model.layers, 1) if shard > 1 else 0.0  # two layers unsharded at a time
    return Memory(
        weights=(mine * weight + extra) / shard + gathered,
        kv=0.0,
        optimiser=mine * trained * optimiser / states,
        gradients=gradients,
        activations=activations(work, layout),
        reserve=0.03 * capacity if layout.zero or work.method in ("pretrain", "full_ft") else 0.3 * GIB,
        capacity=capacity,
    )


def _bytes_per_parameter(work: Training, layout: Layout) -> tuple[float, float, float, float]:
    """Bytes of weight, gradient and optimiser state per parameter, and the share of parameters that is trained."""
    if work.method == "qlora":
        return 0.56 + 2 * work.model.embedding * 1.44 / work.model.total, 2.0, 8.0, 0.01
    if work.method == "lora":
        return 2.0, 2.0, 8.0, 0.01
    if work.method == "full_ft_8bit":  # paged 8-bit states live on the host, gradients go as they come
        return 2.0, 0.0, 0.0, 1.0
    if work.method == "full_ft" and layout.zero >= 3:  # everything in 16 bits, as torchtune's FSDP does
        return 2.0, 2.0, 4.0, 1.0
    return 2.0, 4.0, 12.0, 1.0


def activations(work: Training, layout: Layout) -> float:
    """Bytes kept for the backward pass: 34 per token, layer and hidden unit, or the inputs alone when recomputed."""
    model = work.model
    tokens = float((work.micro_batch or 1) * work.seq_len)
    # The first stage of a pipeline holds one micro-batch a stage in flight, so stages cancel out of the product.
    layer = 34.0 * tokens * model.hidden / layout.tp
    if model.moe:
        layer *= 1.6  # tokens are copied to every expert they chose
    stored = layer * model.layers
    if work.act_ckpt:
        stored = 2.0 * tokens * model.hidden * model.layers / layout.tp + layer
    logits = 8.0 * tokens * model.vocab / layout.tp
    return stored + logits


def of_samples(work: OtherDeepLearning, capacity: float) -> Memory:
    """A plain network: its weights, and activations that the batch is chosen to fit."""
    weights = work.parameters * 2
    states = work.parameters * 12 if work.training else 0.0
    return Memory(weights, 0.0, states, weights if work.training else 0.0, 0.1 * capacity, 0.5 * GIB, capacity)


def of_hpc(work: Hpc, cards: int, capacity: float) -> Memory:
    """The solver's working set, divided over the cards."""
    return Memory(0.0, 0.0, 0.0, 0.0, work.memory_bytes / cards, 0.02 * capacity, capacity)
