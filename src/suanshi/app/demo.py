"""`suanshi demo`: opens the market on this machine and makes the first sale through the public API, as a buyer would."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from suanshi.app.preparing import password, prepare
from suanshi.app.processes import Tree
from suanshi.app.settings import Settings
from suanshi.kit import ids

SCRIPT = "train_digits.py"
RESULT = "digits.json"
BUYER_EMAIL = "buyer@suanshi.local"
SECONDS = 1800
PATIENCE_SECONDS = 1200


def demo(settings: Settings, once: bool) -> bool:
    """Serve until Ctrl-C, or with `once` until the first sale is settled. Whether the sale went well."""
    out = Console(highlight=False, soft_wrap=True)
    out.print("[bold]Suanshi 算市[/bold]: opening the market on this machine ...")
    prepare(settings)
    tree = Tree(settings)
    went: list[bool] = []

    def sale() -> None:
        try:
            with httpx.Client(base_url=f"http://{settings.host}:{settings.port}/api/v1", timeout=60) as client:
                Sale(client, settings, out).make()
            went.append(True)
        except Exception as error:
            out.print(f"[red]The sale failed:[/red] {error}")
        if once or not went:
            tree.stopping.set()

    seller = threading.Thread(target=sale, daemon=True)
    seller.start()
    tree.run()
    return bool(went)


@dataclass
class Sale:
    """The first sale, call by call."""

    client: httpx.Client
    settings: Settings
    out: Console

    def make(self) -> None:
        self._wait_for_api()
        operator = self._sign_in(self.settings.operator_email, password(self.settings.state, "operator"))
        buyer = self._buyer()
        self._top_up(buyer, operator)
        order = self._buy(buyer)
        self._follow(buyer, order["id"])
        order = self._settled(buyer, order["id"])
        self._result(buyer, order["id"])
        self._statement(buyer, order)
        self._proof(operator)
        address = f"http://{self.settings.host}:{self.settings.port}"
        self.out.print(f"Console: [bold]{address}[/bold]   buyer {BUYER_EMAIL}   operator {self.settings.operator_email}")
        self.out.print(f"Passwords are in {self.settings.state}/*.password")
        self.out.print(f"[green]Order {order['id']} is settled.[/green]")

    def _wait_for_api(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                if self.client.get("/health").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            if time.monotonic() > deadline:
                raise TimeoutError("the API did not come up")
            time.sleep(0.2)

    def _call(self, method: str, path: str, token: str = "", key: str = "", **options: Any) -> Any:
        headers = {"Accept-Language": "en"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            headers["Idempotency-Key"] = key
        answer = self.client.request(method, path, headers=headers, **options)
        if answer.is_error:
            problem = answer.json()
            raise RuntimeError(f"{problem['detail']} {problem['next']}")
        return answer.json() if answer.headers["content-type"].startswith("application/json") else answer

    def _sign_in(self, email: str, secret: str) -> str:
        return str(self._call("POST", "/sessions", json={"email": email, "password": secret})["token"])

    def _buyer(self) -> str:
        """The demo's buyer, registered on the first start and found on every later one."""
        new = not (self.settings.state / "buyer.password").exists()
        secret = password(self.settings.state, "buyer")
        if new:
            party = {"kind": "buyer", "name": "示例实验室 Demo Lab", "email": BUYER_EMAIL, "password": secret}
            return str(self._call("POST", "/parties", json=party)["token"])
        return self._sign_in(BUYER_EMAIL, secret)

    def _top_up(self, buyer: str, operator: str) -> None:
        wallet = self._call("GET", "/wallet", buyer)
        if float(wallet["available"]) >= 10:
            return
        topup = self._call("POST", "/wallet/topups", buyer, ids.new("demo"), json={"amount": "100"})
        self._call("POST", f"/operator/topups/{topup['id']}/confirm", operator, ids.new("demo"))
        self.out.print("The buyer pays in ¥100, and the operator confirms that it arrived.")

    def _buy(self, buyer: str) -> dict[str, Any]:
        offers = self._call("GET", "/offers", params={"accelerator": self._core(), "sort": "price"})["items"]
        offer = offers[0]
        self.out.print(f"Offer: {offer['title']} at ¥{offer['price_per_card_hour']} a core-hour, isolation {offer['isolation']}.")
        quote = self._call("POST", "/quotes", buyer, json={"offer_id": offer["id"], "cards": 1, "seconds": SECONDS})
        self.out.print(f"Quote: at most ¥{quote['total']} for {SECONDS} s of one core.")
        script = files("suanshi.app").joinpath("data", SCRIPT).read_text("utf-8")
        job = {"kind": "script", "script": script, "environment": "scientific"}
        wish = {"quote_id": quote["id"], "job": job}
        order: dict[str, Any] = self._call("POST", "/orders", buyer, ids.new("demo"), json=wish)
        self.out.print(f"Order {order['id']}: ¥{order['hold']} reserved. The environment is made ready on its first use ...")
        return order

    def _core(self) -> str:
        items = self._call("GET", "/offers")["facets"]["accelerator"]
        return next(str(item["value"]) for item in items if str(item["value"]).startswith("cpu-core"))

    def _follow(self, buyer: str, order_id: str) -> None:
        """The run's log as it is written."""
        headers = {"Authorization": f"Bearer {buyer}"}
        offset = 0
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            state = self._call("GET", f"/orders/{order_id}", buyer)["state"]
            piece = self.client.get(f"/orders/{order_id}/logs", params={"offset": offset}, headers=headers).json()
            for line in piece["text"].splitlines():
                self.out.print(f"  [dim]|[/dim] {line}", markup=True)
            offset = piece["next_offset"]
            if state in ("settled", "refused") and offset >= piece["size"]:
                return
            time.sleep(0.3)

    def _settled(self, buyer: str, order_id: str) -> dict[str, Any]:
        order: dict[str, Any] = self._call("GET", f"/orders/{order_id}", buyer)
        if order["state"] != "settled" or order["outcome"] != "succeeded":
            raise RuntimeError(f"the order ended {order['state']} ({order['outcome']}): {order['message']}")
        return order

    def _result(self, buyer: str, order_id: str) -> None:
        answer = self._call("GET", f"/orders/{order_id}/files/{RESULT}", buyer)
        text = answer.text if isinstance(answer, httpx.Response) else str(answer)
        self.out.print(f"Result {RESULT}: {text.strip()}", markup=False)

    def _statement(self, buyer: str, order: dict[str, Any]) -> None:
        bill = self._call("GET", f"/orders/{order['id']}/bill", buyer)
        table = Table(title=f"Statement of order {order['id']}", title_justify="left")
        for column in ("item", "quantity", "unit", "¥"):
            table.add_column(column)
        for line in bill["lines"]:
            table.add_row(line["text"], "" if line["quantity"] is None else str(line["quantity"]), line["unit"], line["amount"])
        table.add_row("charged", f"{bill['seconds']} s", "", bill["charged"], style="bold")
        table.add_row("reserved and released", "", "", bill["released"])
        self.out.print(table)

    def _proof(self, operator: str) -> None:
        proof = self._call("GET", "/operator/ledger/proof", operator)
        for line in proof["currencies"]:
            self.out.print(
                f"Ledger: {line['postings']} postings sum to {line['sum']} {line['currency']}; all balances agree: {proof['ok']}"
            )
        if not proof["ok"]:
            raise RuntimeError("the ledger does not prove")
