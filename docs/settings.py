"""Writes docs/settings.md from the settings that the code declares: `python docs/settings.py > docs/settings.md`."""

from __future__ import annotations

import sys

from pydantic.fields import FieldInfo

from suanshi.app.settings import Settings

HEAD = """# Settings

Every setting is read from the environment when `suanshi up`, `serve`, `work`, `migrate` or `demo` starts. There is no
settings file. A value that cannot be ends the command with status 2 and the variable's name. Written by `docs/settings.py`.

| variable | default | meaning |
|---|---|---|
"""
STATE = "`/var/lib/suanshi` as root, else `~/.local/share/suanshi`"
TAIL = """
The command line has its own: `SUANSHI_URL` (the platform's address), `SUANSHI_TOKEN` (an API key, instead of a session) and
`SUANSHI_PASSWORD` (for `login`, `register` and `members add`, which ask for it otherwise). `LC_ALL`, `LC_MESSAGES` or `LANG`
choose its language.
"""


def row(name: str, field: FieldInfo) -> str:
    default = STATE if field.default_factory else "–" if field.default is None else f"`{field.default}`"
    return f"| `SUANSHI_{name.upper()}` | {default} | {field.description} |\n"


if __name__ == "__main__":
    sys.stdout.write(HEAD + "".join(row(*one) for one in Settings.model_fields.items()) + TAIL)
