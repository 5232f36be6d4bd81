"""Where a command goes and what it shows there: a session of one platform is never shown to another."""

from __future__ import annotations

from pathlib import Path

import pytest

from suanshi.cli import profile
from suanshi.cli.profile import DEFAULT_URL, Profile

HERE, THERE = "http://127.0.0.1:1", "http://127.0.0.1:2"


@pytest.fixture(autouse=True)
def nobody_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("SUANSHI_URL", "SUANSHI_TOKEN"):
        monkeypatch.delenv(name, raising=False)


def test_what_is_kept_comes_back_and_only_its_owner_can_read_it() -> None:
    assert profile.load() == Profile(DEFAULT_URL, None)
    path = profile.keep(Profile(HERE, "sst_mine"))
    assert profile.load() == Profile(HERE, "sst_mine")
    assert path.stat().st_mode & 0o077 == 0


def test_a_kept_session_is_not_shown_to_another_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    profile.keep(Profile(HERE, "sst_mine"))
    monkeypatch.setenv("SUANSHI_URL", THERE)
    assert profile.load() == Profile(THERE, None)
    monkeypatch.setenv("SUANSHI_TOKEN", "ssk_for_there")
    assert profile.load() == Profile(THERE, "ssk_for_there")
    monkeypatch.setenv("SUANSHI_URL", HERE)
    monkeypatch.delenv("SUANSHI_TOKEN")
    assert profile.load() == Profile(HERE, "sst_mine")
