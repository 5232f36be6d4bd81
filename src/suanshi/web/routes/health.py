"""Is the platform well, and what can it answer."""

from __future__ import annotations

from fastapi import APIRouter

from suanshi.kit.refusal import KINDS
from suanshi.web.door import House
from suanshi.web.pending import pending
from suanshi.web.shapes.health import Health
from suanshi.web.shapes.problem import RefusalKind, RefusalKinds, Sentence

router = APIRouter(tags=["platform"])


@router.get("/health")
def health(house: House) -> Health:
    """Whether the API reaches its database."""
    raise pending()


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
