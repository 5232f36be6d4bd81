"""The API's own description (OpenAPI 3.1), made without a database: `python -m suanshi.web.document > openapi.json`."""

from __future__ import annotations

import json
import sys
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from suanshi.web.shapes.problem import Problem

_PROBLEM = {
    "description": "A refusal",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document of `app`: every operation may answer with a problem, and nothing speaks FastAPI's own error shape."""
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(mode="serialization")
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _PROBLEM
    return document


def openapi() -> dict[str, Any]:
    from suanshi.web.app import doors  # the app asks this module for its document

    return doors().openapi()


if __name__ == "__main__":
    json.dump(openapi(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
