"""The same request sent twice is done once: each key a party chose remembers what was asked and what came of it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert

from suanshi.db.engine import Tx
from suanshi.db.tables import metadata, moment
from suanshi.db.together import Gate
from suanshi.kit.refusal import invalid, kind, refuse

LONGEST = 200

idempotency_table = Table(
    "idempotency",
    metadata,
    Column("party", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("result", Text, nullable=False),
    moment("at", server_default=func.now()),
    PrimaryKeyConstraint("party", "key"),
)

CONFLICT = kind(
    "idempotency-conflict",
    409,
    (
        "Idempotency-Key {key} 已用于另一个内容不同的请求。",
        "The Idempotency-Key {key} was already used for a request that asked for something else.",
    ),
    (
        "新请求请换一个新的 Idempotency-Key；没有任何改动。",
        "Give a new request a new Idempotency-Key; nothing was changed.",
    ),
)

_CLAIM = text(
    "INSERT INTO idempotency (party, key, fingerprint, result) VALUES (:party, :key, :fingerprint, :result)"
    " ON CONFLICT (party, key) DO NOTHING"
)


_CLAIMED = (
    insert(idempotency_table)
    .values({name: bindparam(f"claim_{name}") for name in ("party", "key", "fingerprint", "result")})
    .on_conflict_do_nothing()
)


def fingerprint(action: str, **asked: Any) -> str:
    """A short mark of what was asked: equal for equal requests, whatever the order of their fields."""
    body = json.dumps([action, asked], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def once(tx: Tx, party: str, key: str, fingerprint: str, result: str) -> str | None:
    """Claim `key` for this request, whose outcome will be called `result`; None when it is the first of its kind.

    Otherwise the earlier request's result, or a refusal when that request asked for something else. A request that
    arrives while its twin is still being done waits for it. Undone work forgets its key, so it may be tried again.
    Identifiers are made before they are stored, which is why the result is known at the start and one statement is enough.
    """
    _check(key)
    claim = {"party": party, "key": key, "fingerprint": fingerprint, "result": result}
    if tx.execute(_CLAIM, claim).rowcount == 1:
        return None
    return earlier(tx, party, key, fingerprint)


def claiming(party: str, key: str, fingerprint: str, result: str) -> Gate:
    """The first claim of `key` as a gate: shut when it was claimed before."""
    _check(key)
    values = {"claim_party": party, "claim_key": key, "claim_fingerprint": fingerprint, "claim_result": result}
    return Gate(_CLAIMED, values)


def _check(key: str) -> None:
    if not key or len(key) > LONGEST or not key.isprintable():
        raise invalid("Idempotency-Key", f"须为 1 至 {LONGEST} 个可见字符", f"must be 1 to {LONGEST} printable characters")


def earlier(tx: Tx, party: str, key: str, fingerprint: str) -> str | None:
    """What a key has led to, or None when nobody used it. Refuses a key that was used for something else."""
    i = idempotency_table.c
    found = tx.execute(select(i.fingerprint, i.result).where(i.party == party, i.key == key)).first()
    if found is not None and found.fingerprint != fingerprint:
        raise refuse(CONFLICT, key=key)
    return str(found.result) if found else None
