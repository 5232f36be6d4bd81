"""The household is in order: links lead somewhere, settings and folders are explained, nothing names a machine of ours."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from suanshi.app.settings import Settings

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "suanshi"
_LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)>\s]+)>?\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def committed() -> list[Path]:
    """Files that belong to the project: what git knows, or everything that stands there where there is no git."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        own = (path for part in ("src", "tests", "docs", "benchmarks", "scripts") for path in (ROOT / part).rglob("*"))
        return sorted(path for path in own if path.is_file())
    return sorted(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def anchors(page: Path) -> set[str]:
    """The places in a page that a link can name, as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


PAGES = [path for path in committed() if path.suffix == ".md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, place = unquote(link).partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{link} leads nowhere"
        assert target.is_relative_to(ROOT.resolve()), f"{link} leads out of the project"
        assert not place or place in anchors(target), f"{link}: {target.name} has no such heading"


def test_the_page_of_settings_is_what_the_code_declares() -> None:
    command = [sys.executable, str(ROOT / "docs" / "settings.py")]
    written = subprocess.run(command, capture_output=True, text=True, check=True, timeout=280).stdout
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert written == page, "run: python docs/settings.py > docs/settings.md"
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"| `SUANSHI_{name.upper()}` |" in page


def test_every_folder_of_the_house_says_what_it_is() -> None:
    folders = [path.parent for path in SOURCE.glob("*/__init__.py") if path.parent.name != "engines"]
    folders += [path.parent for path in SOURCE.glob("engines/*/__init__.py")]
    assert len(folders) > 15
    assert [str(folder.relative_to(SOURCE)) for folder in folders if not (folder / "README.md").is_file()] == []


HOSTS = ("pypi.org", "pythonhosted.org", "registry.npmjs", "npmmirror", "deb.debian.org", "archive.ubuntu", "proxy.golang")
_OURS = re.compile(r"(?<![\w.~$}*/-])/(?:work|root|home|Users)/[\w.-]")
"""Where people, and machines that build, keep their things."""
_OURS_BUT_WORK = re.compile(_OURS.pattern.replace("work|", ""))
SANDBOX = ("src/suanshi/engines/local/", "tests/conformance/", "tests/unit/test_local_engine.py")
"""Where `/work` is the folder that a buyer's program stands in."""


def test_nothing_committed_names_a_registry_or_a_machine() -> None:
    found = []
    for path in committed():
        if path == Path(__file__).resolve() or not (text := readable(path)):
            continue
        name = path.relative_to(ROOT).as_posix()
        machine = _OURS_BUT_WORK if name.startswith(SANDBOX) else _OURS
        for number, line in enumerate(text.splitlines(), 1):
            if any(host in line for host in HOSTS) or machine.search(line):
                found.append(f"{name}:{number}: {line.strip()[:120]}")
    assert found == []


def readable(path: Path) -> str:
    """The file's text; nothing for what is not text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""
