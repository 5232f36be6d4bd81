"""The web door: the API under /api/v1, the console at /, and the figures at /metrics."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, FastAPI

from suanshi.web.document import describe
from suanshi.web.routes import advice, catalogue, health, joining, offers, operator, orders, sites, wallet

ROUTERS = (offers, catalogue, joining, orders, wallet, advice, sites, operator, health)


def doors() -> FastAPI:
    """The application without a house behind it: good for its description alone."""
    app = FastAPI(
        title="Suanshi 算市",
        version=version("suanshi"),
        description="An open market and scheduling platform for computing power.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
    )
    api = APIRouter(prefix="/api/v1")
    for part in ROUTERS:
        api.include_router(part.router)
    app.include_router(api)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    return app
