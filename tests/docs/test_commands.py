"""Every command that a page shows is run, in the page's order, against one real platform, and says what the page says.

A page's shell blocks are marked ```console: `$ ` begins a command, `> ` goes on with it, anything else is what it prints. In
what is printed `…` stands for whatever differs, and an identifier stands for the reader's own: it is bound to the one printed
at its place, and later commands use that. A comment `<!-- console` holds what somebody else does meanwhile. Blocks marked
```python are run too.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SECONDS = 250

ELSEWHERE = {
    "make demo": "tests/e2e/test_demo.py",
    "make test": ".ci/run",
    "make check": "Makefile",  # a part of `make test`, as are the next three
    "make lint": "Makefile",
    "make types": "Makefile",
    "make law": "Makefile",
    "make format": "Makefile",
    "make lock": "Makefile",
    "make console-check": "Makefile",
    "pip install .": "tests/e2e/test_wheel.py",
    "suanshi up": "tests/e2e/test_wheel.py",
    "suanshi serve": "src/suanshi/app/processes.py",  # `up` runs these two itself
    "suanshi work": "src/suanshi/app/processes.py",
}
"""Commands that a page shows and this test does not run, and the file that proves each."""

_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$|^<!-- (console)[^\n]*\n(.*?)^-->$", re.MULTILINE | re.DOTALL)
_ID = re.compile(r"\b(off|clo|ord|quo|top|pty|site|key|mem)_01[0-9a-z]{24}\b")


@dataclass
class Said:
    """One command of a page, and the lines that the page shows it to print."""

    command: str
    lines: list[str] = field(default_factory=list)

    @property
    def elsewhere(self) -> bool:
        return any(self.command == known or self.command.startswith(f"{known} ") for known in ELSEWHERE)


def read(page: Path) -> list[Said]:
    said: list[Said] = []
    for block in _BLOCK.finditer(page.read_text("utf-8")):
        if block[1] == "python":
            said.append(Said(f"python3 - <<'PYTHON'\n{block[2]}PYTHON"))
        else:
            said += _commands((block[2] or block[4]).splitlines())
    return said


def _commands(lines: list[str]) -> list[Said]:
    said: list[Said] = []
    for line in lines:
        if line.startswith("$ "):
            said.append(Said(line[2:]))
        elif line.startswith("> ") or line == ">":
            said[-1].command += f"\n{line[2:]}"
        elif line.strip():
            said[-1].lines.append(line)
    return said


@dataclass
class Reader:
    """Somebody who types a page's commands one after another; what they export and the identifiers they saw stay with them."""

    place: Path
    folder: Path
    environment: dict[str, str]
    ids: dict[str, str] = field(default_factory=dict)

    def type(self, said: Said) -> None:
        command = _ID.sub(lambda found: self.ids.get(found[0], found[0]), said.command)
        kept = self.folder / ".environment"
        text = f'[ ! -e "{kept}" ] || . "{kept}"\n{command}\ncode=$?\nexport -p > "{kept}"\nexit $code'
        done = subprocess.run(
            ["bash", "-c", text],
            cwd=self.place,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}"
        self.compare(command, said.lines, done.stdout.splitlines())

    def compare(self, command: str, expected: list[str], printed: list[str]) -> None:
        """Each expected line stands in what was printed, in this order."""
        rest = iter(printed)
        for line in expected:
            names: list[str] = []
            pattern = self._pattern(line, names)
            found = next((match for one in rest if (match := pattern.search(one))), None)
            assert found, f"$ {command}\nthe page says: {line}\nbut it printed:\n" + "\n".join(printed)
            self.ids.update(zip(names, found.groups(), strict=True))

    def _pattern(self, line: str, names: list[str]) -> re.Pattern[str]:
        def identifier(found: re.Match[str]) -> str:
            if found[0] in self.ids:
                return self.ids[found[0]]
            names.append(found[0])
            return f"({found[1]}_[0-9a-z]{{26}})"

        words = (re.escape(word).replace("…", ".*") for word in line.split())
        return re.compile(_ID.sub(identifier, r"\s+".join(words)))


def reader(place: Path, folder: Path, platform: Any) -> Reader:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SUANSHI_", "LC_", "XDG_"))}
    environment = {
        **inherited,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "LANG": "C.UTF-8",
        "SUANSHI_URL": platform.url,
        "SUANSHI_STATE": str(platform.state),
    }
    return Reader(place, folder, environment)


WITH_COMMANDS = [page for page in PAGES if any(not said.elsewhere for said in read(page))]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_does_what_it_says(page: Path, platform: Any, tmp_path: Path) -> None:
    # A developer stands in the checkout, everybody else in a folder of their own.
    somebody = reader(ROOT if page.name == "developer.md" else tmp_path, tmp_path, platform)
    for said in read(page):
        if not said.elsewhere:
            somebody.type(said)


def test_the_readers_pages_show_commands() -> None:
    shown = {page.name for page in WITH_COMMANDS}
    assert {"README.md", "buyer.md", "buyer.zh-CN.md", "supplier.md", "operator.md", "partner.md", "developer.md"} <= shown


def test_what_is_not_run_here_is_proven_elsewhere() -> None:
    for command, proof in ELSEWHERE.items():
        file = ROOT / proof
        assert file.exists(), f"{command}: {proof} is gone"
        program, word = command.split()[:2]
        if program == "make":
            assert re.search(rf"^{word}:", (ROOT / "Makefile").read_text(), re.MULTILINE), f"the Makefile has no {word}"
    assert "exec make test" in (ROOT / ".ci" / "run").read_text()
    assert re.search(r"^test: setup check tests$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert re.search(r"^check: lint types law console-check$", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_no_command_hides_in_another_kind_of_block() -> None:
    for page in PAGES:
        marks = re.findall(r"^```([a-z]*)$", page.read_text("utf-8"), re.MULTILINE)
        assert not {"bash", "sh", "shell"} & set(marks), page
