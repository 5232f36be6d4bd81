"""One API process: the REST API, the console and the figures."""

from __future__ import annotations

import uvicorn

from suanshi.app.house import House
from suanshi.app.settings import Settings
from suanshi.web.app import create_app


def serve(settings: Settings) -> None:
    """The API and the console."""
    house = House.of(settings)
    uvicorn.run(create_app(house), host=settings.host, port=settings.port, log_level="warning", timeout_graceful_shutdown=5)
    house.close()
