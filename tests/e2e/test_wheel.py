"""`pip install .` gives the whole product: the wheel is built from source, installed with the locked runtime alone, and runs."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
SLOWEST = 900  # seconds for one step on a machine that is busy and far from its packages
PARTS = ("pyproject.toml", "README.md", "LICENSE", "hatch_build.py", "requirements.lock", "src", "console")
MADE = shutil.ignore_patterns("node_modules", "static", "__pycache__", "*.nbi", "*.nbc", "dist")
INSIDE = (
    "suanshi/web/static/index.html",
    "suanshi/db/migrations/env.py",
    "suanshi/db/migrations/versions/0001_first.py",
    "suanshi/catalog/data/accelerators.csv",
    "suanshi/settlement/templates/bill.html",
    "suanshi/app/data/train_digits.py",
    "suanshi/py.typed",
)


def run(*command: str | Path, **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=SLOWEST, check=False, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return str(done.stdout)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that the embedded database's own user can enter (pytest's are for us alone)."""
    folder = Path(tempfile.mkdtemp(prefix="suanshi-wheel-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def wheel(place: Path) -> Path:
    """The wheel, built from a copy of the source in which nothing was built before."""
    source = place / "source"
    source.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, source / part, ignore=MADE)
        else:
            shutil.copy(ROOT / part, source / part)
    environment = {**os.environ, "npm_config_prefer_offline": "true"}
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place / "dist", source, env=environment)
    shutil.rmtree(source)
    (made,) = (place / "dist").glob("suanshi-*.whl")
    return made


@pytest.fixture(scope="module")
def suanshi(place: Path, wheel: Path) -> Path:
    """The command in a fresh environment that holds the locked runtime, the wheel, and nothing of the checkout."""
    python = place / "venv" / "bin" / "python"
    uv = (sys.executable, "-m", "uv", "-q")
    run(*uv, "venv", "--python", sys.executable, place / "venv")
    run(*uv, "pip", "sync", "--python", python, "--require-hashes", ROOT / "requirements.lock")
    run(*uv, "pip", "install", "--python", python, "--no-deps", wheel)
    return place / "venv" / "bin" / "suanshi"


@pytest.mark.timeout(3000)
def test_the_wheel_holds_everything_that_runs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    assert not [name for name in INSIDE if name not in names]
    data = {p for kind in ("csv", "html", "py", "npz") for p in (ROOT / "src").rglob(f"*.{kind}") if "static" not in p.parts}
    assert not sorted(str(p) for p in data if p.relative_to(ROOT / "src").as_posix() not in names)
    assert any(name.startswith("suanshi/web/static/assets/") and name.endswith(".js") for name in names)
    assert not [name for name in names if "node_modules" in name or name.endswith((".nbi", ".nbc", ".pyc"))]


@pytest.mark.timeout(3000)
def test_the_command_speaks(suanshi: Path) -> None:
    assert run(suanshi, "--version").split()[0] == "suanshi"
    told = run(suanshi, "--help", env={**os.environ, "COLUMNS": "200"})
    assert all(verb in told for verb in ("up", "offers", "buy", "statement"))


@pytest.mark.timeout(3000)
def test_the_platform_runs_from_the_wheel(suanshi: Path, place: Path) -> None:
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SUANSHI_", "PYTHON"))}
    settings = {**kept, "SUANSHI_STATE": str(place / "state"), "SUANSHI_PORT": str(port)}
    with (place / "platform.log").open("wb") as log:
        platform = subprocess.Popen([suanshi, "up"], cwd=place, env=settings, stdout=log, stderr=log, start_new_session=True)
    try:
        health = answered(platform, f"http://127.0.0.1:{port}/api/v1/health", place / "platform.log")
        assert health["status"] == "ok"
        first = httpx.get(f"http://127.0.0.1:{port}/", timeout=60)
        assert first.status_code == 200
        assert 'id="root"' in first.text
        assert httpx.get(f"http://127.0.0.1:{port}/api/v1/offers", timeout=60).json()["total"] >= 1
    finally:
        platform.send_signal(signal.SIGTERM)
        try:
            platform.wait(120)
        finally:
            platform.kill()
    assert platform.returncode == 0, (place / "platform.log").read_text()[-3000:]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answered(platform: subprocess.Popen[bytes], url: str, log: Path) -> Mapping[str, str]:
    """What the address says, once it says anything."""
    deadline = time.monotonic() + SLOWEST
    while True:
        assert platform.poll() is None, log.read_text()[-3000:]
        try:
            answer = httpx.get(url, timeout=30)
            if answer.status_code == 200:
                return dict(answer.json())
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.3)
