"""`suanshi market`: clear a sealed-bid auction from a file, as the platform does, for anyone to check."""

from __future__ import annotations

import csv
from decimal import InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from suanshi.cli.desk import desk
from suanshi.kit.money import Money, yuan

app = typer.Typer(help="竞价撮合 / auctions from files", no_args_is_help=True)
_COLUMNS = {"side", "id", "price", "quantity"}


@app.callback()
def _group() -> None:
    """Keeps `clear` a command of its own while it is the only one."""


@app.command()
def clear(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV: side (bid or ask), id, price in yuan, quantity")
    ],
) -> None:
    """Clear one product and hour at one price: the most that can trade, nobody at a loss, the earlier row first."""
    from suanshi.placement.clearing import Order, clear_orders  # numpy is loaded only when it is used

    orders: dict[str, list[Order]] = {"bid": [], "ask": []}
    with file.open(newline="", encoding="utf-8-sig") as text:
        rows = csv.DictReader(text)
        if missing := _COLUMNS - set(rows.fieldnames or ()):
            raise typer.BadParameter(f"no column {', '.join(sorted(missing))}")
        for row in rows:
            side = (row["side"] or "").strip().lower()
            try:
                orders[side].append(Order(row["id"], Money.of(row["price"]).micro, int(row["quantity"])))
            except (KeyError, ValueError, TypeError, InvalidOperation) as error:
                raise typer.BadParameter(f"line {rows.line_num}: {error}") from error
    price, volume, bids, asks = clear_orders(orders["bid"], orders["ask"])
    fills = [{"side": side, "id": f.id, "quantity": f.quantity} for side, some in (("bid", bids), ("ask", asks)) for f in some]
    at = desk(context)
    if at.json:
        at.print_json({"price": None if price is None else yuan(price), "volume": volume, "fills": fills})
        return
    unmatched = sum(map(len, orders.values())) - len(fills)
    at.show(
        None,
        {
            at.say("成交价（元）", "price (yuan)"): at.say("无成交", "nothing trades") if price is None else yuan(price),
            at.say("成交量", "volume"): volume,
            at.say("成交 / 未成交委托", "orders that trade / do not"): f"{len(fills)} / {unmatched}",
        },
    )
    at.table(fills, ("id", ("方向", "side"), ("成交量", "quantity")), [(f["id"], f["side"], f["quantity"]) for f in fills])
