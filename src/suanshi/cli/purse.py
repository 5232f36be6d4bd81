"""`suanshi wallet`, `topup`, `topups`, `statement`, `bill`: the buyer's money."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

import typer

from suanshi.cli.desk import Column, desk
from suanshi.kit.clock import now
from suanshi.settlement import period


def add_to(cli: typer.Typer) -> None:
    for command in (wallet, topup, topups, statement, bill):
        cli.command()(command)


def wallet(context: typer.Context, entries: Annotated[int, typer.Option(help="Show the last movements too.", min=0)] = 0) -> None:
    """Balance, what orders hold of it, and what is left."""
    at = desk(context)
    purse = at.call("GET", "/wallet")
    names = (("余额", "balance"), ("冻结", "held"), ("可用", "available"))
    moves = at.pages("/wallet/entries", entries) if entries else []
    at.show({**purse, "entries": moves} if entries else purse, {at.say(*name): f"¥{purse[name[1]]}" for name in names})
    if moves and not at.json:
        columns = (("时间", "time"), ("事由", "cause"), ("关联", "about"), ("金额", "amount"))
        at.table(moves, columns, ((m["at"], m["text"], m["subject"], m["amount"]) for m in moves))


def topup(context: typer.Context, amount: Annotated[str, typer.Argument(help="Yuan.")]) -> None:
    """Announce a payment; the operator confirms it when the money is there."""
    at = desk(context)
    made = at.call("POST", "/wallet/topups", key=uuid4().hex, json={"amount": amount})
    at.show(made, {"id": made["id"], at.say("金额", "amount"): f"¥{made['amount']}", at.say("状态", "state"): made["state"]})


def topups(context: typer.Context, most: Annotated[int, typer.Option("--most", min=1)] = 20) -> None:
    """Your announced and confirmed payments."""
    at = desk(context)
    found = at.pages("/wallet/topups", most)
    columns = ("id", ("金额", "amount"), ("状态", "state"), ("时间", "time"))
    at.table(found, columns, ((t["id"], t["amount"], t["state"], t["requested_at"]) for t in found))


def statement(
    context: typer.Context,
    month: Annotated[str | None, typer.Argument(help="Such as 2026-11; this month when left out.")] = None,
) -> None:
    """A month of the wallet."""
    at = desk(context)
    found = at.call("GET", "/wallet/statement", params={"month": month or period.month_of(now())})
    columns: tuple[Column, ...] = (
        ("时间", "time"),
        ("事由", "cause"),
        ("关联", "about"),
        ("金额", "amount"),
    )
    columns += (("余额", "balance"),)
    rows: list[tuple[object, ...]] = [("", at.say("期初", "opening"), "", "", found["opening"])]
    rows += [(line["at"], line["text"], line["subject"], line["amount"], line["balance"]) for line in found["lines"]]
    rows.append(("", at.say("期末", "closing"), "", "", found["closing"]))
    at.table(found, columns, rows)


def bill(context: typer.Context, order_id: str) -> None:
    """What an order cost and why."""
    at = desk(context)
    found = at.call("GET", f"/orders/{order_id}/bill")
    columns = (("项目", "item"), ("数量", "quantity"), ("单位", "unit"), "¥")
    rows: list[tuple[object, ...]] = [(o["text"], o["quantity"], o["unit"], o["amount"]) for o in found["lines"]]
    rows.append((at.say("扣款", "charged"), f"{found['seconds']} s", "", found["charged"]))
    rows.append((at.say("释放", "released"), "", "", found["released"]))
    at.table(found, columns, rows)
