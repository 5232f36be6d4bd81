"""The console's client is generated from the API's own description, and is current."""

from __future__ import annotations

import json
from pathlib import Path

from suanshi.web.document import openapi

CONSOLE = Path(__file__).parents[2] / "console"


def test_the_description_the_client_is_made_from_is_the_api_s_own() -> None:
    kept = json.loads((CONSOLE / "openapi.json").read_text())
    made = json.loads(json.dumps(openapi()))
    for document in (kept, made):
        document["info"].pop("version")  # a new release alone changes no client
    assert kept == made, "the API has changed: run `npm run client` in console/ and look at what it means for the pages"


def test_the_lock_file_names_no_host_to_fetch_from() -> None:
    packages = json.loads((CONSOLE / "package-lock.json").read_text())["packages"]
    assert packages
    assert not [name for name, facts in packages.items() if "resolved" in facts]
