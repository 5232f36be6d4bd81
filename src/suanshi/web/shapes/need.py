"""What a buyer wants computed, as a form: the work with its figures, and the wishes besides."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from suanshi.advice.config import from_config
from suanshi.advice.model import ModelFacts, find, from_parameters
from suanshi.advice.wishes import Wishes
from suanshi.advice.workload import Batch, Embeddings, Hpc, OtherDeepLearning, Serving, Training, Workload
from suanshi.flows import advise
from suanshi.web.shapes.fields import Amount, Ask, Cards, Line, OfferId, Region, ShareMilli, Slug, Text, micro

Count = Annotated[float, Field(gt=0, le=1e18, allow_inf_nan=False)]
Tokens = Annotated[int, Field(ge=1, le=10_000_000)]
Bits = Annotated[float, Field(ge=1, le=64)]
Milliseconds = Annotated[float, Field(gt=0, le=1e9)]


class ModelAsk(Ask):
    """A language model: by name, by its size in billions of parameters, or by its config.json. Exactly one of the three."""

    name: Line | None = None
    parameters_b: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] | None = None
    active_b: Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)] | None = None
    config: Annotated[dict[str, Any], Field(max_length=500)] | None = None

    @model_validator(mode="after")
    def _one(self) -> ModelAsk:
        if sum(given is not None for given in (self.name, self.parameters_b, self.config)) != 1:
            raise ValueError("give exactly one of name, parameters_b and config")
        return self

    def facts(self) -> ModelFacts:
        if self.config is not None:
            return from_config(self.config)
        if self.parameters_b is not None:
            return from_parameters(self.parameters_b, self.active_b)
        return find(self.name or "")


class TrainingAsk(Ask):
    task: Literal["training"]
    model: ModelAsk
    method: Literal["pretrain", "full_ft", "full_ft_8bit", "lora", "qlora"] = "lora"
    tokens: Count = Field(description="Tokens seen in all: samples x tokens each x epochs.")
    seq_len: Tokens = 4096
    precision: Slug = "bf16"

    def workload(self) -> Workload:
        return Training(self.model.facts(), self.method, self.tokens, self.seq_len, precision=self.precision)


class ServingAsk(Ask):
    task: Literal["serving"]
    model: ModelAsk
    requests_per_day: Count
    input_tokens: Tokens = 1024
    output_tokens: Tokens = 256
    peak_factor: Annotated[float, Field(ge=1, le=100)] = 3.0
    ttft_ms: Milliseconds | None = None
    tpot_ms: Milliseconds | None = None
    weight_bits: Bits = 16

    def workload(self) -> Workload:
        return Serving(
            self.model.facts(),
            self.input_tokens,
            self.output_tokens,
            requests_per_day=self.requests_per_day,
            peak_factor=self.peak_factor,
            ttft_ms=self.ttft_ms,
            tpot_ms=self.tpot_ms,
            weight_bits=self.weight_bits,
        )


class BatchAsk(Ask):
    task: Literal["batch"]
    model: ModelAsk
    requests: Count
    input_tokens: Tokens = 1024
    output_tokens: Tokens = 256
    weight_bits: Bits = 16

    def workload(self) -> Workload:
        size = (self.requests, self.input_tokens, self.output_tokens)
        return Batch(self.model.facts(), *size, weight_bits=self.weight_bits)


class EmbeddingsAsk(Ask):
    task: Literal["embeddings"]
    model: ModelAsk
    texts: Count
    tokens_each: Tokens = 512

    def workload(self) -> Workload:
        return Embeddings(self.model.facts(), self.texts, self.tokens_each)


class NetworkAsk(Ask):
    task: Literal["network"]
    name: Line = "network"
    gflop_per_sample: Count = Field(description="Forward, per sample.")
    samples: Count = Field(description="Samples in all, epochs included.")
    training: bool = True
    parameters: Annotated[float, Field(ge=0, le=1e15)] = 0.0
    precision: Slug = "fp16"

    def workload(self) -> Workload:
        return OtherDeepLearning(self.name, self.gflop_per_sample, self.samples, self.precision, self.training, self.parameters)


class HpcAsk(Ask):
    task: Literal["hpc"]
    flop: Count
    bytes: Annotated[float, Field(ge=0, le=1e24)] = 0.0
    precision: Slug = "fp64"
    ranks: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    memory_bytes: Annotated[float, Field(ge=0, le=1e18)] = 0.0

    def workload(self) -> Workload:
        return Hpc(self.flop, self.bytes, self.precision, self.ranks, self.memory_bytes)


WorkloadAsk = Annotated[TrainingAsk | ServingAsk | BatchAsk | EmbeddingsAsk | NetworkAsk | HpcAsk, Field(discriminator="task")]


class WishesAsk(Ask):
    budget: Amount | None = None
    deadline: Annotated[AwareDatetime, Field(strict=False)] | None = None
    cards: Cards | None = None
    accelerators: Annotated[list[Slug], Field(max_length=50)] = Field(default_factory=list)
    domestic_only: bool = False
    regions: Annotated[list[Region], Field(max_length=20)] = Field(default_factory=list)
    prefer: Literal["balanced", "cheapest", "fastest", "greenest"] = "balanced"
    interruptible: bool = True
    hours: Annotated[float, Field(gt=0, le=87_600)] | None = None

    def wishes(self) -> Wishes:
        return Wishes(
            budget_micro=None if self.budget is None else micro(self.budget),
            deadline=self.deadline,
            cards=self.cards,
            accelerators=tuple(self.accelerators),
            domestic_only=self.domestic_only,
            regions=tuple(self.regions),
            prefer=self.prefer,
            interruptible=self.interruptible,
            hours=self.hours,
        )


class AdviceAsk(Ask):
    """Plain words, or a filled form."""

    text: Annotated[Text, Field(min_length=1, max_length=2000)] | None = None
    workload: WorkloadAsk | None = None
    wishes: WishesAsk = Field(default_factory=WishesAsk)

    @model_validator(mode="after")
    def _one_of_both(self) -> AdviceAsk:
        if (self.text is None) == (self.workload is None):
            raise ValueError("send either text or workload")
        return self

    def said(self) -> advise.Said:
        """The work and the wishes, however they were said. Raises a refusal that names what the catalogue lacks."""
        if self.text is not None:
            return advise.heard(self.text)
        assert self.workload is not None
        return advise.Said(self.workload.workload(), self.wishes.wishes())


class ProbeAsk(Ask):
    """Measure the speed behind a plan by a short paid run on the very cards it names."""

    advice: AdviceAsk
    offer_id: OfferId
    cards: Cards = 1
    share_milli: ShareMilli = 1000
