"""Small laws of the web door: languages, wording, pieces of text, the console's files, and failures that tell no secrets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from suanshi.kit.refusal import INVALID
from suanshi.web.app import create_app
from suanshi.web.problem import misfit
from suanshi.web.shapes.fields import Amount, Name, micro
from suanshi.web.shapes.order import OrderAsk, QuoteAsk
from suanshi.web.stream import readable
from suanshi.web.tongue import tongue


class Nowhere:
    """A house whose database breaks in an unforeseen way, with a secret in the words of the error."""

    class Broken:
        def read(self, *args: Any) -> Any:
            raise ZeroDivisionError("the password is hunter2")

        write = read

    db: Any = Broken()
    seats: Any = None
    engines: Any = None


def ask(work: Callable[[httpx.AsyncClient], Awaitable[Any]], console: Path = Path("/nonexistent")) -> Any:
    async def run() -> Any:
        transport = httpx.ASGITransport(create_app(Nowhere(), console))
        async with httpx.AsyncClient(transport=transport, base_url="http://market") as client:
            return await work(client)

    # In a thread of its own: the browser's driver keeps an event loop in the main one for as long as the session lasts.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, run()).result()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("EN-us", "en"),
        ("zh-Hans-CN, en;q=0.5", "zh"),
        ("en;q=0.4, zh;q=0.6", "zh"),
        ("fr, en;q=0.1", "en"),
        ("fr", "zh"),
        ("en;q=x", "zh"),
        ("en;q=0", "zh"),
    ],
)
def test_the_heavier_language_wins(header: str | None, language: str) -> None:
    assert tongue(header) == language


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=50))
def test_any_header_names_one_of_the_two(header: str) -> None:
    assert tongue(header) in ("zh", "en")


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40), st.lists(st.integers(1, 5), max_size=80))
def test_text_cut_anywhere_comes_out_whole(text: str, cuts: list[int]) -> None:
    data = text.encode("utf-8", "replace")
    out, offset = "", 0
    for cut in cuts:
        piece, taken = readable(data[offset : offset + cut], final=False)
        out, offset = out + piece, offset + taken
    while offset < len(data):
        piece, taken = readable(data[offset:], final=True)
        assert taken > 0
        out, offset = out + piece, offset + taken
    assert out == data.decode()


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=64))
def test_bytes_that_are_no_text_are_read_to_the_end_all_the_same(data: bytes) -> None:
    out, offset = "", 0
    while offset < len(data):
        piece, taken = readable(data[offset:], final=True)
        assert taken > 0
        out, offset = out + piece, offset + taken
    assert offset == len(data)


@settings(deadline=None, max_examples=100)
@given(st.decimals(0, 999_999_999, places=6))
def test_amounts_keep_every_micro_yuan(value: Any) -> None:
    text = f"{value:f}"
    assert micro(TypeAdapter(Amount).validate_python(text)) == int(value * 10**6)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=120))
def test_a_name_on_the_wire_has_no_control_characters(text: str) -> None:
    try:
        TypeAdapter(Name).validate_python(text)
    except ValidationError:
        return
    assert not any(ord(c) < 32 or ord(c) == 127 for c in text)


@settings(deadline=None, max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=10,
    )
)
def test_whatever_is_sent_instead_the_field_is_named_in_both_languages(value: Any) -> None:
    for shape in (QuoteAsk, OrderAsk):
        with pytest.raises(ValidationError) as failed:
            shape.model_validate(value)
        refusal = misfit([{**error, "loc": ("body", *error["loc"])} for error in failed.value.errors()])
        assert refusal.code == INVALID.code
        assert refusal.where
        assert refusal.where in refusal.cause("zh")
        assert refusal.where in refusal.cause("en")


def test_an_unforeseen_failure_gets_a_number_and_tells_nothing_else() -> None:
    with structlog.testing.capture_logs() as logs:
        answer = ask(lambda client: client.get("/api/v1/offers", headers={"Accept-Language": "en"}))
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["fault"]) == (500, "incident", "platform")
    assert problem["incident"] in problem["detail"]
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    assert logs[0]["incident"] == problem["incident"]
    assert "ZeroDivisionError" in logs[0]["trace"]


def test_answers_carry_the_headers_that_protect_a_browser() -> None:
    answer = ask(lambda client: client.get("/api/v1/accelerators"))
    assert answer.status_code == 200
    assert len(answer.json()["items"]) > 10
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert "script-src" not in answer.headers["content-security-policy"]


def test_the_console_answers_what_no_route_does(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>算市</title>")
    (tmp_path / "assets" / "main-1a2b.js").write_text("1")

    async def look(client: httpx.AsyncClient) -> dict[str, tuple[int, str, str]]:
        found = {}
        for path in (
            "/",
            "/orders/ord_1",
            "/assets/main-1a2b.js",
            "/assets/gone.js",
            "/api/v1/nothing",
            "/..%2f..%2fetc%2fpasswd",
        ):
            answer = await client.get(path)
            found[path] = (answer.status_code, answer.text[:20], answer.headers.get("cache-control", ""))
        posted = await client.post("/orders")
        found["post"] = (posted.status_code, posted.json()["code"], "")
        return found

    found = ask(look, tmp_path)
    assert found["/"] == (200, "<title>算市</title>", "no-cache")
    assert found["/orders/ord_1"] == found["/"]
    assert found["/assets/main-1a2b.js"] == (200, "1", "public, max-age=31536000, immutable")
    assert found["/assets/gone.js"][0] == 404
    assert found["/api/v1/nothing"][0] == 404
    assert "root:" not in found["/..%2f..%2fetc%2fpasswd"][1]
    assert found["post"][:2] == (404, "no-route")


def test_without_a_console_only_the_api_answers() -> None:
    assert ask(lambda client: client.get("/")).json()["code"] == "no-route"
