"""`suanshi supply ...`: a supplier's sites, cards, offers, orders and earnings."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from suanshi.cli import runs
from suanshi.cli.amount import moment, seconds
from suanshi.cli.desk import Column, Desk, desk
from suanshi.kit.clock import now
from suanshi.settlement import period

app = typer.Typer(help="For suppliers: sites, cards, offers, orders, statement.", no_args_is_help=True)


@app.command()
def sites(context: typer.Context) -> None:
    """Your sites."""
    at = desk(context)
    found = at.call("GET", "/sites")["items"]
    columns = ("id", ("站点", "site"), ("地区", "region"), ("卡", "cards"), ("已核验", "verified"))
    at.table(found, columns, ((s["id"], s["name"], s["region"], s["cards"], s["verified"]) for s in found))


@app.command()
def site(
    context: typer.Context,
    name: str,
    region: str,
    pue: float = 1.5,
    green: Annotated[float, typer.Option(help="Share of green power, 0 to 1.")] = 0.0,
    fabric: str = "ethernet",
) -> None:
    """Announce a data centre."""
    at = desk(context)
    made = at.call("POST", "/sites", json={"name": name, "region": region, "pue": pue, "green_share": green, "fabric": fabric})
    at.show(made, {"id": made["id"], at.say("站点", "site"): made["name"], at.say("已核验", "verified"): made["verified"]})


@app.command()
def cards(context: typer.Context, site_id: str) -> None:
    """The cards of a site and how much of each is let."""
    at = desk(context)
    found = at.call("GET", f"/sites/{site_id}/cards")["items"]
    columns = ("id", ("卡", "card"), ("型号", "model"), ("健康", "health"), ("已租", "let"))
    at.table(found, columns, ((c["id"], c["name"], c["accelerator"], c["health"], f"{c['in_use_milli']}/1000") for c in found))


@app.command()
def close(
    context: typer.Context,
    site_id: str,
    accelerator: str,
    cards: Annotated[int, typer.Argument(help="How many cards.", min=1)],
    start: Annotated[str, typer.Option("--from", parser=moment, metavar="WHEN", help="2h from now, or 2026-12-01T09:00.")],
    end: Annotated[str, typer.Option("--until", parser=moment, metavar="WHEN")],
    days: Annotated[int, typer.Option(help="On so many days, at the same hours.", min=1, max=31)] = 1,
    power: Annotated[bool, typer.Option("--power", help="For want of power; otherwise for maintenance.")] = False,
    note: str = "-",
) -> None:
    """Take cards out of service for a time; bookings that have not begun go to other cards."""
    at = desk(context)
    body = {"accelerator": accelerator, "cards": cards, "start": start, "end": end, "days": days, "note": note}
    made = at.call("POST", f"/sites/{site_id}/closures", json={**body, "kind": "power" if power else "maintenance"})
    _closures(at, made["items"])


@app.command()
def closures(context: typer.Context, site_id: str) -> None:
    """What is or will be out of service."""
    at = desk(context)
    _closures(at, at.call("GET", f"/sites/{site_id}/closures")["items"])


@app.command()
def reopen(context: typer.Context, site_id: str, closure_id: str) -> None:
    """End a closure early."""
    at = desk(context)
    _closures(at, [at.call("DELETE", f"/sites/{site_id}/closures/{closure_id}")])


def _closures(at: Desk, found: list[dict[str, Any]]) -> None:
    columns = ("id", ("型号", "model"), ("卡", "cards"), ("原因", "why"), ("自", "from"), ("至", "until"), ("备注", "note"))
    fields = ("id", "accelerator", "cards", "kind", "start", "end", "note")
    at.table(found, columns, (tuple(c[field] for field in fields) for c in found))


@app.command()
def offers(context: typer.Context) -> None:
    """All your offers."""
    at = desk(context)
    _show(at, at.call("GET", "/supplier/offers")["items"])


def _show(at: Desk, found: list[dict[str, Any]]) -> None:
    columns = ("id", ("商品", "offer"), ("状态", "state"), ("空闲", "free"), ("元/卡时", "¥/card-hour"), ("闲时价", "idle"))
    fields = ("id", "title", "state", "free_cards", "price_per_card_hour", "idle_price")
    at.table(found, columns, (tuple(o[field] for field in fields) for o in found))


@app.command()
def offer(
    context: typer.Context,
    site_id: str,
    accelerator: str,
    title: str,
    price: Annotated[str, typer.Argument(help="Yuan a card-hour, all in.")],
    idle_price: Annotated[str | None, typer.Option(help="Yuan a card-hour of work that may be stopped with notice.")] = None,
    minimum: Annotated[str, typer.Option(help="Least an order costs.")] = "0.01",
    share: Annotated[int, typer.Option(help="Smallest piece of a card, in thousandths.", min=1, max=1000)] = 1000,
    longest: Annotated[int, typer.Option(parser=seconds, metavar="TIME")] = 7 * 86_400,
    environment: Annotated[list[str] | None, typer.Option(help="Environments ready on the site.")] = None,
) -> None:
    """List cards of a site."""
    at = desk(context)
    body = {
        "site_id": site_id,
        "accelerator": accelerator,
        "title": title,
        "price_per_card_hour": price,
        "idle_price": idle_price,
        "minimum_charge": minimum,
        "share_milli": share,
        "max_seconds": longest,
        "environments": environment or ["python"],
    }
    made = at.call("POST", "/offers", json=body)
    _show(at, [made]) if not at.json else at.print_json(made)


@app.command()
def change(
    context: typer.Context,
    offer_id: str,
    state: Annotated[str | None, typer.Option(help="listed, paused or withdrawn")] = None,
    price: Annotated[str | None, typer.Option(help="Yuan a card-hour.")] = None,
    idle_price: Annotated[str | None, typer.Option(help="Yuan a card-hour of work that may be stopped; 0: none.")] = None,
) -> None:
    """Pause, withdraw or reprice an offer."""
    at = desk(context)
    asked = (("state", state), ("price_per_card_hour", price), ("idle_price", idle_price))
    body = {name: value for name, value in asked if value is not None}
    made = at.call("PATCH", f"/offers/{offer_id}", json=body)
    _show(at, [made]) if not at.json else at.print_json(made)


@app.command()
def orders(context: typer.Context, most: Annotated[int, typer.Option("--most", min=1)] = 20) -> None:
    """Orders on your cards."""
    at = desk(context)
    runs.show_orders(at, at.pages("/supplier/orders", most))


@app.command()
def statement(context: typer.Context, month: Annotated[str | None, typer.Argument(help="Such as 2026-11.")] = None) -> None:
    """What a month earned."""
    at = desk(context)
    found = at.call("GET", "/supplier/statement", params={"month": month or period.month_of(now())})
    columns: tuple[Column, ...] = (
        ("订单", "order"),
        ("结算", "settled"),
        ("买方实付", "paid"),
        ("佣金", "commission"),
    )
    columns += (("税费与合作方", "tax and partners"), ("应结", "yours"))
    fields = ("order_id", "settled_at", "gross", "commission", "others", "net")
    rows: list[tuple[object, ...]] = [tuple(line[f] for f in fields) for line in found["lines"]]
    rows.append((at.say("合计", "sum"), "", *(found[f] for f in fields[2:])))
    at.table(found, columns, rows)
