"""The command line against the open door: one purchase from a terminal, told to people or to machines."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from suanshi.cli import profile
from suanshi.cli.main import cli
from suanshi.flows import join
from suanshi.identity.party import PartyKind
from suanshi.identity.principal import Role
from suanshi.kit import ids

PASSWORD = "correct horse battery"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: str) -> Path:
    """An empty home at the door, in English."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("SUANSHI_URL", door)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.delenv("SUANSHI_TOKEN", raising=False)
    return tmp_path


def run(*words: str, status: int = 0) -> Result:
    done = CliRunner().invoke(cli, list(words))
    assert done.exit_code == status, (words, done.output, done.stderr, done.exception)
    return done


def told(*words: str, status: int = 0) -> Any:
    """What a machine reads: JSON and nothing else on stdout."""
    end = words.index("--") if "--" in words else len(words)
    return json.loads(run(*words[:end], "--json", *words[end:], status=status).stdout)


def enter(town: Any, kind: str) -> str:
    """Sign in as a colleague of the town's buyer or supplier, or as a new operator."""
    email = f"{ids.new('m')}@example.com"
    if kind == "operator":
        join.register(town.db, PartyKind.OPERATOR, "运营方", email, PASSWORD)
    else:
        host = town.buyer if kind == "buyer" else town.supplier
        join.create_member(town.db, host, "同事", email, PASSWORD, frozenset({Role(kind)}))
    run("login", email, "--password", PASSWORD)
    return email


def test_a_stranger_registers_and_is_remembered_privately(home: Path) -> None:
    email = f"{ids.new('m')}@example.com"
    me = told("register", "buyer", "一间 [bold]实验室[/bold]", email, "--password", PASSWORD)
    assert me["member"]["email"] == email
    kept = home / "config" / "suanshi" / "profile.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert PASSWORD not in kept.read_text()
    assert told("me") == me
    assert "一间 [bold]实验室[/bold]" in run("me").stdout
    run("logout")
    assert profile.load().token is None
    assert told("me", status=1)["code"] == "not-signed-in"


def test_from_the_shop_window_to_the_result(home: Path, town: Any) -> None:
    enter(town, "buyer")
    offers = told("offers", "--sort", "price")
    offer = next(one["id"] for one in offers if one["id"] == town.offer.id)
    assert told("offer", offer)["id"] == offer
    assert town.offer.title in run("offers").stdout
    assert float(told("quote", offer, "--for", "1m")["total"]) > 0
    (home / "数据.txt").write_text("42")
    script = home / "job.py"
    script.write_text(
        "import os, pathlib\nprint(open('in.txt').read(), os.environ['WORD'], '[red]')\n"
        "pathlib.Path(os.environ['SUANSHI_OUTPUT'], 'r.txt').write_text('yes')\n"
    )
    words = ("--for", "1m", "--script", str(script), "--input", f"in.txt={home / '数据.txt'}", "--env", "WORD=你好", "--yes")
    done = run("buy", offer, *words, "--follow")
    assert "42 你好 [red]" in done.stdout
    assert "succeeded" in done.stderr
    newest = told("runs", "--most", "1")[0]
    assert (newest["state"], newest["outcome"]) == ("settled", "succeeded")
    order = newest["id"]
    whole = told("run", order)
    assert whole["job"].pop("inputs") == ["in.txt"]
    assert whole == newest | {"job": {name: value for name, value in newest["job"].items() if name != "inputs"}}
    assert order in run("runs").stdout
    assert "42 你好 [red]" in run("logs", order).stdout
    followed = [json.loads(line) for line in run("logs", "-f", order, "--json").stdout.splitlines()]
    assert [frame["event"] for frame in followed] == ["state", "log", "done"]
    assert told("files", order) == [{"name": "r.txt", "size": 3}]
    run("download", order, "--to", str(home / "out"))
    assert (home / "out" / "r.txt").read_text() == "yes"
    assert told("bill", order)["order_id"] == order
    assert told("cancel", order)["state"] == "settled"
    assert "Charged" not in run("bill", order, "--lang", "zh").stdout
    assert told("wallet", "--entries", "2")["entries"]
    assert order in run("statement").stdout


def test_a_command_is_what_stands_after_the_dashes(home: Path, town: Any) -> None:
    enter(town, "buyer")
    order = told("buy", town.offer.id, "--for", "60", "--", "echo", "--json", "--lang", "zh")
    assert order["job"]["argv"] == ["echo", "--json", "--lang", "zh"]
    run("logs", "-f", order["id"])
    assert run("logs", order["id"]).stdout == "--json --lang zh\n"


def test_keys_are_made_shown_once_and_deleted(home: Path, town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(town, "buyer")
    made = told("keys", "create", "ci", "--scope", "read")
    assert [one["id"] for one in told("keys", "list")] == [made["id"]]
    with monkeypatch.context() as narrow:
        narrow.setenv("SUANSHI_TOKEN", made["secret"])
        assert told("me")["scopes"] == ["read"]
        assert told("topup", "5", status=1)["code"] == "scope-missing"
    run("keys", "delete", made["id"])
    assert told("keys", "list") == []


def test_the_supplier_sees_his_side(home: Path, town: Any) -> None:
    enter(town, "supplier")
    site = told("supply", "site", ids.new("s"), "庆阳", "--pue", "1.2")
    assert site["verified"] is False
    assert site["id"] in [one["id"] for one in told("supply", "sites")]
    assert {card["accelerator"] for card in told("supply", "cards", town.offer.site)} == {"cpu-core-x86"}
    made = told("supply", "offer", town.offer.site, "cpu-core-x86", "夜间特价", "0.5")
    assert told("supply", "change", made["id"], "--state", "paused")["state"] == "paused"
    assert made["id"] in run("supply", "offers").stdout
    assert isinstance(told("supply", "orders"), list)
    assert "sum" in run("supply", "statement").stdout


def test_the_operator_confirms_a_payment_and_proves_the_ledger(home: Path, town: Any) -> None:
    enter(town, "buyer")
    asked = told("topup", "12.5")
    assert asked["state"] == "requested"
    assert told("topups", "--most", "1")[0]["id"] == asked["id"]
    enter(town, "operator")
    assert asked["id"] in run("operate", "topups", "--state", "requested").stdout
    assert told("operate", "confirm", asked["id"])["state"] == "confirmed"
    assert told("operate", "proof")["ok"] is True
    assert told("operate", "reconcile", "--day", "2026-01-01")["ok"] is True
    assert told("operate", "audit", "--most", "2")[1]["subject"] == asked["id"]
    party = told("operate", "parties", "--most", "500")[-1]["id"]
    assert told("operate", "trust", party)["trusted"] is True
    assert isinstance(told("operate", "orders"), list)


def test_refusals_are_told_in_two_sentences_in_both_languages(home: Path, town: Any) -> None:
    enter(town, "buyer")
    unknown = "off_" + "0" * 26
    done = run("offer", unknown, status=1)
    assert done.stdout == ""
    assert f"There is no offer {unknown}." in done.stderr
    assert "Check the identifier" in done.stderr
    assert "请检查编号" in run("--lang", "zh", "offer", unknown, status=1).stderr
    assert told("offer", unknown, status=1)["code"] == "not-found"


def test_usage_and_reach_have_statuses_of_their_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("offers", "--nonsense", status=2)
    run("buy", "off_x", "--for", "soon", "--", "true", status=2)
    run("buy", "off_x", "--for", "60", status=2)
    run("offers", "--lang", "de", status=2)
    monkeypatch.setenv("SUANSHI_URL", "http://127.0.0.1:9")
    done = run("offers", "--json", status=3)
    assert done.stdout == ""
    assert "http://127.0.0.1:9" in done.stderr
