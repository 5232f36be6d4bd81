"""Where the platform is and who the user is there: from the environment, or from a file that only the user can read."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

DEFAULT_URL = "http://127.0.0.1:8088"


@dataclass(frozen=True, slots=True)
class Profile:
    url: str = DEFAULT_URL
    token: str | None = None


def folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "suanshi"


def load() -> Profile:
    """SUANSHI_URL and SUANSHI_TOKEN win over what `suanshi login` has kept; a kept token is shown to its own platform only."""
    kept = _kept()
    url = os.environ.get("SUANSHI_URL") or kept.url
    return Profile(url, os.environ.get("SUANSHI_TOKEN") or (kept.token if url == kept.url else None))


def _kept() -> Profile:
    try:
        found = json.loads((folder() / "profile.json").read_text("utf-8"))
        return Profile(str(found["url"]), found["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return Profile()


def keep(profile: Profile) -> Path:
    """Write the profile so that nobody else can read it, and never half of it."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder() / "profile.json"
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(profile), file)
    new.replace(path)
    return path
