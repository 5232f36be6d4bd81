"""What Prometheus reads at /metrics: requests and how long they took, orders by state, steps waiting."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from suanshi.flows.figures import figures
from suanshi.flows.house import House as HouseShape
from suanshi.identity.principal import Role
from suanshi.web.door import Credentials, House, principal_of

_LOOPBACK = {"127.0.0.1", "::1"}
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

router = APIRouter(include_in_schema=False)


class Meter:
    """One application's figures; two applications in one process never mix theirs."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        where: dict[str, Any] = {"registry": self.registry}
        self._requests = Counter("suanshi_requests", "Requests answered.", ("method", "route", "status"), **where)
        self._seconds = Histogram("suanshi_request_seconds", "Time to answer.", ("route",), buckets=_SECONDS, **where)
        self._orders = Gauge("suanshi_orders", "Orders by state.", ("state",), **where)
        self._backlog = Gauge("suanshi_steps", "Durable steps that wait or are being taken.", **where)

    def seen(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def read(self, house: HouseShape) -> bytes:
        """The text for Prometheus, with the platform's own figures as they are now."""
        now = figures(house.db)
        self._orders.clear()
        for state, count in now.orders.items():
            self._orders.labels(state).set(count)
        self._backlog.set(now.backlog)
        return generate_latest(self.registry)


@router.get("/metrics")
def metrics(request: Request, house: House, credentials: Credentials) -> Response:
    """For this machine, or for the operator's and auditor's tokens from anywhere."""
    near = request.client is not None and request.client.host in _LOOPBACK and "x-forwarded-for" not in request.headers
    if not near:
        principal_of(house, credentials).require("read", Role.OPERATOR, Role.AUDITOR)
    meter: Meter = request.app.state.meter
    return Response(meter.read(house), media_type=CONTENT_TYPE_PLAIN_0_0_4)
