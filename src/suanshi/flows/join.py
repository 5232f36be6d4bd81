"""Joining the market: a party registers, its members sign in, make keys and bring colleagues; the operator looks on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from suanshi.db.engine import Database, Tx
from suanshi.identity import store
from suanshi.identity.name import email as address
from suanshi.identity.name import name as proper
from suanshi.identity.party import (
    EMAIL_TAKEN,
    MOST_KEYS,
    SESSION_LASTS,
    TOO_MANY_KEYS,
    TOO_MANY_TRIES,
    TRIES,
    WINDOW,
    WRONG_PASSWORD,
    Entry,
    Key,
    Member,
    Party,
    PartyKind,
)
from suanshi.identity.principal import FORBIDDEN, NOT_SIGNED_IN, SCOPE_MISSING, SCOPES, Principal, Role
from suanshi.identity.secret import check_password, digest, fits, hash_password, new_token
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.kit.page import Page, page, place
from suanshi.kit.refusal import invalid, not_found, refuse

_KEY_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Profile:
    """A member as he sees himself."""

    party: Party
    member: Member
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """`token` is told this once; only its hash is kept."""

    token: str
    expires_at: datetime
    profile: Profile


def register(db: Database, kind: PartyKind, name: str, email: str, password: str) -> Session:
    """A new party with its first member, signed in. Raises EMAIL_TAKEN."""
    check_password(password)
    at = now()
    party = Party(ids.new("pty"), kind, proper(name), kind is PartyKind.OPERATOR, at)
    member = Member(ids.new("mem"), party.id, party.name, address(email), tuple(sorted(kind.roles)), at)
    hashed = hash_password(password)
    token = new_token("sst")
    return db.write(_register, party, member, hashed, token, at)


def _register(tx: Tx, party: Party, member: Member, hashed: str, token: str, at: datetime) -> Session:
    store.add_party(tx, party)
    if not store.add_member(tx, member, hashed):
        raise refuse(EMAIL_TAKEN, where="email", email=member.email)
    who = Principal(party.id, member.id, frozenset(member.roles), SCOPES, member.name, party.trusted)
    store.audit(tx, who, "party.register", party.id, {"kind": party.kind.value, "name": party.name})
    return _begin(tx, Profile(party, member, tuple(sorted(SCOPES))), token, at)


def _begin(tx: Tx, profile: Profile, token: str, at: datetime) -> Session:
    expires = at + SESSION_LASTS
    store.add_session(tx, digest(token), profile.member.id, at, expires)
    return Session(token, expires, profile)


def operator(db: Database, name: str, email: str, password: str) -> Party:
    """The platform's own party: made on the first start, found on every later one."""
    known = db.read(store.first_of, PartyKind.OPERATOR)
    return known or register(db, PartyKind.OPERATOR, name, email, password).profile.party


def sign_in(db: Database, email: str, password: str) -> Session:
    """Raises WRONG_PASSWORD, or TOO_MANY_TRIES without looking at the password."""
    known_as = address(email)
    at = now()
    tries, since = db.write(store.try_sign_in, known_as, at, WINDOW)
    if tries > TRIES:
        minutes = max(1, math.ceil((since + WINDOW - at) / timedelta(minutes=1)))
        raise refuse(TOO_MANY_TRIES, minutes=minutes)
    found = db.read(store.by_email, known_as)
    if not fits(password, found[1] if found else None) or found is None:
        raise refuse(WRONG_PASSWORD)
    return db.write(_sign_in, found[0], new_token("sst"), at)


def _sign_in(tx: Tx, member: Member, token: str, at: datetime) -> Session:
    store.forget_attempts(tx, member.email, at, WINDOW)
    party = store.party(tx, member.party)
    if party is None:
        raise refuse(WRONG_PASSWORD)
    return _begin(tx, Profile(party, member, tuple(sorted(SCOPES))), token, at)


def sign_out(db: Database, token: str) -> None:
    """End the session; its token is worth nothing from now on."""
    if not db.write(store.end_session, digest(token)):
        raise refuse(NOT_SIGNED_IN)


def principal(db: Database, token: str) -> Principal:
    """Who sends this token or key. Raises NOT_SIGNED_IN."""
    at = now()
    if token.startswith("sst_"):
        who = db.read(store.by_session, digest(token), at)
        if who is not None:
            return who
    elif token.startswith("ssk_"):
        found = db.read(store.by_key, digest(token))
        if found is not None:
            who, key = found
            # Told to the minute: a write for every request would make each read of the API a write.
            if key.last_used_at is None or key.last_used_at < at - _KEY_NOTED_EVERY:
                db.write(store.used_key, key.id, at)
            return who
    raise refuse(NOT_SIGNED_IN)


def me(db: Database, who: Principal) -> Profile:
    return db.read(_me, who)


def _me(tx: Tx, who: Principal) -> Profile:
    party, member = store.party(tx, who.party), store.member(tx, who.member)
    if party is None or member is None:
        raise refuse(NOT_SIGNED_IN)
    return Profile(party, member, tuple(sorted(who.scopes)))


def keys(db: Database, who: Principal, cursor: str | None = None, limit: int = 20) -> Page[Key]:
    """The asker's own keys, newest first."""
    return page(db.read(store.keys, who.member, place(cursor), limit + 1), limit, lambda key: key.id)


def create_key(db: Database, who: Principal, name: str, scopes: frozenset[str]) -> tuple[Key, str]:
    """A key and its secret. Needs every scope itself, so that a narrow key never makes another."""
    _fully(who)
    if not scopes or scopes - SCOPES:
        raise invalid("scopes", f"应从 {', '.join(sorted(SCOPES))} 中选择", f"must be some of {', '.join(sorted(SCOPES))}")
    key = Key(ids.new("key"), who.member, proper(name), tuple(sorted(scopes)), now(), None)
    secret = new_token("ssk")
    db.write(_create_key, who, key, secret)
    return key, secret


def _fully(who: Principal) -> None:
    for scope in sorted(SCOPES - who.scopes):
        raise refuse(SCOPE_MISSING, scope=scope)


def _create_key(tx: Tx, who: Principal, key: Key, secret: str) -> None:
    if store.count_keys(tx, who.member) >= MOST_KEYS:
        raise refuse(TOO_MANY_KEYS, most=MOST_KEYS)
    store.add_key(tx, key, digest(secret))
    store.audit(tx, who, "key.create", key.id, {"name": key.name, "scopes": list(key.scopes)})


def delete_key(db: Database, who: Principal, id_: str) -> None:
    """Raises not-found for a key that is not the asker's own."""
    _fully(who)
    db.write(_delete_key, who, id_)


def _delete_key(tx: Tx, who: Principal, id_: str) -> None:
    if not store.delete_key(tx, who.member, id_):
        raise not_found("key", id_)
    store.audit(tx, who, "key.delete", id_, {})


def members(db: Database, who: Principal, cursor: str | None = None, limit: int = 20) -> Page[Member]:
    """The people of the asker's party, newest first."""
    return page(db.read(store.members, who.party, place(cursor), limit + 1), limit, lambda member: member.id)


def create_member(db: Database, who: Principal, name: str, email: str, password: str, roles: frozenset[Role]) -> Member:
    """A colleague in the asker's party. The asker gives no role that he or the party lacks, and needs every scope."""
    _fully(who)
    check_password(password)
    member = Member(ids.new("mem"), who.party, proper(name), address(email), tuple(sorted(roles)), now())
    return db.write(_create_member, who, member, hash_password(password))


def _create_member(tx: Tx, who: Principal, member: Member, hashed: str) -> Member:
    party = store.party(tx, who.party)
    if party is None:
        raise refuse(NOT_SIGNED_IN)
    for role in member.roles:
        if role not in party.kind.roles:
            raise invalid("roles", f"本机构不能有 {role.value} 角色", f"your party cannot have the role {role.value}")
        if role not in who.roles:
            raise refuse(FORBIDDEN, where="roles", role=role.value, role_zh=role.zh)
    if not store.add_member(tx, member, hashed):
        raise refuse(EMAIL_TAKEN, where="email", email=member.email)
    store.audit(tx, who, "member.create", member.id, {"email": member.email, "roles": list(member.roles)})
    return member


def parties(db: Database, cursor: str | None = None, limit: int = 20) -> Page[Party]:
    """Everyone on the market, newest first: for the operator."""
    return page(db.read(store.parties, place(cursor), limit + 1), limit, lambda party: party.id)


def trust(db: Database, who: Principal, party_id: str, trusted: bool) -> Party:
    """The operator's word on a party: whether its programs may run where isolation is weak."""
    return db.write(_trust, who, party_id, trusted)


def _trust(tx: Tx, who: Principal, party_id: str, trusted: bool) -> Party:
    party = store.trust(tx, party_id, trusted)
    if party is None:
        raise not_found("party", party_id)
    store.audit(tx, who, "party.trust", party_id, {"trusted": trusted})
    return party


def audit_log(db: Database, cursor: str | None = None, limit: int = 50) -> Page[Entry]:
    """Who did what, newest first: for the operator."""
    return page(db.read(store.audited, place(cursor), limit + 1), limit, lambda entry: entry.id)
