"""How long the README's two commands take on a fresh checkout with nothing left over from before, and what dominates.

    python benchmarks/cold.py demo        # make demo ONCE=1
    python benchmarks/cold.py test        # make test

Clones the repository's HEAD into a new folder, with empty caches for uv, pip and npm and an empty state; system packages are
left as they are (setup says which it had to install). Prints each phase as a share of the whole.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
COMMANDS = {"demo": ["make", "demo", "ONCE=1"], "test": ["make", "test"]}
# A line that holds this opens the phase named beside it.
PHASES = (
    ("== system packages", "system packages"),
    ("== Python environment", "Python environment"),
    ("== console", "console: npm ci and build"),
    ("opening the market", "database, schema, compile, site"),
    ("pays in", "API up, accounts, top-up"),
    ("Order ord_", "scientific environment and run"),
    ("Result digits.json", "result, statement, proof, stop"),
    ("ruff check", "lint"),
    ("bin/mypy", "types"),
    ("lint-imports", "import law"),
    ("npm run --silent check", "console check"),
    ("-m pytest", "tests"),
)


def run(command: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, list[tuple[str, float]]]:
    """The command's exit status and the moment each phase began."""
    began = [("start", time.monotonic())]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    )
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            sys.stdout.write(line)
            for mark, phase in PHASES:
                if mark in line and phase not in {name for name, _ in began}:
                    began.append((phase, time.monotonic()))
                    break
    return process.wait(), [*began, ("end", time.monotonic())]


def main() -> None:
    which = sys.argv[1] if len(sys.argv) > 1 else "demo"
    home = Path(tempfile.mkdtemp(prefix="suanshi-cold-", dir="/tmp"))
    home.chmod(0o755)
    folder = home / "suanshi"
    subprocess.run(["git", "clone", "-q", str(REPOSITORY), str(folder)], check=True)
    caches = {"UV_CACHE_DIR": "uv", "PIP_CACHE_DIR": "pip", "npm_config_cache": "npm", "SUANSHI_STATE": "state", "TMPDIR": "tmp"}
    environment = {**os.environ, **{name: str(home / part) for name, part in caches.items()}, "PYTHONUNBUFFERED": "1"}
    (home / "tmp").mkdir(mode=0o777)
    (home / "tmp").chmod(0o1777)
    status, began = run(COMMANDS[which], folder, environment)
    whole = began[-1][1] - began[0][1]
    print(f"\ncold `{' '.join(COMMANDS[which])}`: exit {status}, {whole:.0f} s, load {os.getloadavg()[0]:.1f}")
    for (phase, start), (_, end) in pairwise(began):
        print(f"  {phase:<34} {end - start:7.1f} s  {(end - start) / whole:5.1%}")
    shutil.rmtree(home, ignore_errors=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
