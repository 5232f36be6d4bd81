"""Organisations on the market, their members, and the keys they use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from suanshi.identity.principal import Role
from suanshi.kit.refusal import kind

SESSION_LASTS = timedelta(days=7)
WINDOW = timedelta(minutes=15)
TRIES = 10

EMAIL_TAKEN = kind(
    "email-taken",
    409,
    ("邮箱 {email} 已注册。", "The e-mail address {email} is already registered."),
    ("请登录，或换用其他邮箱。", "Sign in, or use another address."),
)
WRONG_PASSWORD = kind(
    "wrong-password",
    401,
    ("邮箱或密码不对。", "The e-mail address or the password is wrong."),
    ("请检查后重试。", "Check both and try again."),
)
TOO_MANY_TRIES = kind(
    "too-many-tries",
    429,
    ("此邮箱登录失败次数过多。", "There were too many failed sign-ins for this address."),
    ("请在 {minutes} 分钟后再试。", "Try again in {minutes} minutes."),
)
TOO_MANY_KEYS = kind(
    "too-many-keys",
    409,
    ("每人最多 {most} 个密钥。", "A member may have at most {most} keys."),
    ("请先删除不用的密钥。", "Delete keys that are no longer used."),
)
MOST_KEYS = 100


class PartyKind(StrEnum):
    BUYER = "buyer"
    SUPPLIER = "supplier"
    OPERATOR = "operator"

    @property
    def roles(self) -> frozenset[Role]:
        """The roles its members can have."""
        return _ROLES[self]


_ROLES = {
    PartyKind.BUYER: frozenset({Role.BUYER}),
    PartyKind.SUPPLIER: frozenset({Role.SUPPLIER}),
    PartyKind.OPERATOR: frozenset({Role.OPERATOR, Role.AUDITOR}),
}


@dataclass(frozen=True, slots=True)
class Party:
    """`trusted` is the operator's word that its programs may run where isolation is weak."""

    id: str
    kind: PartyKind
    name: str
    trusted: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    id: str
    party: str
    name: str
    email: str
    roles: tuple[Role, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret."""

    id: str
    member: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log. The names are those of the moment: the line outlives member and party."""

    id: str
    at: datetime
    party: str
    member: str
    name: str
    action: str
    subject: str
    data: dict[str, object]
