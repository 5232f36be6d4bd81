"""From "what I want to do" to plans that can be ordered: words or a form in, the market's live offers weighed, reasons out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from suanshi.advice import words
from suanshi.advice.alternatives import published_token_prices
from suanshi.advice.market import MarketOffer
from suanshi.advice.model import ModelFacts
from suanshi.advice.plan import Advice
from suanshi.advice.probe import Accuracy, Correction, Outcome, Probe, accuracy, correction
from suanshi.advice.recommend import recommend
from suanshi.advice.wishes import Wishes
from suanshi.advice.words.parsed import Question
from suanshi.advice.workload import Workload
from suanshi.catalog.accelerator import accelerators
from suanshi.db.engine import Database, Tx
from suanshi.flows import market
from suanshi.flows.market import Shown
from suanshi.kit.clock import now
from suanshi.kit.refusal import Text, invalid
from suanshi.orders import store as orders
from suanshi.orders.promise import Promise

MIB_IN_GIB = 1024
PROBES_KEPT = timedelta(days=180)  # drivers and engines change; what was measured longer ago says little


@dataclass(frozen=True, slots=True)
class Said:
    """What a buyer said: the work and the wishes, what was assumed of them, and what still has to be asked."""

    workload: Workload | None
    wishes: Wishes
    assumptions: tuple[Text, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def clear(self) -> Workload:
        """The work. Raises a refusal with the question that stands in the way."""
        for question in self.questions:
            if question.blocking:
                raise invalid(question.field, question.text.zh, question.text.en)
        if self.workload is None:
            raise invalid("text", "没有说明要做什么工作", "does not say what work there is to do")
        return self.workload


@dataclass(frozen=True, slots=True)
class Answer:
    """`advice` is None while a question blocks it."""

    said: Said
    advice: Advice | None


def heard(text: str) -> Said:
    """A sentence in Chinese or English as a filled form. Nothing is sent anywhere; what is not said is assumed and listed."""
    parsed = words.parse(text, now())
    return Said(parsed.workload, parsed.wishes, parsed.assumptions, parsed.questions)


def advise(db: Database, said: Said) -> Answer:
    """Advice out of the live offers of verified sites, or the questions that stand in its way."""
    if said.workload is None or any(question.blocking for question in said.questions):
        return Answer(said, None)
    offers = [shown for shown in db.read(market.shown) if shown.site.verified]
    return Answer(said, advised(db, said.workload, said.wishes, offers))


def advised(db: Database, workload: Workload, wishes: Wishes, offers: Sequence[Shown]) -> Advice:
    """Advice out of these offers alone, corrected by what probes have measured."""
    live = [on_sale(shown) for shown in offers]
    prices = published_token_prices()  # the market has no token service of its own yet
    return recommend(workload, wishes, live, db.read(corrections), now=now(), token_prices=prices)


def on_sale(shown: Shown) -> MarketOffer:
    """An offer of the market as advice sees it. A card without memory of its own (a CPU core) computes in its server's."""
    offer, site = shown.offer, shown.site
    own = shown.accelerator.memory_gib > 0
    return MarketOffer(
        id=offer.id,
        supplier=shown.supplier_name,
        site=site.name,
        region=site.region,
        accelerator=offer.accelerator,
        price_micro=offer.price_micro,
        free_cards=shown.free_cards,
        minimum_micro=offer.minimum_micro,
        max_cards=offer.max_cards,
        max_seconds=offer.max_seconds,
        share_milli=offer.share_milli,
        memory_gib=None if own else offer.memory_mib / MIB_IN_GIB,
        isolation=site.isolation.value,
        fabric=site.fabric,
        per_node=min(offer.max_cards, 8),
        pue_milli=site.pue_milli,
        green_bp=site.green_bp,
        environments=offer.environments,
    )


def corrections(tx: Tx) -> list[Correction]:
    """What probe runs have taught of each (engine, accelerator) pair that was measured."""
    since = now() - PROBES_KEPT
    kept = [p for p in orders.kept_promises(tx, probes_only=True) if p.made_at > since and p.measured]
    probes = [Probe(p.engine, p.accelerator, p.promised, p.measured) for p in kept if p.measured]
    return [correction(probes, engine, card) for engine, card in sorted({(p.engine, p.accelerator) for p in probes})]


def accuracy_of_promises(db: Database) -> tuple[Accuracy, ...]:
    """The public page: how promises have held, card by card, worst first."""
    return accuracy(outcome(p) for p in db.read(orders.kept_promises))


def outcome(p: Promise) -> Outcome:
    assert p.measured is not None
    assert p.measured_at is not None
    run = p.order or p.id
    return Outcome(run, p.accelerator, p.engine, p.metric, p.promised, p.lo, p.hi, p.measured, p.measured_at)


def name_of(accelerator: str) -> str:
    """What people call a model of card; its id where the catalogue does not know it."""
    card = accelerators().get(accelerator)
    return card.name if card else accelerator


def is_cpu(accelerator: str) -> bool:
    card = accelerators().get(accelerator)
    return card is not None and card.kind == "cpu"


def figures(work: Workload | Wishes | None) -> dict[str, str]:
    """What a form holds, field by field, for people to check; empty fields are left out."""
    if work is None:
        return {}
    values = {field.name: getattr(work, field.name) for field in fields(work)}
    return {name: _told(value) for name, value in values.items() if value not in (None, "", (), 0.0)}


def _told(value: object) -> str:
    if isinstance(value, ModelFacts):
        return f"{value.name} ({value.total / 1e9:.3g}B)"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return f"{value:.6g}" if isinstance(value, float) else str(value)
