"""`suanshi operate ...`: the operator's desk."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

import typer

from suanshi.cli import runs
from suanshi.cli.desk import desk

app = typer.Typer(help="For the operator: parties, payments, the ledger, the audit log.", no_args_is_help=True)
Most = Annotated[int, typer.Option("--most", min=1)]


@app.command()
def parties(context: typer.Context, most: Most = 50) -> None:
    """Everyone who joined."""
    at = desk(context)
    found = at.pages("/operator/parties", most)
    columns = ("id", ("名称", "name"), ("类型", "kind"), ("信任", "trusted"), ("加入", "joined"))
    at.table(found, columns, ((p["id"], p["name"], p["kind"], p["trusted"], p["created_at"]) for p in found))


@app.command()
def trust(context: typer.Context, party_id: str, no: Annotated[bool, typer.Option("--no", help="Take it back.")] = False) -> None:
    """Let a party's programs run where isolation is weak."""
    at = desk(context)
    made = at.call("POST", f"/operator/parties/{party_id}/trust", json={"trusted": not no})
    at.show(made, {"id": made["id"], at.say("名称", "name"): made["name"], at.say("信任", "trusted"): made["trusted"]})


@app.command()
def orders(context: typer.Context, state: str | None = None, most: Most = 50) -> None:
    """Orders of all parties."""
    at = desk(context)
    runs.show_orders(at, at.pages("/operator/orders", most, state=state))


@app.command()
def topups(
    context: typer.Context, state: Annotated[str | None, typer.Option(help="requested or confirmed")] = None, most: Most = 50
) -> None:
    """Payments announced by all parties."""
    at = desk(context)
    found = at.pages("/operator/topups", most, state=state)
    columns = ("id", ("机构", "party"), ("金额", "amount"), ("状态", "state"), ("时间", "time"))
    at.table(found, columns, ((t["id"], t["party_name"], t["amount"], t["state"], t["requested_at"]) for t in found))


@app.command()
def confirm(context: typer.Context, topup_id: str) -> None:
    """Confirm that a payment arrived: the wallet is credited, once."""
    at = desk(context)
    made = at.call("POST", f"/operator/topups/{topup_id}/confirm", key=uuid4().hex)
    at.show(made, {"id": made["id"], at.say("金额", "amount"): f"¥{made['amount']}", at.say("状态", "state"): made["state"]})


@app.command()
def proof(context: typer.Context) -> None:
    """Prove that the ledger sums to zero; status 1 when it does not."""
    at = desk(context)
    found = at.call("GET", "/operator/ledger/proof")
    columns = (("币种", "currency"), ("笔数", "postings"), ("合计", "sum"))
    at.table(found, columns, ((c["currency"], c["postings"], c["sum"]) for c in found["currencies"]))
    at.note("账目相符。" if found["ok"] else "账目不符！", "All balances agree." if found["ok"] else "The ledger does not prove!")
    if not found["ok"]:
        raise typer.Exit(1)


@app.command()
def reconcile(context: typer.Context, day: Annotated[str | None, typer.Option(help="Such as 2026-11-25.")] = None) -> None:
    """Compare a day's metered, rated, posted and billed amounts; status 1 when they differ."""
    at = desk(context)
    found = at.call("POST", "/operator/reconciliations", json={"day": day} if day else {})
    rows = [(d["subject"], d["text"]) for d in found["differences"]]
    at.table(found, (("对象", "about"), ("差异", "difference")), rows)
    at.note(f"{found['day']}：{found['orders']} 个订单", f"{found['day']}: {found['orders']} orders")
    if not found["ok"]:
        raise typer.Exit(1)


@app.command()
def audit(context: typer.Context, most: Most = 50) -> None:
    """Who did what, newest first."""
    at = desk(context)
    found = at.pages("/operator/audit", most)
    columns = (("时间", "time"), ("谁", "who"), ("做了", "did"), ("对象", "to"))
    at.table(found, columns, ((e["at"], e["name"], e["action"], e["subject"]) for e in found))
