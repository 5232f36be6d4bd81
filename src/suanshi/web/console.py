"""The console at /: the files of its build, and its first page for every address that it handles itself."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

BUILT = Path(__file__).parent / "static"


class Console(StaticFiles):
    """Whatever no route of ours answers: a file, the first page, or "no such address"."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.startswith("api/") or scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(404)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            # A name with a dot is a file that is not there; any other is a page of the console, and so is / itself (".").
            if error.status_code != 404 or "." in path.rsplit("/", 1)[-1].lstrip("."):
                raise HTTPException(404) from error
            response = await super().get_response("index.html", scope)
        hashed = path.startswith("assets/")  # the build puts a mark of the content into these names
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response
