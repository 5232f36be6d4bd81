"""The physics of generating text: how long one step takes when weights, cache, arithmetic and links set the pace."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from suanshi.advice.card import Rates
from suanshi.advice.engine import Engine
from suanshi.advice.model import ModelFacts
from suanshi.advice.workload import Layout

_ARITHMETIC = 0.6  # share of peak that large matrix products reach
_CHUNK = 2048.0  # tokens of prompts that an engine reads in one pass at least, when there are so many
_MOST = 1024.0  # sequences an engine keeps in flight in one replica unless told otherwise


@dataclass(frozen=True, slots=True)
class Parts:
    """Seconds of one step by cause. Memory and arithmetic overlap; links and launches don't."""

    memory: float
    arithmetic: float
    links: float
    launch: float

    @property
    def total(self) -> float:
        return max(self.memory, self.arithmetic) + self.links + self.launch


@dataclass(frozen=True)
class Generator:
    """One model spread over `layout.dp` equal replicas of cards, serving prompts of `isl` and answers of `osl` tokens."""

    model: ModelFacts
    card: Rates
    engine: Engine
    layout: Layout
    cards: int
    per_node: int
    weight_bits: float
    kv_bits: float
    isl: float
    osl: float

    @cached_property
    def group(self) -> int:
        """Cards of one replica."""
        return max(self.cards // self.layout.dp, 1)

    @cached_property
    def kv_spread(self) -> float:
        """Over how many cards of a replica the cache is divided: by heads under TP, by requests without it."""
        across = self.group // self.layout.pp
        if self.layout.tp <= 1 or across <= 1:
            return float(self.layout.pp * across)
        heads = 1 if self.model.attention == "MLA" else self.model.kv_heads
        return float(self.layout.pp * max(min(self.layout.tp, heads), across // self.layout.tp))

    @cached_property
    def kv_token(self) -> float:
        """Bytes one cached token takes on the fullest card."""
        return self.model.kv_bytes_per_token(self.kv_bits) / self.kv_spread

    @cached_property
    def weights(self) -> float:
        """Bytes of weights on one card."""
        return self.model.total * self.weight_bits / 8 / self.group

    @cached_property
    def launch(self) -> float:
        """Seconds to launch the kernels of one pass; experts need routing and more of them."""
        return self.model.layers * self.engine.overhead * (2 if self.model.moe else 1)

    @cached_property
    def room(self) -> float:
        """Requests of full length whose cache fits beside the weights of one replica, at least one half."""
        free = 0.92 * self.card.capacity - self.weights
        return max(free / (self.kv_token * (self.isl + self.osl)), 0.5)

    @cached_property
    def most(self) -> float:
        """Requests a replica keeps in flight when there is no end of them."""
        average = self.room * (self.isl + self.osl) / (self.isl + self.osl / 2)
        return max(min(average, _MOST * self.layout.pp), 1.0)

    def links(self, tokens: float) -> float:
        """Seconds of collectives for `tokens` tokens passing through every layer."""
        tp, pp, ep = self.layout.tp, self.layout.pp, self.layout.ep
        size = tokens * self.model.hidden * 2
        time = 0.0
        if tp > 1:
            time += 2 * self.model.layers * (2 * size * (tp - 1) / tp / self._link(tp) + self.card.latency)
        if ep > 1 and self.model.moe:
            sent = size * min(self.model.active / self.model.total * ep, 4.0) / ep
            time += 2 * self.model.layers * (sent / self._link(ep) + self.card.latency)
        return time + (pp - 1) * (size / self._link(self.group) + self.card.latency)

    def _link(self, span: int) -> float:
        return self.card.link if span <= self.per_node else min(self.card.fabric, self.card.link)

    def step(self, batch: float, context: float | None = None) -> Parts:
        """One token more for each of `batch` requests of a replica, at the mean context of the workload."""
        model, pp = self.model, self.layout.pp
        context = self.isl + self.osl / 2 if context is None else context
        inflight = max(batch / pp, 1.0)  # each stage works on its share of the requests, and they take turns
        read = model.touched(inflight) * self.weight_bits / 8 / self.group * pp
        cached = max(batch, 1.0) * context * self.kv_token
        work = 2 * model.active + 4 * model.kv_layers * model.heads * model.head_dim * context
        return Parts(
            memory=(read + cached) / (self.card.bandwidth * self.engine.reuse),
            arithmetic=work * inflight * pp / (self.group * self.card.flops * _ARITHMETIC),
            links=self.links(inflight) * pp if pp > 1 else self.links(inflight),
            launch=self.launch + batch * self.engine.host,
        )

    def prefill(self, prompts: float = 1.0) -> Parts:
        """Reading `prompts` prompts of `isl` tokens on one replica."""
        model, tokens = self.model, prompts * self.isl
        attention = 2 * model.kv_layers * model.heads * model.head_dim * self.isl
        return Parts(
            memory=model.touched(tokens) * self.weight_bits / 8 / self.group / (self.card.bandwidth * self.engine.reuse),
            arithmetic=(2 * model.active + attention) * tokens / (self.group * self.card.flops * _ARITHMETIC),
            links=self.links(tokens),
            launch=self.launch,
        )

    @cached_property
    def turn(self) -> float:
        """What one newcomer's prompt adds to the others' wait: short prompts are read several at a time."""
        together = self.prefill(max(_CHUNK / self.isl, 1.0))
        return (together.total - together.launch) / max(_CHUNK / self.isl, 1.0)

    def token_seconds(self, batch: float) -> float:
        """Time between two tokens of one request while `batch` are in flight and prompts of newcomers cut in."""
        return self.step(batch).total + batch / max(self.osl, 1.0) * self.turn

    def inflight(self, concurrency: float | None, tpot: float | None = None) -> float:
        """Requests in flight in one replica: what is asked, what memory holds, and what the token limit allows."""
        batch = min(concurrency / self.layout.dp if concurrency else self.most, max(self.room * 1.5, 1.0))
        batch = max(batch, 1.0 / self.layout.dp)
        if tpot is None or self.token_seconds(batch) <= tpot:
            return batch
        low, high = 1.0, max(batch, 1.0)
        for _ in range(20):
            middle = (low * high) ** 0.5
            low, high = (middle, high) if self.token_seconds(middle) <= tpot else (low, middle)
        return low

    def out_tokens(self, batch: float) -> float:
        """Output tokens per second of all replicas with `batch` requests in flight in each."""
        return self.layout.dp * batch / self.token_seconds(batch)

    def first_token(self, concurrency: float | None) -> float:
        """Seconds to the first token: a place when the cache is full, the step under way, prompts ahead, the own prompt.

        The waits of a busy server follow published serving benchmarks: some nine steps and a seventh of the prompts.
        """
        asked = concurrency / self.layout.dp if concurrency else self.most
        batch = self.inflight(concurrency)
        prompt = self.prefill().total
        if asked <= 1:
            return prompt
        queue = max(asked / batch - 1, 0.0) * self.osl * self.token_seconds(batch)
        return 0.05 + prompt * (1 + 0.14 * (asked - 1)) + 9 * self.step(batch).total + queue
