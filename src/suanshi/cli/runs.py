"""`suanshi runs`, `run`, `logs`, `files`, `download`, `cancel`: following what was bought."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import httpx
import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn

from suanshi.cli.desk import PATIENCE, REFUSED, Column, Desk, desk

RETRIES = 30
_ENDS = {
    "succeeded": ("成功", "succeeded"),
    "failed": ("程序失败", "the program failed"),
    "out_of_memory": ("内存超限", "out of memory"),
    "time_limit": ("达到时限", "time limit reached"),
    "spend_limit": ("达到消费上限", "spend limit reached"),
    "disk_limit": ("磁盘超限", "disk limit reached"),
    "idle": ("空闲自动停止", "stopped because idle"),
    "cancelled": ("已取消", "cancelled"),
    "preempted": ("让出给全价订单，免最低消费", "left for others that pay in full, no minimum charge"),
    "failed_to_start": ("未能启动，不收费", "failed to start, nothing charged"),
    "lost": ("站点丢失，不收费", "lost by the site, nothing charged"),
}


def add_to(cli: typer.Typer) -> None:
    for command in (runs, run, logs, files, download, cancel):
        cli.command()(command)


def runs(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="booked, running, ended, settled or refused")] = None,
    most: Annotated[int, typer.Option("--most", min=1)] = 20,
) -> None:
    """Your orders, newest first."""
    at = desk(context)
    show_orders(at, at.pages("/orders", most, state=state))


def show_orders(at: Desk, found: list[dict[str, Any]]) -> None:
    columns: tuple[Column, ...] = ("id", ("商品", "offer"), ("状态", "state"), ("结果", "outcome"))
    columns += (("冻结", "reserved"), ("扣款", "charged"), ("下单", "bought"))
    rows = ((o["id"], o["offer"]["title"], o["state"], _end(at, o), o["hold"], o["charged"], o["created_at"]) for o in found)
    at.table(found, columns, rows)


def _end(at: Desk, order: dict[str, Any]) -> str | None:
    outcome = order["outcome"]
    return at.say(*_ENDS[outcome]) if outcome in _ENDS else outcome


def run(context: typer.Context, order_id: str) -> None:
    """One order in full."""
    at = desk(context)
    show_order(at, at.call("GET", f"/orders/{order_id}"))


def begins(at: Desk, booked: dict[str, Any]) -> str:
    """When work that was booked ahead begins, on this machine's clock."""
    when = datetime.fromisoformat(booked["starts_at"]).astimezone().strftime("%Y-%m-%d %H:%M:%S %z")
    if not booked["flexible"]:
        return when
    return at.say(f"最迟 {when}，有空卡就提前", f"{when} at the latest, sooner if cards come free")


def show_order(at: Desk, order: dict[str, Any]) -> None:
    facts = {
        at.say("订单", "order"): order["id"],
        at.say("商品", "offer"): order["offer"]["title"],
        at.say("站点", "site"): order["site"]["name"],
        at.say("状态", "state"): order["state"],
        at.say("结果", "outcome"): _end(at, order),
        at.say("说明", "message"): order["message"],
        at.say("退出码", "exit code"): order["exit_code"],
        at.say("数量", "amount"): f"{order['cards']} × {order['share_milli']}/1000 × {order['seconds']} s",
        at.say("冻结", "reserved"): f"¥{order['hold']}",
        at.say("扣款", "charged"): None if order["charged"] is None else f"¥{order['charged']}",
        at.say("预定", "begins"): begins(at, order) if order["starts_at"] and not order["started_at"] else None,
        at.say("开始", "started"): order["started_at"],
        at.say("结束", "ended"): order["ended_at"],
    }
    later = (("preempt_at", "须离开", "has to leave"), ("resumes", "续自", "continues"), ("resumed_as", "续为", "continued as"))
    facts |= {at.say(zh, en): order[name] for name, zh, en in later if order[name] is not None}
    at.show(order, facts)


def logs(
    context: typer.Context, order_id: str, follow: Annotated[bool, typer.Option("--follow", "-f", help="Until it ends.")] = False
) -> None:
    """What the program printed."""
    at = desk(context)
    if follow:
        watch(at, order_id)
        return
    offset = 0
    while True:
        piece = at.call("GET", f"/orders/{order_id}/logs", params={"offset": offset})
        if at.json:
            typer.echo(json.dumps(piece, ensure_ascii=False))
        else:
            _raw(piece["text"])
        offset = piece["next_offset"]
        if offset >= piece["size"] or not piece["text"]:
            return


def _raw(text: str) -> None:
    """The program's output as it is: markup in it is the program's own."""
    sys.stdout.write(text)
    sys.stdout.flush()


def watch(at: Desk, order_id: str) -> None:
    """The order's story until it is settled or refused: the log on stdout, how far it is on stderr."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(24), TimeElapsedColumn(), console=at.err, transient=True, disable=at.json
    )
    with bar:
        task = bar.add_task(at.say("等待启动", "waiting to start"), total=None)
        for event, data in _events(at, order_id):
            if at.json:
                typer.echo(json.dumps({"event": event, "data": data}, ensure_ascii=False))
            elif event == "log":
                bar.console.file.flush()
                _raw(data["text"])
            else:
                bar.update(task, description=data["state"], total=data["seconds"] if data["state"] == "running" else None)
            if event == "done" and not at.json:
                bar.stop()
                at.err.print(_ending(at, data), markup=False)


def _ending(at: Desk, order: dict[str, Any]) -> str:
    charged = at.say(f"扣款 ¥{order['charged']}", f"charged ¥{order['charged']}")
    return f"{order['id']}: {_end(at, order)} · {charged}"


def _events(at: Desk, order_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Server-sent events to the end; a broken line is taken up where it broke."""
    last, broken = "", 0
    with at.client() as client:
        while True:
            headers = {"Last-Event-ID": last} if last else None
            try:
                with client.stream("GET", f"/orders/{order_id}/stream", headers=headers, timeout=PATIENCE) as response:
                    if response.is_error:
                        response.read()
                        at.refused(response)
                    for id_, event, data in _frames(response.iter_lines()):
                        last, broken = id_ or last, 0
                        yield event, json.loads(data)
                        if event == "done":
                            return
            except httpx.TransportError:
                broken += 1
                if broken > RETRIES:
                    raise
            time.sleep(1)


def _frames(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    """(id, event, data) of each frame that carries data."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        else:
            if "data" in fields:
                yield fields.get("id", ""), fields.get("event", "message"), fields["data"]
            fields = {}


def files(context: typer.Context, order_id: str) -> None:
    """What the program left in its output folder."""
    at = desk(context)
    found = at.call("GET", f"/orders/{order_id}/files")["items"]
    at.table(found, (("文件", "file"), ("字节", "bytes")), ((f["name"], f["size"]) for f in found))


def download(
    context: typer.Context,
    order_id: str,
    names: Annotated[list[str] | None, typer.Argument(help="All files when left out.")] = None,
    to: Annotated[Path, typer.Option(help="Folder to write to.", file_okay=False)] = Path("."),
) -> None:
    """Fetch result files."""
    at = desk(context)
    sizes = {f["name"]: f["size"] for f in at.call("GET", f"/orders/{order_id}/files")["items"]}
    written = []
    columns = (TextColumn("{task.description}", markup=False), BarColumn(24), DownloadColumn(), TransferSpeedColumn())
    with at.client() as client, Progress(*columns, console=at.err, transient=True, disable=at.json) as bar:
        for name in names or sizes:
            path = to / _inside(at, name)
            task = bar.add_task(name, total=sizes.get(name))
            with client.stream("GET", f"/orders/{order_id}/files/{_quoted(name)}") as response:
                if response.is_error:
                    response.read()
                    at.refused(response)
                _write(path, response, lambda size, task=task: bar.advance(task, size))
            written.append(str(path))
    at.table(written, (("已写入", "written"),), ((path,) for path in written))


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name)


def _write(path: Path, response: httpx.Response, wrote: Any) -> None:
    """A file that is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        for piece in response.iter_bytes():
            file.write(piece)
            wrote(len(piece))
    os.replace(part, path)


def _inside(at: Desk, name: str) -> PurePosixPath:
    """A name chosen by a program on another machine must not lead out of the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        at.err.print(at.say(f"文件名 {name!r} 会离开目标目录。", f"The name {name!r} leads out of the folder."), markup=False)
        raise typer.Exit(REFUSED)
    return path


def cancel(context: typer.Context, order_id: str) -> None:
    """Stop an order; what it used until now is charged."""
    at = desk(context)
    show_order(at, at.call("POST", f"/orders/{order_id}/cancel"))
