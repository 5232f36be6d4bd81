"""Ready-to-use environments: built once a site for the system's own Python, then shown read-only to every run."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from suanshi.engines.local.sandbox import PYTHON
from suanshi.fleet.executor import ENVIRONMENT_FAILED, UNKNOWN_ENVIRONMENT, Ready
from suanshi.kit.refusal import refuse

PATIENCE = 3600  # seconds for one installation over a slow line

# Compiled once here, since no run can write into it: else each would compile what it imports.
UV_INSTALL = ("pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON)


@dataclass(frozen=True, slots=True)
class Template:
    """Packages at exact versions; none means the plain system Python. `own_settings`: the site's pip settings (a folder
    of wheels, an index of its own) choose the build that fits its cards, so pip installs it and not uv."""

    packages: tuple[str, ...] = ()
    own_settings: bool = False


SCIENTIFIC = ("numpy==2.4.6", "scipy==1.17.1", "scikit-learn==1.9.1", "pandas==3.1.1")
TEMPLATES: dict[str, Template] = {
    "python": Template(),
    "scientific": Template(SCIENTIFIC),
    "pytorch": Template((*SCIENTIFIC, "torch==2.13.0"), own_settings=True),
}


@dataclass(frozen=True, slots=True)
class Environments:
    """The site's folder of environments. A finished one carries its contents in its name and is never changed."""

    folder: Path
    templates: Mapping[str, Template]

    def path(self, name: str) -> Path | None:
        """Where a prepared environment lies; None for plain Python, which needs none. Raises UNKNOWN_ENVIRONMENT."""
        template = self._template(name)
        if not template.packages:
            return None
        text = "\n".join((_python_version(), *template.packages))
        return self.folder / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def prepare(self, name: str) -> Ready:
        """Build the environment unless it is there; a second caller waits for the first, a killed one leaves nothing."""
        start = time.monotonic()
        path = self.path(name)
        if path is None or path.is_dir():
            return Ready(name, time.monotonic() - start, built=False)
        self.folder.mkdir(parents=True, exist_ok=True)
        with _alone(path.with_suffix(".lock")):
            built = not path.is_dir()
            if built:
                self._build(name, path)
        return Ready(name, time.monotonic() - start, built)

    def _build(self, name: str, path: Path) -> None:
        half = path.with_suffix(".new")
        shutil.rmtree(half, ignore_errors=True)
        command = installer(half, self.templates[name])
        if command is None:
            raise refuse(ENVIRONMENT_FAILED, name=name, why="neither uv nor pip is installed")
        try:
            # nobody must be able to read what root installs, whatever the caller's umask
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=PATIENCE, check=False, umask=0o022, stdin=subprocess.DEVNULL
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise refuse(ENVIRONMENT_FAILED, name=name, why=str(error)) from error
        if done.returncode != 0:
            raise refuse(ENVIRONMENT_FAILED, name=name, why=_last_words(done.stderr))
        half.chmod(0o755)
        half.rename(path)

    def _template(self, name: str) -> Template:
        if name not in self.templates:
            raise refuse(UNKNOWN_ENVIRONMENT, where="environment", name=name, known=", ".join(self.templates))
        return self.templates[name]


def installer(target: Path, template: Template) -> list[str] | None:
    """The command that installs a template for the system's Python into `target`, by uv or by some pip."""
    ways = [_uv(target), _pip(target)]
    if template.own_settings:
        ways.reverse()
    way = next((way for way in ways if way), None)
    return [*way, *template.packages] if way else None


def _uv(target: Path) -> list[str] | None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}")
    return [uv, *UV_INSTALL, "--target", str(target)] if uv else None


def _pip(target: Path) -> list[str] | None:
    tail = ["install", "--quiet", "--only-binary=:all:", "--target", str(target)]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", PYTHON, *tail]
    theirs = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, timeout=120, check=False)
    return [PYTHON, "-m", "pip", *tail] if theirs.returncode == 0 else None


def _python_version() -> str:
    """Raises ENVIRONMENT_FAILED where the system has no Python of its own."""
    try:
        return os.path.basename(os.path.realpath(PYTHON, strict=True))
    except OSError as error:
        raise refuse(ENVIRONMENT_FAILED, name="python", why=f"{PYTHON} is not there") from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "the installer gave no reason"
