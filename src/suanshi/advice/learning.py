"""The physics of training a model: arithmetic per token, what the links carry, and what a pipeline leaves idle."""

from __future__ import annotations

from dataclasses import dataclass

from suanshi.advice.card import Rates
from suanshi.advice.workload import Layout, Training

_ARITHMETIC = 0.5
_USUAL_BATCH = 4e6  # tokens between two updates of a pre-training run that does not say
_EXPOSED = 0.4  # share of data-parallel traffic that computation does not hide


@dataclass(frozen=True, slots=True)
class Pass:
    """Card-seconds that one token costs, by cause."""

    arithmetic: float
    attention: float
    links: float
    bubble: float  # factor >= 1
    launch: float

    @property
    def total(self) -> float:
        return (self.arithmetic + self.attention + self.links + self.launch) * self.bubble


def passes(work: Training) -> float:
    """Forward passes that one step is worth: 3 with the backward pass, 2 when the base weights are frozen."""
    return (2.0 if work.method in ("lora", "qlora") else 3.0) + (1.0 if work.act_ckpt else 0.0)


def tokens_per_step(work: Training, cards: int, layout: Layout) -> float:
    """Tokens a card's replica works through between two exchanges of gradients."""
    micro = work.micro_batch or 1
    if work.global_batch:
        return max(work.global_batch / max(layout.dp, 1), micro) * work.seq_len
    usual = _USUAL_BATCH / max(layout.dp, 1) if work.method == "pretrain" else 0.0
    return max(micro * 4.0 * work.seq_len, usual)


def token_flops(work: Training) -> tuple[float, float]:
    """Operations for one token, without and with the context: (matrices, attention), all passes counted."""
    model, times = work.model, passes(work)
    # Half the context on average, since a token sees only what came before it.
    attention = 2 * model.kv_layers * model.heads * model.head_dim * work.seq_len
    return 2 * model.active * times, attention * times


def token_pass(work: Training, card: Rates, layout: Layout, cards: int, per_node: int) -> Pass:
    """What one token costs in card-seconds: its inverse is the speed per card."""
    matrices, attention = token_flops(work)
    model = work.model
    link = card.link if cards <= per_node else min(card.fabric, card.link)
    step = tokens_per_step(work, cards, layout)
    trained = model.total * (0.01 if work.method in ("lora", "qlora") else 1.0)
    gathered = 3 * model.total * 2 if layout.zero >= 3 else 2 * trained * 2
    per_exchange = (work.micro_batch or 1) * work.seq_len if layout.zero >= 3 else step
    # Card-seconds: a replica of `split` cards waits together, so what each waits counts `split` times.
    traffic = gathered / link / per_exchange if layout.dp > 1 else 0.0
    tensor = 4 * model.layers * 2 * model.hidden * 2 * (layout.tp - 1) / card.link if layout.tp > 1 else 0.0
    rounds = max(step / ((work.micro_batch or 1) * work.seq_len), 1.0)
    return Pass(
        arithmetic=matrices / (card.flops * _ARITHMETIC),
        attention=attention / (card.flops * _ARITHMETIC * 0.7),
        links=_EXPOSED * traffic + 0.7 * tensor,
        bubble=1 + (layout.pp - 1) / (rounds + layout.pp - 1),
        launch=model.layers * 60e-6 / max((work.micro_batch or 1) * work.seq_len, 1) * layout.tp,
    )
