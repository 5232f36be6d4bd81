"""The API's description is whole: it needs no database, names every refusal's shape, and every guarded route says so."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from suanshi.web.document import openapi

DOCUMENT = openapi()
OPERATIONS = [(path, method, described) for path, methods in DOCUMENT["paths"].items() for method, described in methods.items()]


def test_it_is_printed_without_a_database() -> None:
    done = subprocess.run([sys.executable, "-m", "suanshi.web.document"], capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout) == DOCUMENT
    assert DOCUMENT["openapi"].startswith("3.1")


def test_each_operation_has_a_name_a_sentence_and_a_way_to_say_no() -> None:
    names = [described["operationId"] for _, _, described in OPERATIONS]
    assert len(set(names)) == len(names) > 50
    for path, method, described in OPERATIONS:
        assert described["description"], (path, method)
        assert path.startswith("/api/v1/")
        problem = described["responses"]["default"]["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/Problem"}
        assert "422" not in described["responses"]


@pytest.mark.parametrize("operation", ["create_order", "create_topup", "confirm_topup"])
def test_what_moves_money_needs_a_key_against_doing_it_twice(operation: str) -> None:
    described = next(d for _, _, d in OPERATIONS if d["operationId"] == operation)
    key = next(p for p in described["parameters"] if p["name"] == "Idempotency-Key")
    assert key["required"] is True


def test_every_request_refuses_unknown_fields() -> None:
    for path, method, described in OPERATIONS:
        body = described.get("requestBody")
        if body is None:
            continue
        named = body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        assert DOCUMENT["components"]["schemas"][named]["additionalProperties"] is False, (path, method)


def test_money_is_never_a_float() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            if any(word in field for word in ("amount", "price", "balance", "charge", "hold", "total", "gross", "net")):
                kinds = {part.get("type") for part in described.get("anyOf", [described])}
                assert "number" not in kinds, (name, field)
