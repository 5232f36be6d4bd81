"""Advice: what to buy, for those who do not know yet."""

from __future__ import annotations

from fastapi import APIRouter

from suanshi.web.door import House, Tongue
from suanshi.web.pending import pending
from suanshi.web.shapes.advice import Advice, AdviceAccuracy, AdviceAsk

router = APIRouter(tags=["advice"])


@router.post("/advice")
def advise(house: House, tongue: Tongue, ask: AdviceAsk) -> Advice:
    """Ranked plans out of the live offers for a workload in plain words or by form."""
    raise pending()


@router.get("/advice/accuracy")
def advice_accuracy(house: House) -> AdviceAccuracy:
    """How far estimates were from what was measured, by card."""
    raise pending()
