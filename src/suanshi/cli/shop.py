"""`suanshi offers`, `offer`, `quote`, `buy`: from the shop window to an order."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer

from suanshi.cli import runs
from suanshi.cli.amount import moment, seconds
from suanshi.cli.desk import Column, Desk, desk

TRIES = 4


def add_to(cli: typer.Typer) -> None:
    cli.command()(offers)
    cli.command()(offer)
    cli.command()(quote)
    cli.command()(buy)


def offers(
    context: typer.Context,
    query: Annotated[str | None, typer.Argument(help="Words to look for.")] = None,
    accelerator: Annotated[str | None, typer.Option(help="Model of card.")] = None,
    vendor: str | None = None,
    region: str | None = None,
    domestic: Annotated[bool | None, typer.Option(help="Cards designed in China, or not.")] = None,
    isolation: Annotated[str | None, typer.Option(help="kernel, soft or none")] = None,
    min_memory: Annotated[int | None, typer.Option(help="GiB a card.")] = None,
    max_price: Annotated[str | None, typer.Option(help="Yuan a card-hour.")] = None,
    cards: int | None = None,
    sort: Annotated[str, typer.Option(help="price, -price, memory, -memory or newest")] = "price",
    most: Annotated[int, typer.Option("--most", help="How many to show.", min=1)] = 20,
) -> None:
    """What is for sale."""
    at = desk(context)
    filters = {
        "q": query,
        "accelerator": accelerator,
        "vendor": vendor,
        "region": region,
        "domestic": None if domestic is None else str(domestic).lower(),
        "isolation": isolation,
        "min_memory_gib": min_memory,
        "max_price": max_price,
        "cards": cards,
        "sort": sort,
    }
    found = at.pages("/offers", most, **filters)
    columns: tuple[Column, ...] = (
        "id",
        ("商品", "offer"),
        ("型号", "card"),
        ("显存", "GiB"),
        ("地区", "region"),
    )
    columns += (("空闲", "free"), ("隔离", "isolation"), ("元/卡时", "¥/card-hour"))
    at.table(found, columns, map(_row, found))


def _row(one: dict[str, Any]) -> tuple[object, ...]:
    card = one["accelerator"]
    place = (one["site"]["region"], one["free_cards"], one["isolation"], one["price_per_card_hour"])
    return (one["id"], one["title"], card["id"], f"{card['memory_gib']:g}", *place)


def offer(context: typer.Context, offer_id: str) -> None:
    """One offer in full."""
    at = desk(context)
    one = at.call("GET", f"/offers/{offer_id}")
    site = one["site"]
    facts = {
        "id": one["id"],
        at.say("商品", "offer"): one["title"],
        at.say("供给方", "supplier"): one["supplier"]["name"],
        at.say("站点", "site"): f"{site['name']} · {site['region']} · PUE {site['pue']:g}",
        at.say("型号", "card"): f"{one['accelerator']['name']} · {one['accelerator']['memory_gib']:g} GiB",
        at.say("每卡配置", "with each card"): f"{one['cpu_milli'] / 1000:g} CPU · {one['memory_mib'] / 1024:.1f} GiB",
        at.say("最小切片", "smallest share"): f"{one['share_milli']}/1000",
        at.say("空闲/单次上限", "free / most per order"): f"{one['free_cards']} / {one['max_cards']}",
        at.say("最长", "longest"): f"{one['max_seconds']} s",
        at.say("环境", "environments"): ", ".join(one["environments"]),
        at.say("隔离", "isolation"): one["isolation"],
        at.say("价格", "price"): f"¥{one['price_per_card_hour']} {at.say('/卡时，全包', '/card-hour, all in')}",
        at.say("最低收费", "minimum charge"): f"¥{one['minimum_charge']}",
    }
    if one["idle_price"] is not None:
        facts[at.say("闲时价", "idle price")] = f"¥{one['idle_price']} {at.say('/卡时，可能被停', '/card-hour, may be stopped')}"
    at.show(one, facts)


Cards = Annotated[int, typer.Option(help="How many cards.", min=1)]
Share = Annotated[int, typer.Option(help="Thousandths of a card; 1000 is a whole card.", min=1, max=1000)]
For = Annotated[int, typer.Option("--for", parser=seconds, metavar="TIME", help="The longest it may run: 90, 30m, 2h, 1d.")]
Preemptible = Annotated[
    bool, typer.Option("--preemptible", help="Idle cards: cheaper, and may be stopped two minutes after a notice.")
]


Start = Annotated[str | None, typer.Option(parser=moment, metavar="WHEN", help="Book ahead: begin exactly then.")]
StartBy = Annotated[
    str | None, typer.Option(parser=moment, metavar="WHEN", help="Queue: begin as soon as there is room, at the latest then.")
]
FinishBy = Annotated[str | None, typer.Option(parser=moment, metavar="WHEN", help="Queue: be over by then.")]


def quote(
    context: typer.Context,
    offer_id: str,
    time: For,
    cards: Cards = 1,
    share: Share = 1000,
    start: Start = None,
    start_by: StartBy = None,
    finish_by: FinishBy = None,
    preemptible: Preemptible = False,
) -> None:
    """What so many cards would cost at most, at once or WHEN (2h from now, 2026-12-01T09:00), good for a few minutes."""
    at = desk(context)
    when = {"start": start, "start_by": start_by, "finish_by": finish_by}
    _show_quote(at, _ask_quote(at, offer_id, cards, share, time, when, preemptible))


def _ask_quote(
    at: Desk, offer_id: str, cards: int, share: int, time: int, when: dict[str, str | None], preemptible: bool
) -> dict[str, Any]:
    body = {"offer_id": offer_id, "cards": cards, "share_milli": share, "seconds": time, "preemptible": preemptible, **when}
    made: dict[str, Any] = at.call("POST", "/quotes", json=body)
    return made


def _show_quote(at: Desk, made: dict[str, Any]) -> None:
    facts = {
        at.say("报价单", "quote"): made["id"],
        at.say("商品", "offer"): made["offer"]["title"],
        at.say("数量", "amount"): f"{made['cards']} × {made['share_milli']}/1000 × {made['seconds']} s",
        at.say("单价", "price"): f"¥{made['price_per_card_hour']} {at.say('/卡时', '/card-hour')}",
        at.say("最多", "at most"): f"¥{made['total']}",
        at.say("有效至", "valid until"): made["valid_until"],
    }
    if made["preemptible"]:
        facts[at.say("闲时", "idle")] = at.say("可能被停，提前 2 分钟通知", "may be stopped, two minutes after a notice")
    if made["starts_at"] is not None and not made["after_notice"]:
        facts[at.say("开始", "begins")] = runs.begins(at, made)
    if made["after_notice"]:
        words = ("下单后约 2 分钟，等闲时任务让出", "two minutes after you buy, when idle runs have left")
        facts[at.say("开始", "begins")] = at.say(*words)
    at.show(made, facts)


def buy(
    context: typer.Context,
    offer_id: str,
    time: For,
    command: Annotated[list[str] | None, typer.Argument(help="The command to run, after `--`.")] = None,
    cards: Cards = 1,
    share: Share = 1000,
    script: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="A script to run instead.")] = None,
    template: Annotated[str, typer.Option(help="The environment: python, scientific, ...")] = "python",
    inputs: Annotated[list[str] | None, typer.Option("--input", metavar="[NAME=]FILE", help="An input file.")] = None,
    env: Annotated[list[str] | None, typer.Option("--env", metavar="NAME=VALUE")] = None,
    time_limit: Annotated[int | None, typer.Option(parser=seconds, metavar="TIME")] = None,
    spend_limit: Annotated[str | None, typer.Option(metavar="YUAN")] = None,
    idle: Annotated[int, typer.Option(parser=seconds, metavar="TIME", help="Stop when idle so long; 0: never.")] = 1800,
    start: Start = None,
    start_by: StartBy = None,
    finish_by: FinishBy = None,
    preemptible: Preemptible = False,
    resume: Annotated[bool, typer.Option("--resume", help="If it had to leave, queue it again with its results.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before buying.")] = False,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show the log until it is settled.")] = False,
) -> None:
    """Buy cards of an offer and run a command or a script on them: suanshi buy OFFER --for 30m -- python3 -c 'print(1)'."""
    at = desk(context)
    if bool(command) == (script is not None):
        raise typer.BadParameter(at.say("命令和 --script 必须二选一", "give either a command or --script"))
    job: dict[str, Any] = {"environment": template, "idle_seconds": idle, "resume": resume}
    job |= {"kind": "script", "script": _text(script)} if script else {"kind": "command", "argv": command}
    job |= {"inputs": [_input(at, text) for text in inputs or ()], "env": dict(_pair(at, text) for text in env or ())}
    job |= {name: value for name, value in (("time_limit_seconds", time_limit), ("spend_limit", spend_limit)) if value}
    when = {"start": start, "start_by": start_by, "finish_by": finish_by}
    made = _ask_quote(at, offer_id, cards, share, time, when, preemptible)
    if not yes and not at.json:
        _show_quote(at, made)
        typer.confirm(at.say("购买？", "Buy?"), default=True, abort=True, err=True)
    order = _order(at, {"quote_id": made["id"], "job": job})
    if not follow:
        runs.show_order(at, order)
        return
    at.note(f"订单 {order['id']}，冻结 ¥{order['hold']}。", f"Order {order['id']}; ¥{order['hold']} reserved.")
    runs.watch(at, order["id"])


def _order(at: Desk, body: dict[str, Any]) -> dict[str, Any]:
    """Send the order; when the line breaks, send it again under the same key, so that it is bought once."""
    key = uuid4().hex
    with at.client() as client:
        for attempt in range(TRIES):
            try:
                response = client.post("/orders", json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError:
                if attempt + 1 == TRIES:
                    raise
                continue
            if response.status_code != 503 or attempt + 1 == TRIES:
                break
        made: dict[str, Any] = at.answer(response)
        return made


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{path}: {error}") from error


def _input(at: Desk, text: str) -> dict[str, str]:
    name, given, file = text.partition("=")
    path = Path(file if given else text)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}") from error
    return {"name": name if given else path.name, "content_base64": base64.b64encode(content).decode()}


def _pair(at: Desk, text: str) -> tuple[str, str]:
    name, given, value = text.partition("=")
    if not given:
        raise typer.BadParameter(at.say(f"{text!r} 应为 名称=值", f"{text!r} must be NAME=VALUE"))
    return name, value
