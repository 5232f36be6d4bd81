"""An order's story as it happens: the whole log once, in order, however often the line breaks; and the files at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from suanshi.flows import join
from suanshi.orders.order import Job

CODE = """
import os, pathlib, sys, time
for number in range(40):
    print(f'第 {number} 行', flush=True)
    time.sleep(0.05)
sys.stdout.buffer.write(b'\\xff raw bytes\\n')
folder = pathlib.Path(os.environ['SUANSHI_OUTPUT'])
(folder / '结果 1').mkdir()
(folder / '结果 1' / 'a b.txt').write_bytes(bytes(range(256)) * 8192)
(folder / 'empty').write_bytes(b'')
"""
LINES = "".join(f"第 {number} 行\n" for number in range(40)) + "\ufffd raw bytes\n"


@pytest.fixture(scope="module")
def client(town: Any, door: str) -> Iterator[httpx.Client]:
    _, secret = join.create_key(town.db, town.buyer, "stream", frozenset({"read"}))
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=f"{door}/api/v1", headers=headers, timeout=120, trust_env=False) as client:
        yield client


def frames(client: httpx.Client, order: str, last: str | None = None) -> Iterator[dict[str, str]]:
    """Events as they come; the line is closed when nobody wants more."""
    with client.stream("GET", f"/orders/{order}/stream", headers={"Last-Event-ID": last} if last else None) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        for line in response.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            else:
                if "data" in fields:
                    yield fields
                fields = {}


def test_a_story_that_breaks_off_is_taken_up_where_it_broke(town: Any, client: httpx.Client) -> None:
    order = town.buy(Job("python", script=CODE)).id
    text, states, last, broken = "", [], None, 0
    while True:
        ended = False
        for number, frame in enumerate(frames(client, order, last)):
            last = frame["id"]
            data = json.loads(frame["data"])
            if frame["event"] == "log":
                assert data["offset"] == len(text.encode().replace("\ufffd".encode(), b"\xff"))
                text += data["text"]
            else:
                states.append(data["state"])
            ended = frame["event"] == "done"
            if number == 1:
                break  # hang up after two events, again and again
        if ended:
            break
        broken += 1
    assert text == LINES
    assert broken >= 1
    assert states[-1] == "settled"
    assert states == sorted(states, key=["booked", "running", "ended", "settled"].index)
    whole = list(frames(client, order))
    assert "".join(json.loads(f["data"])["text"] for f in whole if f["event"] == "log") == LINES
    assert [frame["event"] for frame in whole][-1] == "done"
    assert json.loads(whole[-1]["data"])["job"]["script"] == CODE


def test_the_log_comes_in_pieces_and_files_come_whole(town: Any, client: httpx.Client) -> None:
    order = town.settled(town.buy(Job("python", script=CODE))).id
    piece = client.get(f"/orders/{order}/logs").json()
    assert piece == {"offset": 0, "next_offset": piece["size"], "size": piece["size"], "text": LINES, "truncated": False}
    rest = client.get(f"/orders/{order}/logs", params={"offset": len("第 0 行\n".encode())}).json()
    assert rest["text"] == LINES.split("\n", 1)[1]
    beyond = client.get(f"/orders/{order}/logs", params={"offset": 2**53}).json()
    assert (beyond["text"], beyond["next_offset"]) == ("", 2**53)
    files = {file["name"]: file["size"] for file in client.get(f"/orders/{order}/files").json()["items"]}
    assert files == {"结果 1/a b.txt": 256 * 8192, "empty": 0}
    whole = client.get(f"/orders/{order}/files/结果 1/a b.txt")
    assert whole.content == bytes(range(256)) * 8192
    assert whole.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20b.txt"
    assert whole.headers["content-type"] == "application/octet-stream"
    assert client.get(f"/orders/{order}/files/empty").content == b""
    for name in ("nothing", "..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "结果 1"):
        assert client.get(f"/orders/{order}/files/{name}").json()["code"] == "not-found", name


def test_the_statement_is_a_page_that_runs_no_script(town: Any, client: httpx.Client) -> None:
    order = town.settled(town.buy(Job("python", argv=("sleep", "1")))).id
    page = client.get(f"/orders/{order}/statement", headers={"Accept-Language": "en"})
    assert page.headers["content-type"].startswith("text/html")
    assert order in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'self'" in page.headers["content-security-policy"]
    bill = client.get(f"/orders/{order}/bill", headers={"Accept-Language": "en"}).json()
    assert bill["order_id"] == order
    assert bill["seconds"] >= 1
    assert float(bill["charged"]) + float(bill["released"]) == pytest.approx(float(bill["hold"]))
    assert sum(float(line["amount"]) for line in bill["lines"]) == pytest.approx(float(bill["charged"]))


def test_a_place_that_is_no_place_is_refused(town: Any, client: httpx.Client) -> None:
    order = town.settled(town.buy(Job("python", argv=("true",)))).id
    for last in ("x", "-1:0", "1", "1:2:3", "1:" + "9" * 40):
        response = client.get(f"/orders/{order}/stream", headers={"Last-Event-ID": last})
        assert (response.status_code, response.json()["where"]) == (422, "Last-Event-ID")
    far = client.get(f"/orders/{order}/stream", headers={"Last-Event-ID": "999999999999999999:999999999999999"})
    assert far.text.count("event: done") == 1
