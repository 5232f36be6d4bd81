"""Who may do what: every route of the API asked by everybody, and nobody sees or moves what is another's.

The rows are checked against the API's own document, so a new route without a row here fails.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from suanshi.flows import join
from suanshi.identity.party import PartyKind
from suanshi.identity.principal import SCOPES, Role
from suanshi.kit import ids
from suanshi.kit.clock import now
from suanshi.orders.order import Job
from suanshi.web.document import openapi

PASSWORD = "correct horse battery"
NEEDLE = "needle-that-only-the-buyer-may-see"
ACTORS = ("nobody", "buyer", "other", "seller", "rival", "operator", "auditor")

PUBLIC = "ok  ok  ok  ok  ok  ok  ok"
MEMBER = "401 ok  ok  ok  ok  ok  ok"
BUYERS = "401 ok  ok  403 403 403 403"
MY_BUY = "401 ok  404 403 403 403 403"
SELLERS = "401 403 403 ok  ok  403 403"
MY_SALE = "401 403 403 ok  404 403 403"
ORDER = "401 ok  404 ok  404 ok  ok"
BILL = "401 ok  404 404 404 ok  ok"
MINE = "401 ok  404 404 404 404 404"
LOOK = "401 403 403 403 403 ok  ok"
ACT = "401 403 403 403 403 ok  403"


@dataclass
class Street:
    """The people, what belongs to the first buyer and the first seller, and a client for each."""

    client: httpx.Client
    tokens: dict[str, str] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)
    narrow: dict[str, str] = field(default_factory=dict)

    def ask(self, token: str | None, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= options.pop("headers", {})
        return self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    def over(self, order: str) -> None:
        """Stop the buyer's order and wait until it is settled or refused."""
        assert self.ask(self.tokens["buyer"], "POST", f"/orders/{order}/cancel").is_success
        assert "event: done" in self.ask(self.tokens["buyer"], "GET", f"/orders/{order}/stream").text


def fresh() -> str:
    return ids.new("t")


def probe(street: Street) -> dict[str, Any]:
    work = {"task": "network", "gflop_per_sample": 0.01, "samples": 1000}
    return {"advice": {"workload": work}, "offer_id": street.things["offer"], "share_milli": 800}


def key() -> dict[str, dict[str, str]]:
    return {"headers": {"Idempotency-Key": fresh()}}


def party(kind: str) -> dict[str, Any]:
    return {"json": {"kind": kind, "name": "新来的", "email": f"{fresh()}@example.com", "password": PASSWORD}}


def member(role: str) -> dict[str, Any]:
    return {"json": {"name": "同事", "email": f"{fresh()}@example.com", "password": PASSWORD, "roles": [role]}}


ROLE = {"buyer": "buyer", "other": "buyer", "seller": "supplier", "rival": "supplier", "auditor": "auditor"}


@dataclass(frozen=True)
class Row:
    """What each of ACTORS gets, and what is sent beside the path. `{x}` in the path is the first buyer's or seller's own."""

    gets: str
    path: dict[str, str] = field(default_factory=dict)
    sends: Callable[[Street, str], dict[str, Any]] = lambda street, actor: {}


def quote_ask(street: Street, actor: str) -> dict[str, Any]:
    return {"json": {"offer_id": street.things["offer"], "cards": 1, "seconds": 30}}


def order_ask(street: Street, actor: str) -> dict[str, Any]:
    quote = street.ask(street.tokens["buyer"], "POST", "/quotes", **quote_ask(street, actor)).json()
    return {"json": {"quote_id": quote["id"], "job": {"kind": "command", "argv": ["true"]}}, **key()}


def offer_ask(street: Street, actor: str) -> dict[str, Any]:
    ask = {"site_id": street.things["site"], "accelerator": "cpu-core-x86", "title": "另一商品", "price_per_card_hour": "2"}
    return {"json": ask}


HOURS = itertools.count(24)


def closure_ask(street: Street, actor: str) -> dict[str, Any]:
    """An hour of its own each time, so that one closure is never in another's way."""
    start = now() + timedelta(hours=next(HOURS))
    times = {"start": start.isoformat(), "end": (start + timedelta(minutes=30)).isoformat()}
    return {"json": {"accelerator": "cpu-core-x86", "cards": 1, **times}}


def sign_out(street: Street, actor: str) -> dict[str, Any]:
    """A session of the actor's own, begun for this alone."""
    if actor == "nobody":
        return {}
    begun = street.ask(None, "POST", "/sessions", json={"email": street.things[f"{actor}-email"], "password": PASSWORD}).json()
    return {"headers": {"Authorization": f"Bearer {begun['token']}"}}


MONTH = {"params": {"month": "2026-11"}}
ORDER_PATH = {"id": "order"}
ROWS: dict[str, Row] = {
    "list_offers": Row(PUBLIC),
    "get_offer": Row(PUBLIC, {"id": "offer"}),
    "list_accelerators": Row(PUBLIC),
    "get_accelerator": Row(PUBLIC, {"id": "accelerator"}),
    "list_environments": Row(PUBLIC),
    "health": Row(PUBLIC),
    "refusals": Row(PUBLIC),
    "register": Row(PUBLIC, sends=lambda s, a: party("buyer")),
    "sign_in": Row(PUBLIC, sends=lambda s, a: {"json": {"email": s.things["buyer-email"], "password": PASSWORD}}),
    "sign_out": Row(MEMBER, sends=sign_out),
    "me": Row(MEMBER),
    "list_keys": Row(MEMBER),
    "create_key": Row(MEMBER, sends=lambda s, a: {"json": {"name": "一把", "scopes": ["read"]}}),
    "delete_key": Row(MINE, {"id": "key"}),
    "list_members": Row(MEMBER),
    "create_member": Row(MEMBER, sends=lambda s, a: member(ROLE.get(a, "operator"))),
    "create_quote": Row(BUYERS, sends=quote_ask),
    "get_quote": Row(MY_BUY, {"id": "quote"}),
    "create_order": Row(MY_BUY, sends=order_ask),
    "list_orders": Row(BUYERS),
    "get_order": Row(ORDER, ORDER_PATH),
    "cancel_order": Row(MY_BUY, ORDER_PATH),
    "get_log": Row(MY_BUY, ORDER_PATH),
    "stream_order": Row(MY_BUY, ORDER_PATH),
    "list_files": Row(MY_BUY, ORDER_PATH),
    "download_file": Row(MY_BUY, {"id": "order", "name": "file"}),
    "get_bill": Row(BILL, ORDER_PATH),
    "get_order_statement": Row(BILL, ORDER_PATH),
    "get_wallet": Row(BUYERS),
    "list_entries": Row(BUYERS),
    "create_topup": Row(BUYERS, sends=lambda s, a: {"json": {"amount": "1.5"}, **key()}),
    "list_topups": Row(BUYERS),
    "get_statement": Row(BUYERS, sends=lambda s, a: MONTH),
    "list_sites": Row(SELLERS),
    "create_site": Row(SELLERS, sends=lambda s, a: {"json": {"name": fresh(), "region": "庆阳"}}),
    "get_site": Row(MY_SALE, {"id": "site"}),
    "list_cards": Row(MY_SALE, {"id": "site"}),
    "list_closures": Row(MY_SALE, {"id": "site"}),
    "create_closure": Row(MY_SALE, {"id": "site"}, closure_ask),
    "delete_closure": Row(MY_SALE, {"id": "site", "closure_id": "closure"}),
    "list_own_offers": Row(SELLERS),
    "create_offer": Row(MY_SALE, sends=offer_ask),
    "change_offer": Row(MY_SALE, {"id": "offer"}, lambda s, a: {"json": {"state": "listed"}}),
    "list_supplier_orders": Row(SELLERS),
    "get_supplier_statement": Row(SELLERS, sends=lambda s, a: MONTH),
    "list_parties": Row(LOOK),
    "trust_party": Row(ACT, {"id": "party"}, lambda s, a: {"json": {"trusted": True}}),
    "list_all_orders": Row(LOOK),
    "list_all_topups": Row(LOOK),
    "confirm_topup": Row(ACT, {"id": "topup"}, lambda s, a: key()),
    "prove_ledger": Row(LOOK),
    "list_postings": Row(LOOK),
    "list_accounts": Row(LOOK),
    "list_reconciliations": Row(LOOK),
    "reconcile": Row(ACT, sends=lambda s, a: {"json": {"day": "2026-01-01"}}),
    "list_audit": Row(LOOK),
    "advise": Row(PUBLIC, sends=lambda s, a: {"json": {"text": "我想微调一个7B模型，预算500元"}}),
    "advice_accuracy": Row(PUBLIC),
    "match_offers": Row(PUBLIC, sends=lambda s, a: {"json": {"cards": 1}}),
    "create_probe": Row("401 ok  402 403 403 403 403", sends=lambda s, a: {"json": probe(s), **key()}),
}
OPERATIONS = {
    described["operationId"]: (method.upper(), path.removeprefix("/api/v1"), described)
    for path, methods in openapi()["paths"].items()
    for method, described in methods.items()
}
STARTS = {"create_order", "create_probe"}  # their cards must be free again before others are sold any
# What the buyer alone may read holds the needle; an answer to anybody else must not.
SEES_NEEDLE = {"get_order", "list_orders", "get_log", "stream_order", "download_file", "create_order", "cancel_order"}


@pytest.fixture(scope="module")
def street(town: Any, door: str) -> Iterator[Street]:
    with httpx.Client(base_url=door, timeout=120, trust_env=False) as client:
        yield _street(town, Street(client))


def _street(town: Any, made: Street) -> Street:
    _people(made, town)
    code = f"import os,pathlib\nprint('{NEEDLE}')\npathlib.Path(os.environ['SUANSHI_OUTPUT'],'r.txt').write_text('{NEEDLE}')"
    order = town.settled(town.buy(Job("python", script=code)))
    buyer = join.principal(town.db, made.tokens["buyer"])
    doomed, _ = join.create_key(town.db, buyer, "doomed", frozenset({"read"}))
    asked = made.ask(made.tokens["buyer"], "POST", "/wallet/topups", json={"amount": "7"}, **key()).json()
    things = {"order": order.id, "quote": order.quote.id, "offer": town.offer.id, "site": town.offer.site, "file": "r.txt"}
    closed = made.ask(made.tokens["seller"], "POST", f"/sites/{town.offer.site}/closures", **closure_ask(made, "seller")).json()
    things["closure"] = closed["items"][0]["id"]
    made.things |= things | {"key": doomed.id, "party": buyer.party, "topup": asked["id"], "accelerator": "a100-sxm-80g"}
    return made


def _people(made: Street, town: Any) -> None:
    """A member of the town's buyer and of its supplier, rivals of both, operator and auditor; keys with some scopes each."""

    def email(actor: str) -> str:
        made.things[f"{actor}-email"] = f"{fresh()}@example.com"
        return made.things[f"{actor}-email"]

    for actor, kind in (("other", PartyKind.BUYER), ("rival", PartyKind.SUPPLIER), ("operator", PartyKind.OPERATOR)):
        made.tokens[actor] = join.register(town.db, kind, actor, email(actor), PASSWORD).token
    desk = join.principal(town.db, made.tokens["operator"])
    for actor, host in (("buyer", town.buyer), ("seller", town.supplier), ("auditor", desk)):
        join.create_member(town.db, host, actor, email(actor), PASSWORD, frozenset({Role(ROLE[actor])}))
        made.tokens[actor] = join.sign_in(town.db, made.things[f"{actor}-email"], PASSWORD).token
    for actor, token in made.tokens.items():
        who = join.principal(town.db, token)
        for narrow in ({"read"}, SCOPES - {"read"}):
            name = f"{actor}-{'read' if 'read' in narrow else 'no-read'}"
            made.narrow[name] = join.create_key(town.db, who, name, frozenset(narrow))[1]


def path_of(street: Street, operation: str) -> str:
    _, path, _ = OPERATIONS[operation]
    return path.format(**{name: street.things[thing] for name, thing in ROWS[operation].path.items()})


def test_every_route_has_its_row() -> None:
    assert set(ROWS) == set(OPERATIONS)
    for operation, (_, _, described) in OPERATIONS.items():
        assert (ROWS[operation].gets == PUBLIC) == ("security" not in described), operation


@pytest.mark.parametrize("operation", sorted(ROWS))
def test_everybody_gets_what_is_his(street: Street, operation: str) -> None:
    method, _, _ = OPERATIONS[operation]
    gets = dict(zip(ACTORS, ROWS[operation].gets.split(), strict=True))
    # Those who may come last: what they change must not decide about the others.
    for actor in sorted(ACTORS, key=lambda actor: (gets[actor] == "ok", actor in ("buyer", "seller"))):
        response = street.ask(
            street.tokens.get(actor), method, path_of(street, operation), **ROWS[operation].sends(street, actor)
        )
        told = (operation, actor, response.status_code, response.text[:300])
        if operation in STARTS and response.is_success:
            street.over(response.json()["id"])
        if gets[actor] == "ok":
            assert response.is_success, told
        else:
            assert response.status_code == int(gets[actor]), told
            assert response.headers["content-type"] == "application/problem+json", told
        if actor != "buyer":
            assert NEEDLE not in response.text, told
        elif operation in SEES_NEEDLE - {"create_order"}:
            assert NEEDLE in response.text, told


@pytest.mark.parametrize("operation", sorted(name for name, row in ROWS.items() if row.gets != PUBLIC and name != "sign_out"))
def test_a_key_opens_no_more_than_its_scopes(street: Street, operation: str) -> None:
    method, _, _ = OPERATIONS[operation]
    gets = dict(zip(ACTORS, ROWS[operation].gets.split(), strict=True))
    narrow = "no-read" if method == "GET" else "read"
    for actor in (actor for actor in ACTORS if gets[actor] == "ok"):
        sends = ROWS[operation].sends(street, actor)
        response = street.ask(street.narrow[f"{actor}-{narrow}"], method, path_of(street, operation), **sends)
        assert (response.status_code, response.json()["code"]) == (403, "scope-missing"), (operation, actor)


def test_lists_hold_ones_own_only(street: Street) -> None:
    """The other buyer has bought nothing and the rival sold nothing, however much the others did."""
    for actor, lists in {
        "other": ("/orders", "/wallet/entries"),
        "rival": ("/supplier/orders", "/supplier/offers"),
    }.items():
        for path in lists:
            assert street.ask(street.tokens[actor], "GET", path).json()["items"] == [], path
    assert street.ask(street.tokens["buyer"], "GET", "/orders").json()["items"]
    assert street.ask(street.tokens["seller"], "GET", "/supplier/orders").json()["items"]
    members = street.ask(street.tokens["rival"], "GET", "/members").json()["items"]
    assert [one["email"] for one in members if one["email"] == street.things["rival-email"]]
    assert street.things["buyer-email"] not in str(members)


def test_a_token_that_ended_opens_nothing(street: Street) -> None:
    begun = street.ask(None, "POST", "/sessions", json={"email": street.things["other-email"], "password": PASSWORD}).json()
    assert street.ask(begun["token"], "GET", "/me").is_success
    assert street.ask(begun["token"], "DELETE", "/sessions").status_code == 204
    for token in (begun["token"], "sst_" + "0" * 43, "ssk_" + "0" * 43, "nonsense"):
        assert street.ask(token, "GET", "/me").json()["code"] == "not-signed-in"


def test_figures_are_for_this_machine_and_the_operator(street: Street) -> None:
    near = street.client.get("/metrics")
    assert 'suanshi_orders{state="settled"}' in near.text
    assert 'route="get_order"' in near.text
    through_a_proxy = {"X-Forwarded-For": "203.0.113.9"}
    assert street.client.get("/metrics", headers=through_a_proxy).status_code == 401
    for actor, status in (("buyer", 403), ("operator", 200), ("auditor", 200)):
        headers = {**through_a_proxy, "Authorization": f"Bearer {street.tokens[actor]}"}
        assert street.client.get("/metrics", headers=headers).status_code == status
