"""Bad input through the open door: each gets a clear refusal that names the field, and changes nothing else."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from suanshi.flows import join
from suanshi.identity.party import PartyKind
from suanshi.kit import ids
from suanshi.ledger import books

PASSWORD = "correct horse battery"
COMMAND = {"kind": "command", "argv": ["true"]}


@dataclass
class Buyer:
    """A buyer at the open door."""

    client: httpx.Client
    town: Any

    @property
    def offer(self) -> str:
        return str(self.town.offer.id)

    def quote(self, **changes: Any) -> httpx.Response:
        return self.client.post("/quotes", json={"offer_id": self.offer, "cards": 1, "seconds": 30, **changes})

    def order(self, quote: str, job: Any = None, key: str | None = None, **changes: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key or ids.new("key")}
        return self.client.post("/orders", json={"quote_id": quote, "job": job or COMMAND, **changes}, headers=headers)

    def over(self, order: str) -> dict[str, Any]:
        """The order once it is settled or refused: told by its own stream."""
        with self.client.stream("GET", f"/orders/{order}/stream") as response:
            frames = "".join(response.iter_text()).strip().split("\n\n")
        assert "event: done" in frames[-1]
        told: dict[str, Any] = json.loads(frames[-1].split("data: ", 1)[1])
        return told

    def belongings(self) -> tuple[Any, ...]:
        """All that a refused request must leave as it was."""
        orders = self.client.get("/orders", params={"limit": 100}).json()["items"]
        return (self.client.get("/wallet").json(), [one["id"] for one in orders], self.town.db.read(books.proof).postings)


def enter(door: str, town: Any, yuan: str | None) -> httpx.Client:
    session = join.register(town.db, PartyKind.BUYER, "买家", f"{ids.new('m')}@example.com", PASSWORD)
    who = join.principal(town.db, session.token)
    join.trust(town.db, who, who.party, True)
    if yuan:
        town.pay_in(who, yuan)
    headers = {"Authorization": f"Bearer {session.token}", "Accept-Language": "en"}
    return httpx.Client(base_url=f"{door}/api/v1", headers=headers, timeout=120, trust_env=False)


@pytest.fixture(scope="module")
def buyer(door: str, town: Any) -> Iterator[Buyer]:
    with enter(door, town, "1000") as client:
        yield Buyer(client, town)


def refused(response: httpx.Response, status: int, code: str, where: str | None = None) -> dict[str, Any]:
    """The problem, after making sure that it is told in full."""
    problem: dict[str, Any] = response.json()
    assert (response.status_code, problem["code"]) == (status, code), problem
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["where"] == where, problem
    assert problem["detail"]
    assert problem["next"]
    assert problem["charged"] is False
    return problem


QUOTES = [
    ({"cards": -1}, "cards"),
    ({"cards": 0}, "cards"),
    ({"cards": 10**30}, "cards"),
    ({"cards": 1.5}, "cards"),
    ({"cards": "1"}, "cards"),
    ({"cards": True}, "cards"),
    ({"cards": None}, "cards"),
    ({"seconds": 0}, "seconds"),
    ({"seconds": -(2**63)}, "seconds"),
    ({"seconds": 2**63}, "seconds"),
    ({"seconds": "1h"}, "seconds"),
    ({"share_milli": 1001}, "share_milli"),
    ({"share_milli": 0}, "share_milli"),
    ({"share_milli": 0.5}, "share_milli"),
    ({"offer_id": "off_1"}, "offer_id"),
    ({"offer_id": "off_\x00"}, "offer_id"),
    ({"hours": 1}, "hours"),
]


@pytest.mark.parametrize(("changes", "where"), QUOTES)
def test_wrong_units_and_huge_or_negative_quantities_are_named(buyer: Buyer, changes: dict[str, Any], where: str) -> None:
    before = buyer.belongings()
    problem = refused(buyer.quote(**changes), 422, "invalid", where)
    assert where in problem["detail"]
    assert buyer.belongings() == before


JOBS = [
    ({**COMMAND, "gpu": 1}, "job.gpu"),
    ({"kind": "command"}, "job.argv"),
    ({"kind": "command", "argv": []}, "job.argv"),
    ({"kind": "command", "argv": ["a\x00b"]}, "job.argv[0]"),
    ({"kind": "command", "argv": "true"}, "job.argv"),
    ({"kind": "magic", "argv": ["true"]}, "job"),
    ({"argv": ["true"]}, "job"),
    ({"kind": "script", "script": ""}, "job.script"),
    ({"kind": "script", "script": "x" * (256 * 1024 + 1)}, "job.script"),
    ({**COMMAND, "environment": "no/such"}, "job.environment"),
    ({**COMMAND, "environment": "nosuch"}, "job.environment"),
    ({**COMMAND, "env": {"A=B": "c"}}, "job.env.A=B"),
    ({**COMMAND, "env": {"A": "\x00"}}, "job.env.A"),
    ({**COMMAND, "time_limit_seconds": -1}, "job.time_limit_seconds"),
    ({**COMMAND, "time_limit_seconds": 31}, "job.time_limit_seconds"),
    ({**COMMAND, "spend_limit": "-1"}, "job.spend_limit"),
    ({**COMMAND, "spend_limit": 1}, "job.spend_limit"),
    ({**COMMAND, "spend_limit": "0"}, "job.spend_limit"),
    ({**COMMAND, "spend_limit": "1e9"}, "job.spend_limit"),
    ({**COMMAND, "spend_limit": "0.0000001"}, "job.spend_limit"),
    ({**COMMAND, "inputs": [{"name": "../x", "content_base64": ""}]}, "job.inputs[0].name"),
    ({**COMMAND, "inputs": [{"name": "/etc/x", "content_base64": ""}]}, "job.inputs[0].name"),
    ({**COMMAND, "inputs": [{"name": "x", "content_base64": "?"}]}, "job.inputs[0].content_base64"),
    ({**COMMAND, "inputs": [{"name": "x", "content_base64": "QQ"}]}, "job.inputs[0].content_base64"),
    ({**COMMAND, "inputs": [{"name": "x", "content_base64": ""}] * 2}, "job.inputs[1].name"),
]


@pytest.mark.parametrize(("job", "where"), JOBS)
def test_a_job_that_cannot_be_is_refused_before_anything_is_reserved(buyer: Buyer, job: Any, where: str) -> None:
    quote = buyer.quote().json()["id"]
    before = buyer.belongings()
    refused(buyer.order(quote, job), 422, "invalid", where)
    assert buyer.belongings() == before
    assert buyer.client.get(f"/quotes/{quote}").json()["order_id"] is None


def test_inputs_have_a_limit_together(buyer: Buyer) -> None:
    quote = buyer.quote().json()["id"]
    half = base64.b64encode(bytes(9 * 2**20)).decode()
    before = buyer.belongings()
    job = {**COMMAND, "inputs": [{"name": name, "content_base64": half} for name in "ab"]}
    refused(buyer.order(quote, job), 413, "too-large")
    seven = base64.b64encode(bytes(17 * 2**19)).decode()
    job = {**COMMAND, "inputs": [{"name": name, "content_base64": seven} for name in "ab"]}
    refused(buyer.order(quote, job), 422, "invalid", "job.inputs")
    assert buyer.belongings() == before


def test_an_expired_quote_buys_nothing(buyer: Buyer) -> None:
    quote = buyer.quote().json()["id"]
    expire = text("update quote set valid_until = now() - interval '1 second' where id = :id")
    buyer.town.db.write(lambda tx: tx.execute(expire, {"id": quote}))
    before = buyer.belongings()
    problem = refused(buyer.order(quote), 409, "quote-expired")
    assert "Ask for a new quote" in problem["next"]
    assert buyer.belongings() == before


def test_an_empty_wallet_buys_nothing(door: str, town: Any) -> None:
    with enter(door, town, None) as client:
        poor = Buyer(client, town)
        quote = poor.quote().json()["id"]
        before = poor.belongings()
        response = poor.order(quote)
        assert response.status_code in (402, 409)
        assert response.json()["fault"] == "asker"
        assert poor.belongings() == before
        assert before[0]["balance"] == "0"


def test_the_last_card_goes_to_one_of_all_who_ask_at_once(buyer: Buyer) -> None:
    """Two cards, eight buyers of a whole one each at the same instant: two get them, six are told why not."""
    quotes = [buyer.quote(seconds=600).json()["id"] for _ in range(8)]
    sleeping = {"kind": "command", "argv": ["sleep", "500"]}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda quote: buyer.order(quote, sleeping), quotes))
    won = [answer.json()["id"] for answer in answers if answer.is_success]
    assert len(won) == 2
    for answer in answers:
        if not answer.is_success:
            refused(answer, 409, "no-capacity")
    for order in won:
        buyer.client.post(f"/orders/{order}/cancel")
    for order in won:
        assert buyer.over(order)["outcome"] == "cancelled"


def test_one_key_is_one_order(buyer: Buyer) -> None:
    quote, key = buyer.quote().json()["id"], ids.new("key")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: buyer.order(quote, key=key), range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    refused(buyer.order(quote, {"kind": "command", "argv": ["false"]}, key=key), 409, "idempotency-conflict")
    body = {"quote_id": quote, "job": COMMAND}
    refused(buyer.client.post("/orders", json=body), 422, "invalid", "Idempotency-Key")
    refused(buyer.client.post("/orders", json=body, headers={"Idempotency-Key": "short"}), 422, "invalid", "Idempotency-Key")
    refused(buyer.order(quote), 409, "quote-used")
    assert buyer.over(answers[0].json()["id"])["state"] == "settled"


@pytest.mark.parametrize("amount", ["0", "-5", "1e3", "1.2345678", "abc", "９９", "", "99999999999", 5, None])
def test_an_amount_is_plain_decimal_text_above_zero(buyer: Buyer, amount: Any) -> None:
    before = buyer.belongings()
    headers = {"Idempotency-Key": ids.new("key")}
    refused(buyer.client.post("/wallet/topups", json={"amount": amount}, headers=headers), 422, "invalid", "amount")
    assert buyer.belongings() == before


NAMES = [
    "智算中心",
    "Zoë O'Neil",
    "مختبر",
    "👩‍🔬",
    "<script>alert(1)</script>",
    "'; drop table party;--",
    "{0} {x} %s %(y)s",
    "\\",
]


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_are_names(buyer: Buyer, name: str) -> None:
    made = buyer.client.post("/keys", json={"name": name, "scopes": ["read"]})
    assert made.status_code == 201
    assert made.json()["name"] == name
    with httpx.Client(base_url=buyer.client.base_url, timeout=120, trust_env=False) as stranger:
        party = {"kind": "buyer", "name": name, "email": f"{ids.new('m')}@example.com", "password": PASSWORD}
        assert stranger.post("/parties", json=party).json()["principal"]["party"]["name"] == name


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x00b", "x" * 101, "abc\u202efdp", 7, ["a"], {"a": 1}])
def test_names_that_trick_are_not(buyer: Buyer, name: Any) -> None:
    refused(buyer.client.post("/keys", json={"name": name, "scopes": ["read"]}), 422, "invalid", "name")


BODIES = [
    (b"{bad", "application/json", 400, "malformed"),
    (b"", "application/json", 422, "invalid"),
    (b"[" * 100_000, "application/json", 400, "malformed"),
    (b'{"name": ' + b"9" * 5000 + b"}", "application/json", 400, "malformed"),
    (b"\xff\xfe", "application/json", 400, "malformed"),
    (b"null", "application/json", 422, "invalid"),
    (b"[]", "application/json", 422, "invalid"),
    (b"name=x", "application/x-www-form-urlencoded", 422, "invalid"),
    (b'{"name": "\\ud800", "scopes": ["read"]}', "application/json", 422, "invalid"),
    (b'{"name": NaN, "scopes": ["read"]}', "application/json", 422, "invalid"),
    (b" " * (2**20 + 1), "application/json", 413, "too-large"),
]


@pytest.mark.parametrize(("body", "kind", "status", "code"), BODIES)
def test_a_body_that_is_no_request_is_told_so(buyer: Buyer, body: bytes, kind: str, status: int, code: str) -> None:
    response = buyer.client.post("/keys", content=body, headers={"Content-Type": kind})
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_a_body_without_end_is_cut_off(buyer: Buyer) -> None:
    """No length announced: the doorkeeper counts while it comes in."""

    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * 2**16

    response = buyer.client.post("/keys", content=endless(), headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (413, "too-large")


def test_a_misspelt_filter_is_not_ignored(buyer: Buyer) -> None:
    for query in ({"accelerater": "a100"}, {"min_memory": "80"}, {"page": "2"}):
        refused(buyer.client.get("/offers", params=query), 422, "invalid", next(iter(query)))
    refused(buyer.client.get("/orders", params={"status": "settled"}), 422, "invalid", "status")
    refused(buyer.client.get("/wallet", params={"currency": "USD"}), 422, "invalid", "currency")


@pytest.mark.parametrize("cursor", ["AAAA", "b3JkXw", "____", "x" * 200])
def test_a_cursor_of_somebody_elses_making_harms_nothing(buyer: Buyer, cursor: str) -> None:
    for path in ("/offers", "/orders", "/wallet/entries", "/keys"):
        response = buyer.client.get(path, params={"cursor": cursor})
        assert response.status_code in (200, 422), (path, response.text)


def test_addresses_and_methods_that_do_not_exist(buyer: Buyer) -> None:
    refused(buyer.client.get("/nothing"), 404, "no-route")
    wrong = buyer.client.delete("/wallet")
    refused(wrong, 405, "no-method")
    assert "GET" in wrong.headers["allow"]
    refused(buyer.client.get("/orders/ord_00000000000000000000000000"), 404, "not-found")
    refused(buyer.client.get("/orders/..%2f..%2fetc"), 404, "no-route")
    refused(buyer.client.get("/orders/ord_1"), 422, "invalid", "id")


def test_each_language_is_answered_in_itself(buyer: Buyer) -> None:
    def detail(accept: str) -> tuple[str, str]:
        response = buyer.client.post("/quotes", json={"offer_id": buyer.offer, "cards": 0}, headers={"Accept-Language": accept})
        return response.headers["content-language"], response.json()["detail"]

    assert detail("zh-CN,zh;q=0.9,en;q=0.8") == ("zh", "cards：不得小于 1。")
    assert detail("en-GB,en;q=0.9") == ("en", "cards: must be at least 1.")
    assert detail("de, en;q=0.3, zh;q=0.1")[0] == "en"
    assert detail("de")[0] == detail(";;;q=,=")[0] == "zh"


def test_all_faults_of_a_request_are_told_at_once(buyer: Buyer) -> None:
    problem = refused(buyer.client.post("/quotes", json={"cards": 0, "hours": 1}), 422, "invalid", "offer_id")
    assert len(problem["reasons"]) == 3
    assert json.dumps(problem).count("hours") >= 1


def test_too_many_wrong_passwords_close_the_door_for_a_while(door: str, town: Any) -> None:
    email = f"{ids.new('m')}@example.com"
    join.register(town.db, PartyKind.BUYER, "买家", email, PASSWORD)
    with httpx.Client(base_url=f"{door}/api/v1", timeout=120, trust_env=False) as client:
        statuses = [client.post("/sessions", json={"email": email, "password": f"wrong {n}"}).status_code for n in range(12)]
        assert statuses == [401] * 10 + [429] * 2
        refused(client.post("/sessions", json={"email": email, "password": PASSWORD}), 429, "too-many-tries")
