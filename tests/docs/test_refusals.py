"""Every code of refusal is documented, in both languages, with something to do next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_refusals_is_what_the_code_declares() -> None:
    command = [sys.executable, str(ROOT / "docs" / "refusals.py")]
    written = subprocess.run(command, capture_output=True, text=True, check=True, timeout=280).stdout
    page = (ROOT / "docs" / "refusals.md").read_text("utf-8")
    assert written == page, "run: python docs/refusals.py > docs/refusals.md"
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) > 20
    for row in rows:
        code, status, fault, chinese, english = (cell.strip() for cell in row.strip("|").split(" | "))
        assert 400 <= int(status) < 600, code
        assert fault in ("asker", "supplier", "platform"), code
        assert any("\u4e00" <= character <= "\u9fff" for character in chinese), code
        assert english[0].isascii(), code
