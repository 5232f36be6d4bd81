"""Advice: what to buy, for those who do not know yet."""

from __future__ import annotations

from fastapi import APIRouter

from suanshi.catalog.offer import Ask
from suanshi.flows import advise as advising
from suanshi.flows import buy, follow, promise
from suanshi.flows import quote as quoting
from suanshi.web.door import Buyer, House, IdempotencyKey, Tongue
from suanshi.web.shapes.advice import Advice, AdviceAccuracy, CardAccuracy
from suanshi.web.shapes.need import AdviceAsk, ProbeAsk
from suanshi.web.shapes.order import Order

router = APIRouter(tags=["advice"])


@router.post("/advice")
def advise(house: House, tongue: Tongue, ask: AdviceAsk) -> Advice:
    """Ranked plans out of the live offers for a workload in plain words or by form."""
    return Advice.of(advising.advise(house.db, ask.said()), tongue)


@router.post("/advice/probes", status_code=201)
def create_probe(house: House, who: Buyer, ask: ProbeAsk, key: IdempotencyKey) -> Order:
    """Buy a short run that measures the speed behind a plan; what it measures corrects later advice."""
    wish = Ask(ask.offer_id, ask.cards, promise.PROBE_SECONDS, ask.share_milli)
    job, promised = promise.probe(house.db, ask.advice.said().clear, wish)
    quote = quoting.quote(house.db, house.seats, who, wish)
    made = buy.purchase(house.db, house.seats, who, buy.Purchase(key, quote.id, job, {}, promised, str(wish)))
    return Order.of(follow.order(house.db, who, made.id), who.party)


@router.get("/advice/accuracy")
def advice_accuracy(house: House) -> AdviceAccuracy:
    """How far estimates were from what was measured, by card."""
    return AdviceAccuracy(items=[CardAccuracy.of(found) for found in advising.accuracy_of_promises(house.db)])
