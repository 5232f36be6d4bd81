"""Parties, members, sessions, keys and the audit log in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    Row,
    Table,
    Text,
    case,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from suanshi.db.engine import Tx
from suanshi.db.tables import Json, key, metadata, moment
from suanshi.identity.party import Entry, Key, Member, Party, PartyKind
from suanshi.identity.principal import SCOPES, Principal, Role
from suanshi.kit import ids
from suanshi.kit.clock import now

party_table = Table(
    "party",
    metadata,
    key(),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("trusted", Boolean, nullable=False),
    moment("created_at"),
)

member_table = Table(
    "member",
    metadata,
    key(),
    Column("party", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    moment("created_at"),
    CheckConstraint("cardinality(roles) > 0", "has_a_role"),
)

session_table = Table(
    "session",
    metadata,
    key("digest"),
    Column("member", Text, nullable=False),
    moment("created_at"),
    moment("expires_at", index=True),
)

key_table = Table(
    "api_key",
    metadata,
    key(),
    Column("digest", Text, nullable=False, unique=True),
    Column("member", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    moment("created_at"),
    moment("last_used_at", nullable=True),
    Index("ix_api_key_member", "member", "id"),
)

attempt_table = Table(
    "sign_in_attempt",
    metadata,
    key("email"),
    Column("tries", Integer, nullable=False),
    moment("since", index=True),
)

# A trigger, made by a migration, refuses to change or remove a line of it.
audit_table = Table(
    "audit",
    metadata,
    key(),
    moment("at"),
    Column("party", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", Json, nullable=False),
    Index("ix_audit_subject", "subject", "id"),
)


def _party(row: Row[Any], prefix: str = "") -> Party:
    values = {name: getattr(row, prefix + name) for name in Party.__dataclass_fields__}
    return Party(**{**values, "kind": PartyKind(values["kind"])})


def _member(row: Row[Any]) -> Member:
    return Member(row.id, row.party, row.name, row.email, tuple(Role(role) for role in row.roles), row.created_at)


def _key(row: Row[Any]) -> Key:
    return Key(row.id, row.member, row.name, tuple(row.scopes), row.created_at, row.last_used_at)


def add_party(tx: Tx, party: Party) -> None:
    tx.execute(party_table.insert().values(asdict(party)))


def add_member(tx: Tx, member: Member, password: str) -> bool:
    """False when the e-mail address is taken, and then nothing was written. `password` is its hash."""
    row = {**asdict(member), "roles": list(member.roles), "password": password}
    write = insert(member_table).values(row).on_conflict_do_nothing(index_elements=["email"])
    return tx.execute(write.returning(member_table.c.id)).first() is not None


def party(tx: Tx, id_: str) -> Party | None:
    row = tx.execute(select(party_table).where(party_table.c.id == id_)).first()
    return _party(row) if row else None


def parties(tx: Tx, before: str | None = None, limit: int = 50) -> list[Party]:
    """Newest first, those with an id below `before`."""
    query = select(party_table).order_by(party_table.c.id.desc()).limit(limit)
    return [_party(row) for row in tx.execute(_before(query, party_table, before))]


def names(tx: Tx) -> dict[str, str]:
    """What each party is called."""
    return {row.id: row.name for row in tx.execute(select(party_table.c.id, party_table.c.name))}


def first_of(tx: Tx, kind: PartyKind) -> Party | None:
    """The party of this kind that joined first."""
    query = select(party_table).where(party_table.c.kind == kind.value).order_by(party_table.c.id).limit(1)
    row = tx.execute(query).first()
    return _party(row) if row else None


def trust(tx: Tx, party_id: str, trusted: bool) -> Party | None:
    done = party_table.update().where(party_table.c.id == party_id).values(trusted=trusted).returning(party_table)
    row = tx.execute(done).first()
    return _party(row) if row else None


def member(tx: Tx, id_: str) -> Member | None:
    row = tx.execute(select(member_table).where(member_table.c.id == id_)).first()
    return _member(row) if row else None


def members(tx: Tx, party_id: str, before: str | None = None, limit: int = 50) -> list[Member]:
    query = select(member_table).where(member_table.c.party == party_id).order_by(member_table.c.id.desc()).limit(limit)
    return [_member(row) for row in tx.execute(_before(query, member_table, before))]


def by_email(tx: Tx, email: str) -> tuple[Member, str] | None:
    """The member with this address and the hash of the password."""
    row = tx.execute(select(member_table).where(member_table.c.email == email)).first()
    return (_member(row), row.password) if row else None


def try_sign_in(tx: Tx, email: str, at: datetime, window: timedelta) -> tuple[int, datetime]:
    """Count one attempt before the password is looked at, so that many at once cannot slip through; (tries, since)."""
    a = attempt_table.c
    over = a.since <= at - window
    counted = (
        insert(attempt_table)
        .values(email=email, tries=1, since=at)
        .on_conflict_do_update(
            index_elements=["email"],
            set_={"tries": case((over, 1), else_=a.tries + 1), "since": case((over, at), else_=a.since)},
        )
        .returning(a.tries, a.since)
    )
    row = tx.execute(counted).one()
    return row.tries, row.since


def forget_attempts(tx: Tx, email: str, at: datetime, window: timedelta) -> None:
    """Clear the count of one address, and of all whose window is over."""
    a = attempt_table.c
    tx.execute(attempt_table.delete().where((a.email == email) | (a.since <= at - window)))


def add_session(tx: Tx, digest: str, member_id: str, at: datetime, expires_at: datetime) -> None:
    """Begin a session, and clear away those that are over."""
    s = session_table.c
    tx.execute(session_table.delete().where(s.expires_at <= at, s.member == member_id))
    tx.execute(session_table.insert().values(digest=digest, member=member_id, created_at=at, expires_at=expires_at))


def end_session(tx: Tx, digest: str) -> bool:
    return bool(tx.execute(session_table.delete().where(session_table.c.digest == digest)).rowcount)


_PRINCIPAL = select(
    member_table.c.id,
    member_table.c.party,
    member_table.c.name,
    member_table.c.roles,
    party_table.c.trusted,
).join(party_table, party_table.c.id == member_table.c.party)


def by_session(tx: Tx, digest: str, at: datetime) -> Principal | None:
    s = session_table.c
    query = _PRINCIPAL.join(session_table, s.member == member_table.c.id).where(s.digest == digest, s.expires_at > at)
    row = tx.execute(query).first()
    return _principal(row, SCOPES) if row else None


def by_key(tx: Tx, digest: str) -> tuple[Principal, Key] | None:
    k = key_table.c
    query = (
        _PRINCIPAL.add_columns(k.id.label("key"), k.name.label("label"), k.scopes, k.created_at, k.last_used_at)
        .join(key_table, k.member == member_table.c.id)
        .where(k.digest == digest)
    )
    row = tx.execute(query).first()
    if row is None:
        return None
    used = Key(row.key, row.id, row.label, tuple(row.scopes), row.created_at, row.last_used_at)
    return _principal(row, frozenset(row.scopes)), used


def _principal(row: Any, scopes: frozenset[str]) -> Principal:
    return Principal(row.party, row.id, frozenset(Role(role) for role in row.roles), scopes, row.name, row.trusted)


def add_key(tx: Tx, key: Key, digest: str) -> None:
    tx.execute(key_table.insert().values({**asdict(key), "scopes": list(key.scopes), "digest": digest}))


def used_key(tx: Tx, key_id: str, at: datetime) -> None:
    tx.execute(key_table.update().where(key_table.c.id == key_id).values(last_used_at=at))


def count_keys(tx: Tx, member_id: str) -> int:
    return tx.execute(select(func.count()).select_from(key_table).where(key_table.c.member == member_id)).scalar_one()


def keys(tx: Tx, member_id: str, before: str | None = None, limit: int = 50) -> list[Key]:
    query = select(key_table).where(key_table.c.member == member_id).order_by(key_table.c.id.desc()).limit(limit)
    return [_key(row) for row in tx.execute(_before(query, key_table, before))]


def delete_key(tx: Tx, member_id: str, key_id: str) -> bool:
    """False when the member has no such key."""
    k = key_table.c
    return bool(tx.execute(key_table.delete().where(k.id == key_id, k.member == member_id)).rowcount)


def audit(tx: Tx, who: Principal, action: str, subject: str, data: Mapping[str, object], at: datetime | None = None) -> None:
    """Add a line to the audit log, in the transaction of the deed itself."""
    tx.execute(
        audit_table.insert().values(
            id=ids.new("aud"),
            at=at or now(),
            party=who.party,
            member=who.member,
            name=who.name,
            action=action,
            subject=subject,
            data=dict(data),
        )
    )


def audited(tx: Tx, before: str | None = None, limit: int = 50) -> list[Entry]:
    query = select(audit_table).order_by(audit_table.c.id.desc()).limit(limit)
    return [Entry(**row._mapping) for row in tx.execute(_before(query, audit_table, before))]


def _before(query: Any, table: Table, id_: str | None) -> Any:
    return query if id_ is None else query.where(table.c.id < id_)
