"""Who is who: secrets are kept as hashes, names in any script, and the audit log only grows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from suanshi.db.engine import Database, Tx
from suanshi.flows import join
from suanshi.identity import store
from suanshi.identity.party import MOST_KEYS, TRIES, WINDOW, PartyKind
from suanshi.identity.principal import SCOPES, Role
from suanshi.identity.secret import digest
from suanshi.kit.refusal import Refusal

PASSWORD = "correct horse battery"


def everything(tx: Tx) -> str:
    """All that is stored about identity, as text."""
    tables = ("party", "member", "session", "api_key", "audit", "sign_in_attempt")
    return "\n".join(str(tx.execute(text(f"select * from {table}")).all()) for table in tables)


def buyer(db: Database, email: str = "lin@example.com", name: str = "林氏实验室") -> join.Session:
    return join.register(db, PartyKind.BUYER, name, email, PASSWORD)


def test_a_party_registers_signs_in_and_out(db: Database) -> None:
    first = buyer(db)
    assert first.profile.party.name == "林氏实验室"
    assert join.principal(db, first.token).roles == {Role.BUYER}
    again = join.sign_in(db, " LIN@Example.com ", PASSWORD)
    who = join.principal(db, again.token)
    assert (who.party, who.member, who.scopes) == (first.profile.party.id, first.profile.member.id, SCOPES)
    assert join.me(db, who) == again.profile
    join.sign_out(db, again.token)
    with pytest.raises(Refusal, match="not-signed-in"):
        join.principal(db, again.token)
    with pytest.raises(Refusal, match="not-signed-in"):
        join.sign_out(db, again.token)
    assert join.principal(db, first.token).party == who.party


def test_no_secret_is_stored(db: Database) -> None:
    session = buyer(db)
    who = join.principal(db, session.token)
    _, secret = join.create_key(db, who, "ci", frozenset({"read"}))
    stored = db.read(everything)
    assert digest(session.token) in stored
    for hidden in (PASSWORD, session.token, secret):
        assert hidden not in stored


def test_an_address_belongs_to_one_member_even_when_two_register_at_once(db: Database) -> None:
    def attempt(number: int) -> bool:
        try:
            buyer(db, "Same@example.com" if number % 2 else "same@EXAMPLE.com")
        except Refusal as refusal:
            assert refusal.code == "email-taken"
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1
    assert len(join.parties(db).items) == 1


def test_a_wrong_password_and_an_unknown_address_are_told_alike(db: Database) -> None:
    buyer(db)
    for email, password in (("lin@example.com", "wrong password"), ("nobody@example.com", PASSWORD)):
        with pytest.raises(Refusal, match="wrong-password"):
            join.sign_in(db, email, password)


def test_failed_sign_ins_close_the_address_and_only_that_one(db: Database) -> None:
    buyer(db)
    buyer(db, "other@example.com")
    for _ in range(TRIES):
        with pytest.raises(Refusal, match="wrong-password"):
            join.sign_in(db, "lin@example.com", "not the password")
    with pytest.raises(Refusal, match="too-many-tries"):
        join.sign_in(db, "lin@example.com", PASSWORD)
    assert join.sign_in(db, "other@example.com", PASSWORD)


def test_the_window_of_failed_sign_ins_ends(db: Database) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for count in range(1, 4):
        assert db.write(store.try_sign_in, "a@b.cn", start + timedelta(seconds=count), WINDOW)[0] == count
    assert db.write(store.try_sign_in, "a@b.cn", start + WINDOW + timedelta(seconds=2), WINDOW)[0] == 1
    db.write(store.forget_attempts, "a@b.cn", start, WINDOW)
    assert db.write(store.try_sign_in, "a@b.cn", start, WINDOW)[0] == 1


def test_a_session_ends_by_itself(db: Database) -> None:
    session = buyer(db)
    assert db.read(store.by_session, digest(session.token), session.expires_at - timedelta(seconds=1))
    assert db.read(store.by_session, digest(session.token), session.expires_at) is None


def test_a_key_reaches_no_further_than_its_scopes(db: Database) -> None:
    who = join.principal(db, buyer(db).token)
    key, secret = join.create_key(db, who, "只读", frozenset({"read"}))
    narrow = join.principal(db, secret)
    assert narrow.scopes == {"read"}
    with pytest.raises(Refusal, match="scope-missing"):
        narrow.require("buy")
    with pytest.raises(Refusal, match="scope-missing"):
        join.create_key(db, narrow, "wider", frozenset({"buy"}))
    with pytest.raises(Refusal, match="scope-missing"):
        join.create_member(db, narrow, "Eve", "eve@example.com", PASSWORD, frozenset({Role.BUYER}))
    assert join.keys(db, who).items[0].last_used_at is not None
    join.delete_key(db, who, key.id)
    with pytest.raises(Refusal, match="not-signed-in"):
        join.principal(db, secret)


def test_keys_are_the_members_own_and_not_without_number(db: Database) -> None:
    lin, wang = (join.principal(db, buyer(db, email).token) for email in ("lin@example.com", "wang@example.com"))
    key, _ = join.create_key(db, lin, "one", frozenset({"read"}))
    assert join.keys(db, wang).items == ()
    with pytest.raises(Refusal, match="not-found"):
        join.delete_key(db, wang, key.id)
    for number in range(MOST_KEYS - 1):
        join.create_key(db, lin, f"key {number}", frozenset({"read"}))
    with pytest.raises(Refusal, match="too-many-keys"):
        join.create_key(db, lin, "one too many", frozenset({"read"}))
    seen, cursor = [], None
    while True:
        part = join.keys(db, lin, cursor, limit=33)
        seen += [key.id for key in part.items]
        cursor = part.next_cursor
        if cursor is None:
            break
    assert len(set(seen)) == len(seen) == MOST_KEYS
    assert seen == sorted(seen, reverse=True)


def test_a_member_gives_no_role_that_the_party_or_he_lacks(db: Database) -> None:
    who = join.principal(db, buyer(db).token)
    colleague = join.create_member(db, who, "Zoë", "zoe@example.com", PASSWORD, frozenset({Role.BUYER}))
    assert join.principal(db, join.sign_in(db, "zoe@example.com", PASSWORD).token).party == who.party
    assert {member.id for member in join.members(db, who).items} == {who.member, colleague.id}
    with pytest.raises(Refusal, match="invalid"):
        join.create_member(db, who, "Eve", "eve@example.com", PASSWORD, frozenset({Role.OPERATOR}))
    desk = join.operator(db, "运营方", "desk@example.com", PASSWORD)
    operator = join.principal(db, join.sign_in(db, "desk@example.com", PASSWORD).token)
    join.create_member(db, operator, "Auditor", "audit@example.com", PASSWORD, frozenset({Role.AUDITOR}))
    auditor = join.principal(db, join.sign_in(db, "audit@example.com", PASSWORD).token)
    with pytest.raises(Refusal, match="forbidden"):
        join.create_member(db, auditor, "Eve", "eve@example.com", PASSWORD, frozenset({Role.OPERATOR}))
    assert join.operator(db, "another", "other@example.com", PASSWORD) == desk


def test_trust_is_the_operators_word_and_holds_at_once(db: Database) -> None:
    session = buyer(db)
    join.operator(db, "运营方", "desk@example.com", PASSWORD)
    operator = join.principal(db, join.sign_in(db, "desk@example.com", PASSWORD).token)
    assert not join.principal(db, session.token).trusted
    assert join.trust(db, operator, session.profile.party.id, True).trusted
    assert join.principal(db, session.token).trusted
    with pytest.raises(Refusal, match="not-found"):
        join.trust(db, operator, "pty_nobody", True)
    latest = join.audit_log(db).items[0]
    assert (latest.action, latest.subject, latest.member) == ("party.trust", session.profile.party.id, operator.member)


@pytest.mark.parametrize("statement", ["update audit set action = 'x'", "delete from audit", "truncate audit"])
def test_the_audit_log_cannot_be_changed(db: Database, statement: str) -> None:
    buyer(db)
    before = join.audit_log(db).items
    with pytest.raises(DBAPIError, match="append-only"):
        db.write(lambda tx: tx.execute(text(statement)))
    assert join.audit_log(db).items == before != ()
