"""Arguments and answers of the command line, without a platform."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.cli import profile, tongue
from suanshi.cli.amount import moment, seconds
from suanshi.cli.desk import Desk, plain
from suanshi.cli.main import first
from suanshi.cli.profile import Profile
from suanshi.cli.runs import _frames, _inside
from suanshi.kit.clock import now


@pytest.mark.parametrize(("text", "value"), [("90", 90), ("45s", 45), ("30m", 1800), ("2h", 7200), ("1d", 86_400), ("0", 0)])
def test_times_as_people_write_them(text: str, value: int) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5h", "1 h", "1w", "９０", "9" * 10, "1h30m"])
def test_other_times_are_a_usage_error(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        seconds(text)


WORD = st.sampled_from(["--json", "--lang", "--lang=zh", "en", "buy", "--for", "1m", "x", "--", "-f"])


@settings(deadline=None, max_examples=200)
@given(st.lists(WORD, max_size=8))
def test_moving_options_to_the_front_loses_and_adds_nothing(words: list[str]) -> None:
    moved = first(words)
    assert sorted(moved) == sorted(words)
    if "--" in words:
        assert moved[len(moved) - len(words) + words.index("--") :] == words[words.index("--") :]
    assert first(moved) == moved


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60))
def test_nothing_from_outside_moves_the_cursor(text: str) -> None:
    assert all(c.isprintable() or c == "\n" for c in plain(text))


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
    ],
)
def test_the_terminal_says_which_language(variables: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert tongue.of_terminal() == language


def test_a_profile_is_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("SUANSHI_URL", "SUANSHI_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert profile.load() == Profile()
    before = os.umask(0)
    try:
        path = profile.keep(Profile("https://market.example", "sst_x"))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert profile.load() == Profile("https://market.example", "sst_x")
    path.write_text("{broken")
    assert profile.load() == Profile()
    monkeypatch.setenv("SUANSHI_TOKEN", "ssk_y")
    assert profile.load().token == "ssk_y"


def test_events_are_read_frame_by_frame() -> None:
    lines = ["retry: 2000", "", "id: 1:0", "event: log", 'data: {"text": "a: b"}', "", ": still here", "", "data: x", ""]
    assert list(_frames(iter(lines))) == [("1:0", "log", '{"text": "a: b"}'), ("", "message", "x")]


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "", "."])
def test_a_file_name_of_somebody_elses_stays_in_the_folder(name: str) -> None:
    with pytest.raises(typer.Exit):
        _inside(Desk(Profile(), json=True, language="en"), name)
    assert str(_inside(Desk(Profile(), json=True, language="en"), "结果/a b.txt")) == "结果/a b.txt"


def test_a_moment_is_so_long_from_now_or_a_date_with_its_zone() -> None:
    assert moment("2026-12-01T09:00+08:00") == datetime.fromisoformat("2026-12-01T09:00+08:00").astimezone().isoformat()
    assert datetime.fromisoformat(moment("2026-12-01T09:00")).tzinfo is not None
    assert abs(datetime.fromisoformat(moment("2h")) - now() - timedelta(hours=2)) < timedelta(minutes=1)


@pytest.mark.parametrize("text", ["", "soon", "2", "2026-13-01", "-2h", "999999999d"])
def test_what_is_no_moment_is_a_usage_error(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        moment(text)
