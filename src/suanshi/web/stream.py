"""An order told as it happens: server-sent events of its states and its log, which can be taken up again where they broke off."""

from __future__ import annotations

import asyncio
import codecs
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool

from suanshi.fleet.executor import LogChunk
from suanshi.flows import follow
from suanshi.flows.follow import Sale
from suanshi.flows.house import House
from suanshi.identity.principal import Principal
from suanshi.kit.refusal import Refusal, not_found
from suanshi.orders.lifecycle import LIFE
from suanshi.web.shapes.order import Log, Order

LOG_PIECE = 256 * 1024
_FILE_PIECE = 2**20
_QUICK, _SLOW = 0.3, 2.0  # seconds between looks: quick while something happens, slower the longer nothing does
_HEARTBEAT = 15.0
_LONGEST = 3600.0  # then the client comes back, and shows again that it may


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reader has come: the last event seen, and the bytes of log."""

    event: int = 0
    offset: int = 0

    @classmethod
    def of(cls, last_event_id: str | None) -> Place:
        """From the Last-Event-ID header, whose form the route has checked."""
        if last_event_id is None:
            return cls()
        event, _, offset = last_event_id.partition(":")
        return cls(int(event), int(offset))


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look brought: frames to send, the place after them, and whether all is told."""

    frames: tuple[bytes, ...]
    place: Place
    over: bool


def look(house: House, who: Principal, order_id: str, place: Place) -> Seen:
    """Everything new since `place`. Raises a refusal for an order that is not the asker's."""
    happened = follow.happened(house.db, who, order_id, place.event)
    sale = follow.order(house.db, who, order_id)
    # The order is read before its log: once it is final, a log read to its end is the whole log.
    final = sale.order.state in LIFE.final
    chunk = _log(house, who, order_id, place.offset)
    frames: list[bytes] = []
    if happened:
        place = replace(place, event=happened[-1].id)
    if happened or not place.event:
        frames.append(_state("state", sale, who, place))
    text, taken = readable(chunk.data, final)
    if text:
        place = replace(place, offset=place.offset + taken)
        body = Log(offset=place.offset - taken, next_offset=place.offset, size=chunk.total, text=text, truncated=chunk.truncated)
        frames.append(_frame("log", body.model_dump_json(), place))
    over = final and not text
    if over:
        frames.append(_state("done", sale, who, place))
    return Seen(tuple(frames), place, over)


def _log(house: House, who: Principal, order_id: str, offset: int) -> LogChunk:
    """A piece of the log; nothing where the site cannot be asked just now."""
    try:
        return follow.log(house.db, house.engines, who, order_id, offset, LOG_PIECE)
    except Refusal:
        return LogChunk(offset, b"", offset, False)


def readable(data: bytes, final: bool) -> tuple[str, int]:
    """The text of whole characters and how many bytes it took; a character cut at the end waits for its rest."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(data)
    waiting = len(decoder.getstate()[0])
    if waiting and final and waiting == len(data):
        return decoder.decode(b"", final=True), waiting
    return text, len(data) - waiting


def _state(event: str, sale: Sale, who: Principal, place: Place) -> bytes:
    return _frame(event, Order.of(sale, who.party).model_dump_json(), place)


def _frame(event: str, data: str, place: Place) -> bytes:
    return f"id: {place.event}:{place.offset}\nevent: {event}\ndata: {data}\n\n".encode()


async def stream(house: House, who: Principal, order_id: str, seen: Seen) -> AsyncIterator[bytes]:
    """Frames from the first look on until all is told, with a sign of life where nothing happens."""
    began = last = time.monotonic()
    pause = _QUICK
    yield b"retry: 2000\n\n"
    while True:
        for frame in seen.frames:
            yield frame
        now = time.monotonic()
        if seen.over or now - began > _LONGEST:
            return
        if seen.frames:
            last, pause = now, _QUICK
        else:
            pause = min(pause * 1.3, _SLOW)
        if now - last > _HEARTBEAT:
            yield b": still here\n\n"
            last = now
        await asyncio.sleep(pause)
        seen = await run_in_threadpool(_look_again, house, who, order_id, seen.place)


def _look_again(house: House, who: Principal, order_id: str, place: Place) -> Seen:
    """A further look; where the database is out of reach for a moment, the reader just waits."""
    try:
        return look(house, who, order_id, place)
    except Refusal:
        return Seen((), place, False)


def download(house: House, who: Principal, order_id: str, name: str) -> Iterator[bytes]:
    """A result file piece by piece. Raises a refusal at the first piece when the run left no such file."""
    sizes = {file.name: file.size for file in follow.files(house.db, house.engines, who, order_id)}
    if name not in sizes:
        raise not_found("file", name)
    offset = 0
    while True:
        piece = follow.read_file(house.db, house.engines, who, order_id, name, offset, _FILE_PIECE)
        if piece or not offset:
            yield piece
        offset += len(piece)
        if len(piece) < _FILE_PIECE:
            return
