"""Buying and following what was bought."""

from __future__ import annotations

from itertools import chain
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import HTMLResponse, StreamingResponse

from suanshi.catalog.offer import Ask
from suanshi.flows import buy, follow, promise, settle
from suanshi.flows import quote as quoting
from suanshi.orders.lifecycle import OrderState as State
from suanshi.orders.promise import Promise
from suanshi.web.door import Anyone, Buyer, Cursor, House, IdempotencyKey, Limit, MaybeIdempotencyKey, Reader, Tongue
from suanshi.web.shapes.fields import OrderId, QuoteId
from suanshi.web.shapes.money import Bill
from suanshi.web.shapes.order import File, FileList, Log, Order, OrderAsk, OrderPage, OrderState, Quote, QuoteAsk
from suanshi.web.stream import LOG_PIECE, Place, download, look, readable, stream

router = APIRouter(tags=["orders"])


def _as(media_type: str, **schema: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {"schema": {"type": "string", **schema}}}}}


@router.post("/quotes", status_code=201)
def create_quote(house: House, who: Buyer, ask: QuoteAsk) -> Quote:
    """A price for so many cards and seconds, at once, at a time of your choice or as soon as there is room."""
    return Quote.of(quoting.quote(house.db, house.seats, who, ask.ask()))


@router.get("/quotes/{id}")
def get_quote(house: House, who: Reader, id: QuoteId) -> Quote:
    """One of your quotes."""
    return Quote.of(quoting.quote_of(house.db, who, id))


@router.post("/orders", status_code=201)
def create_order(house: House, who: Buyer, ask: OrderAsk, key: IdempotencyKey) -> Order:
    """Buy at the quoted price and run the job."""
    wish = buy.Purchase(key, ask.quote_id, ask.job.job(), ask.job.files(), _promise(house, who, ask))
    made = buy.purchase(house.db, house.seats, who, wish)
    return Order.of(follow.order(house.db, who, made.id), who.party)


def _promise(house: House, who: Buyer, ask: OrderAsk) -> Promise | None:
    """What advice says of the work behind an order, on exactly what was quoted."""
    if ask.advice is None:
        return None
    quoted = quoting.quote_of(house.db, who, ask.quote_id)
    asked = Ask(quoted.offer, quoted.cards, quoted.seconds, quoted.share_milli)
    return promise.promise(house.db, ask.advice.said().clear, asked)


@router.get("/orders")
def list_orders(
    house: House, who: Reader, state: OrderState | None = None, cursor: Cursor = None, limit: Limit = 20
) -> OrderPage:
    """Your orders, newest first."""
    found = follow.bought(house.db, who, None if state is None else State(state), cursor, limit)
    return OrderPage.of(found, who.party)


@router.get("/orders/{id}")
def get_order(house: House, who: Anyone, id: OrderId) -> Order:
    """One order that you bought or that runs on your cards (any, for the operator)."""
    return Order.of(follow.order(house.db, who, id), who.party)


@router.post("/orders/{id}/cancel")
def cancel_order(house: House, who: Buyer, id: OrderId, key: MaybeIdempotencyKey = None) -> Order:
    """Stop the order; what it used until now is charged, and nothing if it had not started.

    Stopping twice is stopping once, so the key is not needed.
    """
    buy.cancel(house.db, who, id)
    return Order.of(follow.order(house.db, who, id), who.party)


@router.get("/orders/{id}/logs")
def get_log(house: House, who: Reader, id: OrderId, offset: Annotated[int, Query(ge=0, le=2**53)] = 0) -> Log:
    """A piece of the job's output from `offset` bytes on; continue with `next_offset`."""
    final = follow.order(house.db, who, id).order.ended_at is not None
    chunk = follow.log(house.db, house.engines, who, id, offset, LOG_PIECE)
    text, taken = readable(chunk.data, final)
    return Log(offset=offset, next_offset=offset + taken, size=chunk.total, text=text, truncated=chunk.truncated)


@router.get("/orders/{id}/stream", response_class=StreamingResponse, responses=_as("text/event-stream"))
def stream_order(
    house: House,
    who: Reader,
    id: OrderId,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,18}:[0-9]{1,15}$")] = None,
) -> StreamingResponse:
    """Server-sent events: `state` (an order), `log` (a piece of log), and `done` (the order in its final state) at the end."""
    place = Place.of(last_event_id)
    begin = look(house, who, id, place)
    return StreamingResponse(stream(house, who, id, begin), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@router.get("/orders/{id}/files")
def list_files(house: House, who: Reader, id: OrderId) -> FileList:
    """The files that the job left in its output folder."""
    found = follow.files(house.db, house.engines, who, id)
    return FileList(items=[File(name=file.name, size=file.size) for file in found])


@router.get("/orders/{id}/files/{name:path}", response_class=Response, responses=_as("application/octet-stream", format="binary"))
def download_file(
    house: House, who: Reader, id: OrderId, name: Annotated[str, Path(max_length=1000, pattern=r"^[^\x00]+$")]
) -> Response:
    """One of the job's files."""
    pieces = download(house, who, id, name)
    begin = next(pieces)  # the refusal, if there is one, must come before the answer begins
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name.rsplit('/', 1)[-1], safe='')}"}
    return StreamingResponse(chain([begin], pieces), media_type="application/octet-stream", headers=headers)


@router.get("/orders/{id}/bill")
def get_bill(house: House, who: Anyone, tongue: Tongue, id: OrderId) -> Bill:
    """What the order cost and why, to the second."""
    return Bill.of(settle.order_bill(house.db, who, id), tongue)


@router.get("/orders/{id}/statement", response_class=HTMLResponse, responses=_as("text/html"))
def get_order_statement(house: House, who: Anyone, tongue: Tongue, id: OrderId) -> HTMLResponse:
    """The bill as a page to print."""
    return HTMLResponse(settle.bill_page(house.db, who, id, tongue))
