"""Names and addresses of people and organisations: any script is welcome, tricks with invisible characters are not."""

from __future__ import annotations

import unicodedata

from suanshi.kit.refusal import invalid

LONGEST = 100
# Characters that turn the direction of the text after them: a name with one can pass for another on the screen.
_TURNERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def name(text: str, where: str = "name") -> str:
    """The name in Unicode's composed form (NFC), without blanks around it. Raises a refusal that says what is wrong."""
    composed = unicodedata.normalize("NFC", text).strip()
    if not composed or all(unicodedata.category(c) in ("Cf", "Zs", "Zl", "Zp") for c in composed):
        raise invalid(where, "不能为空", "must not be empty")
    if len(composed) > LONGEST:
        raise invalid(where, f"不得超过 {LONGEST} 个字符", f"must not be longer than {LONGEST} characters")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _TURNERS for c in composed):
        raise invalid(where, "含有控制字符", "holds control characters")
    return composed


def email(text: str) -> str:
    """An address in the form under which it is kept: composed, lower case."""
    address = unicodedata.normalize("NFC", text).strip().lower()
    local, at, domain = address.partition("@")
    if not (local and at and domain) or "@" in domain or len(address) > 254:
        raise invalid("email", "不是邮箱地址", "is not an e-mail address")
    if any(c.isspace() or unicodedata.category(c).startswith("C") for c in address):
        raise invalid("email", "含有空白或控制字符", "holds blanks or control characters")
    return address
