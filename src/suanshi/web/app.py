"""The web door: the API under /api/v1, the console at /, and the figures at /metrics."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from suanshi.flows.house import House
from suanshi.web import figures
from suanshi.web.console import BUILT, Console
from suanshi.web.document import describe
from suanshi.web.guard import Guard
from suanshi.web.problem import answer_in_problems
from suanshi.web.query import only_known_queries
from suanshi.web.routes import advice, catalogue, health, joining, offers, operator, orders, sites, wallet

ROUTERS = (offers, catalogue, joining, orders, wallet, advice, sites, operator, health)


def create_app(house: House, console: Path = BUILT) -> FastAPI:
    """The application for one house; `console` is the folder of the console's build."""
    app = doors()
    app.state.house = house
    app.state.meter = figures.Meter()
    app.add_middleware(Guard, meter=app.state.meter)
    app.include_router(figures.router)
    # What no route answers goes to the console. (A route of its own would turn a wrong method on the API into 404.)
    if (console / "index.html").is_file():
        app.router.default = GZipMiddleware(Console(console), compresslevel=6)
    return app


def doors() -> FastAPI:
    """The application without a house behind it: good for its description alone."""
    app = FastAPI(
        title="Suanshi 算市",
        version=version("suanshi"),
        description="An open market and scheduling platform for computing power.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
    )
    answer_in_problems(app)
    for part in ROUTERS:
        app.include_router(part.router, prefix="/api/v1", dependencies=[Depends(only_known_queries)])
    described: dict[str, object] = {}

    def once() -> dict[str, object]:
        if not described:
            described.update(describe(app))
        return described

    app.openapi = once  # type: ignore[method-assign]
    return app
