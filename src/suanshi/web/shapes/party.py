"""Who is who: organisations, their members, sessions and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from suanshi.web.shapes.fields import Answer, Ask, Email, Name, Password

Role = Literal["buyer", "supplier", "operator", "auditor"]
Scope = Literal["read", "buy", "supply", "operate"]


class PartyAsk(Ask):
    kind: Literal["buyer", "supplier"]
    name: Name
    email: Email
    password: Password


class Party(Answer):
    id: str
    kind: Literal["buyer", "supplier", "operator"]
    name: str
    trusted: bool
    created_at: datetime


class PartyPage(Answer):
    items: list[Party]
    next_cursor: str | None


class Member(Answer):
    id: str
    name: str
    email: str
    roles: list[Role]
    created_at: datetime


class MemberAsk(Ask):
    name: Name
    email: Email
    password: Password
    roles: Annotated[list[Role], Field(min_length=1, max_length=4)]


class MemberPage(Answer):
    items: list[Member]
    next_cursor: str | None


class Me(Answer):
    party: Party
    member: Member
    scopes: list[Scope]


class SessionAsk(Ask):
    email: Email
    password: Annotated[str, Field(min_length=1, max_length=200)]


class Session(Answer):
    token: str
    expires_at: datetime
    principal: Me


class KeyAsk(Ask):
    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]


class Key(Answer):
    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None


class NewKey(Key):
    secret: str = Field(description="Shown this once; only its hash is kept.")


class KeyPage(Answer):
    items: list[Key]
    next_cursor: str | None


class TrustAsk(Ask):
    trusted: bool


class AuditEntry(Answer):
    id: str
    at: datetime
    party: str
    member: str
    name: str
    action: str
    subject: str
    data: dict[str, object]


class AuditPage(Answer):
    items: list[AuditEntry]
    next_cursor: str | None
