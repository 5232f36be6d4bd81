"""Joining the market: register, sign in, keys and members."""

from __future__ import annotations

from fastapi import APIRouter, Response

from suanshi.flows import join
from suanshi.identity.party import PartyKind
from suanshi.identity.principal import Role
from suanshi.web.door import Anyone, Credentials, Cursor, House, Limit, token_of
from suanshi.web.shapes.fields import KeyId
from suanshi.web.shapes.party import (
    Key,
    KeyAsk,
    KeyPage,
    Me,
    Member,
    MemberAsk,
    MemberPage,
    NewKey,
    PartyAsk,
    Session,
    SessionAsk,
)

router = APIRouter(tags=["account"])


@router.post("/parties", status_code=201)
def register(house: House, ask: PartyAsk) -> Session:
    """Register a buyer or a supplier with its first member, who is signed in at once."""
    return Session.of(join.register(house.db, PartyKind(ask.kind), ask.name, ask.email, ask.password))


@router.post("/sessions", status_code=201)
def sign_in(house: House, ask: SessionAsk) -> Session:
    """Sign in with e-mail and password."""
    return Session.of(join.sign_in(house.db, ask.email, ask.password))


@router.delete("/sessions", status_code=204)
def sign_out(house: House, credentials: Credentials) -> Response:
    """End the session whose token is sent."""
    join.sign_out(house.db, token_of(credentials))
    return Response(status_code=204)


@router.get("/me")
def me(house: House, who: Anyone) -> Me:
    """Who you are here and what you may do."""
    return Me.of(join.me(house.db, who))


@router.get("/keys")
def list_keys(house: House, who: Anyone, cursor: Cursor = None, limit: Limit = 20) -> KeyPage:
    """Your own API keys, without their secrets."""
    found = join.keys(house.db, who, cursor, limit)
    return KeyPage(items=[Key.of(key) for key in found.items], next_cursor=found.next_cursor)


@router.post("/keys", status_code=201)
def create_key(house: House, who: Anyone, ask: KeyAsk) -> NewKey:
    """Make an API key with no scope that you lack; its secret is shown this once."""
    key, secret = join.create_key(house.db, who, ask.name, frozenset(ask.scopes))
    return NewKey.of(key, secret=secret)


@router.delete("/keys/{id}", status_code=204)
def delete_key(house: House, who: Anyone, id: KeyId) -> Response:
    """Make one of your keys invalid at once."""
    join.delete_key(house.db, who, id)
    return Response(status_code=204)


@router.get("/members")
def list_members(house: House, who: Anyone, cursor: Cursor = None, limit: Limit = 20) -> MemberPage:
    """The people of your party."""
    found = join.members(house.db, who, cursor, limit)
    return MemberPage(items=[Member.of(member) for member in found.items], next_cursor=found.next_cursor)


@router.post("/members", status_code=201)
def create_member(house: House, who: Anyone, ask: MemberAsk) -> Member:
    """Add a person to your party, with roles that both you and the party have."""
    roles = frozenset(Role(role) for role in ask.roles)
    return Member.of(join.create_member(house.db, who, ask.name, ask.email, ask.password, roles))
