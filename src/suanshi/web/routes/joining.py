"""Joining the market: register, sign in, keys and members."""

from __future__ import annotations

from fastapi import APIRouter, Response

from suanshi.web.door import Anyone, Credentials, Cursor, House, Limit
from suanshi.web.pending import pending
from suanshi.web.shapes.fields import KeyId
from suanshi.web.shapes.party import (
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
    raise pending()


@router.post("/sessions", status_code=201)
def sign_in(house: House, ask: SessionAsk) -> Session:
    """Sign in with e-mail and password."""
    raise pending()


@router.delete("/sessions", status_code=204)
def sign_out(house: House, credentials: Credentials) -> Response:
    """End the session whose token is sent."""
    raise pending()


@router.get("/me")
def me(house: House, who: Anyone) -> Me:
    """Who you are here and what you may do."""
    raise pending()


@router.get("/keys")
def list_keys(house: House, who: Anyone, cursor: Cursor = None, limit: Limit = 20) -> KeyPage:
    """Your own API keys, without their secrets."""
    raise pending()


@router.post("/keys", status_code=201)
def create_key(house: House, who: Anyone, ask: KeyAsk) -> NewKey:
    """Make an API key; its secret is shown this once."""
    raise pending()


@router.delete("/keys/{id}", status_code=204)
def delete_key(house: House, who: Anyone, id: KeyId) -> Response:
    """Make one of your keys invalid at once."""
    raise pending()


@router.get("/members")
def list_members(house: House, who: Anyone, cursor: Cursor = None, limit: Limit = 20) -> MemberPage:
    """The people of your party."""
    raise pending()


@router.post("/members", status_code=201)
def create_member(house: House, who: Anyone, ask: MemberAsk) -> Member:
    """Add a person to your party, with roles that the party has."""
    raise pending()
