"""The reference shelves: accelerators and environments."""

from __future__ import annotations

from collections import Counter

from fastapi import APIRouter

from suanshi.catalog.accelerator import accelerators
from suanshi.flows import market
from suanshi.kit.refusal import not_found
from suanshi.web.door import House
from suanshi.web.shapes.fields import Slug
from suanshi.web.shapes.offer import Accelerator, AcceleratorList, Environment, EnvironmentList

router = APIRouter(tags=["catalogue"])


@router.get("/accelerators")
def list_accelerators() -> AcceleratorList:
    """Every model of card in the catalogue, with the source of its figures."""
    return AcceleratorList(items=[Accelerator.of(model) for model in accelerators().values()])


@router.get("/accelerators/{id}")
def get_accelerator(id: Slug) -> Accelerator:
    """One model of card."""
    model = accelerators().get(id)
    if model is None:
        raise not_found("accelerator", id)
    return Accelerator.of(model)


@router.get("/environments")
def list_environments(house: House) -> EnvironmentList:
    """The software that stands ready for a job, and how many offers have it."""
    count = Counter(name for shown in house.db.read(market.shown) for name in shown.offer.environments)
    return EnvironmentList(items=[Environment(id=name, offers=n) for name, n in sorted(count.items())])
