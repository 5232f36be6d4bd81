"""Passwords and tokens: only their hashes are ever kept."""

from __future__ import annotations

import secrets
from hashlib import sha256
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from suanshi.kit.refusal import invalid

SHORTEST = 10
_LONGEST = 200
# OWASP's second recommendation for argon2id (19 MiB, two passes): about 20 ms of one core.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_urlsafe())
# However many sign in at once, hashing takes no more than this many cores and their memory.
_at_once = BoundedSemaphore(4)


def check_password(password: str) -> None:
    """Raises a refusal for a password that is too short to be safe or too long to be one."""
    if not SHORTEST <= len(password) <= _LONGEST:
        raise invalid(
            "password", f"长度应在 {SHORTEST} 到 {_LONGEST} 之间", f"must have between {SHORTEST} and {_LONGEST} characters"
        )


def hash_password(password: str) -> str:
    """Slow on purpose: call it outside transactions."""
    with _at_once:
        return _hasher.hash(_bytes(password))


def fits(password: str, hashed: str | None) -> bool:
    """Whether the password is the one hashed. Takes as long for a member who does not exist (None)."""
    try:
        with _at_once:
            return _hasher.verify(hashed or _NOBODY, _bytes(password)) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def new_token(kind: str) -> str:
    """256 bits of chance behind a word that tells what it is: `sst_...` a session, `ssk_...` a key."""
    return f"{kind}_{secrets.token_urlsafe(32)}"


def digest(token: str) -> str:
    """What is kept of a token. It is long and random, so one fast hash is enough."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
