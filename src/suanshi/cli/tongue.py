"""The language the command speaks: `--lang`, or what the terminal is set to."""

from __future__ import annotations

import os

from suanshi.kit.refusal import Language


def of_terminal() -> Language:
    """Chinese where the locale is Chinese, English elsewhere; the first variable that is set decides, as in POSIX."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"
