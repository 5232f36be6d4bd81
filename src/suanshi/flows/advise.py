"""From "what I want to do" to plans that can be ordered: words or a form in, the market's live offers weighed, reasons out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from suanshi.advice import words
from suanshi.advice.market import MarketOffer
from suanshi.advice.plan import Advice
from suanshi.advice.probe import Accuracy, Correction, Outcome, Probe, accuracy, correction
from suanshi.advice.recommend import recommend
from suanshi.advice.wishes import Wishes
from suanshi.advice.words.parsed import Parsed, Question
from suanshi.advice.workload import Workload
from suanshi.db.engine import Database, Tx
from suanshi.flows import market
from suanshi.flows.market import Shown
from suanshi.kit.clock import now
from suanshi.kit.refusal import Text
from suanshi.orders import store as orders
from suanshi.orders.promise import Promise

MIB_IN_GIB = 1024
PROBES_KEPT = timedelta(days=180)  # drivers and engines change; what was measured longer ago says little


@dataclass(frozen=True, slots=True)
class Answer:
    """What was understood, what was assumed, what still has to be asked; and the advice, unless a question blocks it."""

    workload: Workload | None
    wishes: Wishes
    assumptions: tuple[Text, ...]
    questions: tuple[Question, ...]
    advice: Advice | None


def in_words(db: Database, text: str) -> Answer:
    """Advice on a sentence in Chinese or English. Nothing is sent anywhere; what is not said is assumed and listed."""
    parsed: Parsed = words.parse(text, now())
    if not parsed.ready or parsed.workload is None:
        return Answer(parsed.workload, parsed.wishes, parsed.assumptions, parsed.questions, None)
    advice = _advise(db, parsed.workload, parsed.wishes)
    return Answer(parsed.workload, parsed.wishes, parsed.assumptions, parsed.questions, advice)


def by_form(db: Database, workload: Workload, wishes: Wishes) -> Answer:
    """Advice on a filled form."""
    return Answer(workload, wishes, (), (), _advise(db, workload, wishes))


def _advise(db: Database, workload: Workload, wishes: Wishes) -> Advice:
    return advised(db, workload, wishes, [shown for shown in db.read(market.shown) if shown.site.verified])


def advised(db: Database, workload: Workload, wishes: Wishes, offers: Sequence[Shown]) -> Advice:
    """Advice out of these offers alone, corrected by what probes have measured."""
    return recommend(workload, wishes, [on_sale(shown) for shown in offers], db.read(corrections), now=now())


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
