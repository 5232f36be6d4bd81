"""The reference shelves: accelerators and environments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from suanshi.web.pending import pending
from suanshi.web.shapes.fields import Slug
from suanshi.web.shapes.offer import Accelerator, AcceleratorList, EnvironmentList

router = APIRouter(tags=["catalogue"])


@router.get("/accelerators")
def list_accelerators() -> AcceleratorList:
    """Every model of card in the catalogue, with the source of its figures."""
    raise pending()


@router.get("/accelerators/{id}")
def get_accelerator(id: Annotated[Slug, Path()]) -> Accelerator:
    """One model of card."""
    raise pending()


@router.get("/environments")
def list_environments() -> EnvironmentList:
    """The software that stands ready for a job."""
    raise pending()
