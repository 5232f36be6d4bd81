"""`make demo ONCE=1` makes the first sale from nothing, and a second start finds everything where it was."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def state() -> Iterator[Path]:
    folder = Path("/tmp") / f"suanshi-demo-{os.getpid()}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def sell(state: Path, port: int) -> str:
    # Run by `make test`, this make must not take itself for a part of that one.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    environment = {**inherited, "SUANSHI_STATE": str(state), "SUANSHI_PORT": str(port)}
    done = subprocess.run(
        ["make", "demo", "ONCE=1"], cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=1200, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.timeout(2400)
def test_the_first_sale_and_the_second_start(state: Path, free_port: int) -> None:
    said = sell(state, free_port)
    assert "settled" in said.splitlines()[-1]
    assert "accuracy on 450 images never seen: 0.9" in said
    assert '"accuracy": 0.9' in said
    assert "sum to 0 CNY" in said
    assert f"Console: http://127.0.0.1:{free_port}" in said
    again = sell(state, free_port)
    assert "settled" in again.splitlines()[-1]
    assert "pays in" not in again  # the first start's money is still there
    assert "2 postings" in said
    assert "3 postings" in again
