"""The API asked at random, after its own description: whatever comes, it answers as described and never breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from suanshi.flows import join
from suanshi.identity.party import PartyKind
from suanshi.kit import ids
from suanshi.orders.order import Job
from suanshi.web.document import openapi

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Few examples of each of some sixty operations, the same ones every time.
FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
schema = schemathesis.openapi.from_dict(openapi())


@dataclass
class Caller:
    base: str
    session: requests.Session
    tokens: dict[str, str]
    things: dict[str, str]

    def send(self, case: Any, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        case.call_and_validate(base_url=self.base, session=self.session, headers=headers, checks=CHECKS, timeout=120)


@pytest.fixture(scope="module")
def caller(town: Any, door: str) -> Iterator[Caller]:
    """A buyer with a settled order, a supplier and an operator."""
    order = town.settled(town.buy(Job("python", argv=("echo", "hello"))))
    tokens = {}
    for kind in PartyKind:
        tokens[kind.value] = join.register(
            town.db, kind, kind.value, f"{ids.new('m')}@example.com", "correct horse battery"
        ).token
    for who, role in ((town.buyer, "buyer"), (town.supplier, "supplier")):
        _, tokens[role] = join.create_key(town.db, who, "fuzz", frozenset({"read", "buy", "supply", "operate"}))
    things = {"orders": order.id, "quotes": order.quote.id, "offers": town.offer.id, "sites": town.offer.site}
    with requests.Session() as line:
        line.trust_env = False
        yield Caller(door, line, tokens, things)


def role_of(path: str) -> str:
    """Who has business there, so that the request gets past the doorkeeper."""
    if "/operator/" in path:
        return "operator"
    return "supplier" if "/supplier/" in path or "/sites" in path else "buyer"


@schema.parametrize()
@FEW
def test_the_api_does_what_it_says(case: Any, caller: Caller) -> None:
    part = case.path.split("/")[3]
    if part in caller.things and "id" in (case.path_parameters or {}) and len(str(case.path_parameters["id"])) % 2:
        case.path_parameters["id"] = caller.things[part]  # half of the time a thing that is there
    caller.send(case, caller.tokens[role_of(case.path)])
