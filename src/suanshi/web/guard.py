"""The doorkeeper: limits what comes in, counts what goes by, and lets nothing out but an answer."""

from __future__ import annotations

import time

from fastapi import HTTPException
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from suanshi.kit.refusal import refuse
from suanshi.web.figures import Meter
from suanshi.web.problem import TOO_LARGE, incident, problem
from suanshi.web.tongue import tongue_of

MIB = 2**20
_USUAL = 1 * MIB
_ORDER = 24 * MIB  # 16 MiB of input files in base64, and the rest of the order

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    # The console's component library writes style elements; no script but our own files ever runs.
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
}


class Guard:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self.app = app
        self.meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _dress(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            await self._within_limits(scope, receive, sending)
        except Exception as error:  # the last door: whatever happened, the asker gets an answer in our shape
            refusal = incident(error, scope["path"])
            if not status:
                await problem(refusal, tongue_of(HTTPConnection(scope)))(scope, receive, sending)
        finally:
            route = getattr(scope.get("route"), "name", "other")
            self.meter.seen(scope["method"], route, status, time.perf_counter() - began)

    async def _within_limits(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = _ORDER if scope["path"] == "/api/v1/orders" else _USUAL
        taken = 0

        async def receiving() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                # While a body is read, only HTTP's own exceptions pass through.
                raise HTTPException(413, str(limit // MIB))
            return message

        if _announced(scope) > limit:
            refusal = refuse(TOO_LARGE, limit=limit // MIB)
            await problem(refusal, tongue_of(HTTPConnection(scope)), {"Connection": "close"})(scope, receive, send)
        else:
            await self.app(scope, receiving, send)


def _announced(scope: Scope) -> int:
    length = HTTPConnection(scope).headers.get("content-length", "0")
    return int(length) if length.isdecimal() and length.isascii() and len(length) < 20 else 0


def _dress(scope: Scope, headers: MutableHeaders) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if scope["path"].startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
        headers.add_vary_header("Accept-Language")
