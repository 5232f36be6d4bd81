"""What every request brings: the house it enters, who is asking, in which language, and its key against doing it twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from suanshi.flows import join
from suanshi.flows.house import House as HouseShape
from suanshi.identity.principal import NOT_SIGNED_IN, Principal, Role
from suanshi.kit.refusal import Language, refuse
from suanshi.web.tongue import tongue_of

_bearer = HTTPBearer(auto_error=False, description="A session's token or an API key.")


def _house(request: Request) -> HouseShape:
    house: HouseShape = request.app.state.house
    return house


House = Annotated[HouseShape, Depends(_house)]


Tongue = Annotated[Language, Depends(tongue_of)]


def token_of(credentials: HTTPAuthorizationCredentials | None) -> str:
    if credentials is None:
        raise refuse(NOT_SIGNED_IN)
    return credentials.credentials


Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def principal_of(house: House, credentials: Credentials) -> Principal:
    """Who is asking. Raises NOT_SIGNED_IN."""
    return join.principal(house.db, token_of(credentials))


def _allowed(scope: str, *roles: Role) -> Callable[..., Principal]:
    def check(who: Annotated[Principal, Depends(principal_of)]) -> Principal:
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
