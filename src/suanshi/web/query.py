"""A query parameter that a route does not know is refused, like an unknown field: a misspelt filter must not be ignored."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError


def only_known_queries(request: Request) -> None:
    """Raises the usual refusal for the first parameter that the API's document does not list for this route."""
    if not request.url.query:
        return
    known = queries_of(request.app.openapi(), request.scope["route"].name)
    for name in request.query_params:
        if name not in known:
            raise RequestValidationError([{"type": "extra_forbidden", "loc": ("query", name), "msg": "", "input": None}])


def queries_of(document: dict[str, Any], operation: str) -> set[str]:
    """The query parameters of an operation."""
    for methods in document["paths"].values():
        for described in methods.values():
            if described["operationId"] == operation:
                return {p["name"] for p in described.get("parameters", ()) if p["in"] == "query"}
    return set()
