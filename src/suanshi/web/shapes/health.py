"""Whether the platform is well."""

from __future__ import annotations

from typing import Literal

from suanshi.web.shapes.fields import Answer


class Health(Answer):
    status: Literal["ok"]
    version: str
