"""Who is asking: the member, the party he acts for, what that party may do, and what his key lets through."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from suanshi.kit.refusal import kind, refuse


class Role(StrEnum):
    BUYER = "buyer"
    SUPPLIER = "supplier"
    OPERATOR = "operator"
    AUDITOR = "auditor"  # reads what the operator reads, changes nothing

    @property
    def zh(self) -> str:
        return {"buyer": "需求方", "supplier": "供给方", "operator": "运营方", "auditor": "审计"}[self.value]


SCOPES = frozenset({"read", "buy", "supply", "operate"})
"""What a key may be narrowed to; a session has them all."""

NOT_SIGNED_IN = kind(
    "not-signed-in",
    401,
    ("未登录，或令牌已失效。", "You are not signed in, or the token is no longer valid."),
    ("请登录，或换用有效的 API 密钥。", "Sign in, or use an API key that is still valid."),
)
FORBIDDEN = kind(
    "forbidden",
    403,
    ("此操作需要{role_zh}角色。", "This needs the role {role}."),
    ("请换用有此角色的账号，或联系运营方。", "Use an account that has it, or ask the operator."),
)
SCOPE_MISSING = kind(
    "scope-missing",
    403,
    ("此密钥没有 {scope} 权限。", "This key does not have the scope {scope}."),
    ("请用有该权限的密钥，或登录后操作。", "Use a key that has it, or sign in."),
)


@dataclass(frozen=True, slots=True)
class Principal:
    """The one on whose behalf a flow acts. `trusted` is the operator's word on the party."""

    party: str
    member: str
    roles: frozenset[Role]
    scopes: frozenset[str]
    name: str
    trusted: bool

    def require(self, scope: str, *roles: Role) -> None:
        """Raise a refusal unless the key lets `scope` through and, where roles are named, one of them is held."""
        if scope not in self.scopes:
            raise refuse(SCOPE_MISSING, scope=scope)
        if roles and not self.roles.intersection(roles):
            raise refuse(FORBIDDEN, role=roles[0].value, role_zh=roles[0].zh)
