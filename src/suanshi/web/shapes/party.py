"""Who is who: organisations, their members, sessions and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from suanshi.flows.join import Profile
from suanshi.flows.join import Session as Begun
from suanshi.identity import party as identity
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

    @classmethod
    def of(cls, party: identity.Party) -> Party:
        return cls(id=party.id, kind=party.kind.value, name=party.name, trusted=party.trusted, created_at=party.created_at)


class PartyPage(Answer):
    items: list[Party]
    next_cursor: str | None


class Member(Answer):
    id: str
    name: str
    email: str
    roles: list[Role]
    created_at: datetime

    @classmethod
    def of(cls, member: identity.Member) -> Member:
        roles: list[Role] = [role.value for role in member.roles]
        return cls(id=member.id, name=member.name, email=member.email, roles=roles, created_at=member.created_at)


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

    @classmethod
    def of(cls, profile: Profile) -> Me:
        return cls(party=Party.of(profile.party), member=Member.of(profile.member), scopes=list(profile.scopes))


class SessionAsk(Ask):
    email: Email
    password: Annotated[str, Field(min_length=1, max_length=200)]


class Session(Answer):
    token: str
    expires_at: datetime
    principal: Me

    @classmethod
    def of(cls, session: Begun) -> Session:
        return cls(token=session.token, expires_at=session.expires_at, principal=Me.of(session.profile))


class KeyAsk(Ask):
    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]


class Key(Answer):
    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    last_used_at: datetime | None

    @classmethod
    def of(cls, key: identity.Key, **more: str) -> Self:
        return cls(
            id=key.id,
            name=key.name,
            scopes=list(key.scopes),
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            **more,
        )


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

    @classmethod
    def of(cls, entry: identity.Entry) -> AuditEntry:
        return cls(**{name: getattr(entry, name) for name in cls.model_fields})


class AuditPage(Answer):
    items: list[AuditEntry]
    next_cursor: str | None
