"""Is the platform well, and what can it answer."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter

from suanshi.flows.figures import figures
from suanshi.kit.refusal import KINDS
from suanshi.web.door import House
from suanshi.web.shapes.health import Health
from suanshi.web.shapes.problem import RefusalKind, RefusalKinds, Sentence

router = APIRouter(tags=["platform"])


@router.get("/health")
def health(house: House) -> Health:
    """Well when the database answers; otherwise a refusal with status 503."""
    figures(house.db)
    return Health(status="ok", version=version("suanshi"))


@router.get("/refusals")
def refusals() -> RefusalKinds:
    """Every code of refusal with its meaning in both languages; values in braces are filled in each answer."""
    return RefusalKinds(
        items=[
            RefusalKind(
                code=k.code,
                status=k.status,
                fault=k.fault.value,
                cause=Sentence(zh=k.cause.zh, en=k.cause.en),
                next=Sentence(zh=k.next.zh, en=k.next.en),
            )
            for k in sorted(KINDS.values(), key=lambda k: k.code)
        ]
    )
