"""What every request brings: the house it enters, who is asking, in which language, and its key against doing it twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from suanshi.identity.principal import NOT_SIGNED_IN, Principal, Role
from suanshi.kit.refusal import Language, refuse
from suanshi.web.house import House as HouseProtocol

_bearer = HTTPBearer(auto_error=False, description="A session's token or an API key.")


def _house(request: Request) -> HouseProtocol:
    house: HouseProtocol = request.app.state.house
    return house


House = Annotated[Any, Depends(_house)]


def language(header: str | None) -> Language:
    """The first of zh and en in Accept-Language by its weight; Chinese when neither is asked for."""
    best: tuple[float, Language] = (0.0, "zh")
    for part in (header or "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            q = float(weight or 1)
        except ValueError:
            continue
        primary = tag.split("-")[0].lower()
        if q > best[0] and (primary == "zh" or primary == "en"):
            best = (q, "zh" if primary == "zh" else "en")
    return best[1]


def _language(request: Request) -> Language:
    return language(request.headers.get("accept-language"))


Tongue = Annotated[Language, Depends(_language)]


def token_of(credentials: HTTPAuthorizationCredentials | None) -> str:
    if credentials is None:
        raise refuse(NOT_SIGNED_IN)
    return credentials.credentials


Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def _principal(house: House, credentials: Credentials) -> Principal:
    raise refuse(NOT_SIGNED_IN)


def _allowed(scope: str, *roles: Role) -> Callable[..., Principal]:
    def check(who: Annotated[Principal, Depends(_principal)]) -> Principal:
        who.require(scope, *roles)
        return who

    return check


# Reading needs the scope `read`, changing the scope of the trade; the auditor may look wherever the operator may.
Anyone = Annotated[Principal, Depends(_allowed("read"))]
Reader = Annotated[Principal, Depends(_allowed("read", Role.BUYER))]
Buyer = Annotated[Principal, Depends(_allowed("buy", Role.BUYER))]
SupplyReader = Annotated[Principal, Depends(_allowed("read", Role.SUPPLIER))]
Supplier = Annotated[Principal, Depends(_allowed("supply", Role.SUPPLIER))]
Overseer = Annotated[Principal, Depends(_allowed("read", Role.OPERATOR, Role.AUDITOR))]
Operator = Annotated[Principal, Depends(_allowed("operate", Role.OPERATOR))]

_KEY = r"^[\x21-\x7e]+$"
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        pattern=_KEY,
        description="Text of your own, new for each intent; sent again, it returns the first answer and does nothing twice.",
    ),
]
MaybeIdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=200, pattern=_KEY)]
Cursor = Annotated[str | None, Query(max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
Limit = Annotated[int, Query(ge=1, le=100)]
