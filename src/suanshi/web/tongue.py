"""Which of the product's two languages a reader wants."""

from __future__ import annotations

from starlette.requests import HTTPConnection

from suanshi.kit.refusal import Language


def tongue(header: str | None) -> Language:
    """The heavier of zh and en in an Accept-Language header; Chinese when neither is asked for."""
    best: tuple[float, Language] = (0.0, "zh")
    for part in (header or "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.split("-")[0].strip().lower()
        try:
            q = float(weight or 1)
        except ValueError:
            continue
        if primary in ("zh", "en") and q > best[0]:
            best = (q, "zh" if primary == "zh" else "en")
    return best[1]


def tongue_of(connection: HTTPConnection) -> Language:
    return tongue(connection.headers.get("accept-language"))
