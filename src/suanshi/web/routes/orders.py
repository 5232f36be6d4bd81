"""Buying and following what was bought."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from suanshi.web.door import Buyer, Cursor, House, IdempotencyKey, Limit, MaybeIdempotencyKey, Reader, Tongue
from suanshi.web.pending import pending
from suanshi.web.shapes.fields import OrderId, QuoteId
from suanshi.web.shapes.money import Bill
from suanshi.web.shapes.order import FileList, Log, Order, OrderAsk, OrderPage, OrderState, Quote, QuoteAsk

router = APIRouter(tags=["orders"])
_BINARY = {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}}
_EVENTS = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
_PAGE = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}


@router.post("/quotes", status_code=201)
def create_quote(house: House, who: Buyer, ask: QuoteAsk) -> Quote:
    """A price for so many cards and seconds, good for a few minutes."""
    raise pending()


@router.get("/quotes/{id}")
def get_quote(house: House, who: Reader, id: QuoteId) -> Quote:
    """One of your quotes."""
    raise pending()


@router.post("/orders", status_code=201)
def create_order(house: House, who: Buyer, ask: OrderAsk, key: IdempotencyKey) -> Order:
    """Buy at the quoted price and run the job."""
    raise pending()


@router.get("/orders")
def list_orders(
    house: House, who: Reader, tongue: Tongue, state: OrderState | None = None, cursor: Cursor = None, limit: Limit = 20
) -> OrderPage:
    """Your orders, newest first."""
    raise pending()


@router.get("/orders/{id}")
def get_order(house: House, who: Reader, tongue: Tongue, id: OrderId) -> Order:
    """One of your orders."""
    raise pending()


@router.post("/orders/{id}/cancel")
def cancel_order(house: House, who: Buyer, tongue: Tongue, id: OrderId, key: MaybeIdempotencyKey = None) -> Order:
    """Stop the order; what it used until now is charged, and nothing if it had not started."""
    raise pending()


@router.get("/orders/{id}/logs")
def get_log(house: House, who: Reader, id: OrderId, offset: Annotated[int, Query(ge=0, le=2**53)] = 0) -> Log:
    """A piece of the job's output from `offset` bytes on."""
    raise pending()


@router.get("/orders/{id}/stream", response_class=StreamingResponse, responses=_EVENTS)
def stream_order(
    house: House,
    who: Reader,
    tongue: Tongue,
    id: OrderId,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=64)] = None,
) -> StreamingResponse:
    """Server-sent events: `state` (an order), `log` (a piece of log), and `done` (the settled order) at the end."""
    raise pending()


@router.get("/orders/{id}/files")
def list_files(house: House, who: Reader, id: OrderId) -> FileList:
    """The files that the job left in its output folder."""
    raise pending()


@router.get("/orders/{id}/files/{name:path}", response_class=Response, responses=_BINARY)
def download_file(
    house: House, who: Reader, id: OrderId, name: Annotated[str, Path(max_length=1000, pattern=r"^[^\x00]+$")]
) -> Response:
    """One of the job's files."""
    raise pending()


@router.get("/orders/{id}/bill")
def get_bill(house: House, who: Reader, id: OrderId) -> Bill:
    """What the order cost and why, to the second."""
    raise pending()


@router.get("/orders/{id}/statement", response_class=HTMLResponse, responses=_PAGE)
def get_order_statement(house: House, who: Reader, tongue: Tongue, id: OrderId) -> HTMLResponse:
    """The bill as a page to print."""
    raise pending()
