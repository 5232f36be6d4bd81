"""What every command works with: the way to the platform, the language, and how answers are shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

import httpx
import typer
from rich.console import Console
from rich.table import Table

from suanshi.cli.profile import Profile
from suanshi.kit.refusal import Language

REFUSED, UNREACHABLE = 1, 3
Column = str | tuple[str, str]
"""A table's column: a name that is the same in both languages, or one in each."""
PATIENCE = httpx.Timeout(60, connect=10)
_ONE_LINE = 10_000  # columns: where no person looks on, a row is a line, whatever its length


@dataclass
class Desk:
    """`out` carries answers, `err` everything said beside them; in `json` mode `out` carries JSON alone."""

    profile: Profile
    json: bool
    language: Language
    out: Console = field(default_factory=lambda: answers())
    err: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """A connection to the platform; what goes wrong on it ends the command with its exit status."""
        headers: dict[str, str] = {"Accept-Language": self.language}
        if self.profile.token:
            headers["Authorization"] = f"Bearer {self.profile.token}"
        base = f"{self.profile.url.rstrip('/')}/api/v1"
        try:
            with httpx.Client(base_url=base, headers=headers, timeout=PATIENCE) as client:
                yield client
        except (httpx.TransportError, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            self.unreachable(error)

    def call(self, method: str, path: str, key: str | None = None, **options: Any) -> Any:
        """One request; its JSON, or the end of the command with the refusal told."""
        with self.client() as client:
            return self.answer(client.request(method, path, headers={"Idempotency-Key": key} if key else None, **options))

    def answer(self, response: httpx.Response) -> Any:
        if response.is_error:
            self.refused(response)
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError:
            self.unreachable("not JSON")

    def refused(self, response: httpx.Response) -> NoReturn:
        """Tell a refusal in its own two sentences, and leave with status 1."""
        try:
            problem = response.json()
            cause, next_ = problem["detail"], problem["next"]
        except (ValueError, KeyError, TypeError):
            self.unreachable(f"HTTP {response.status_code}")
        if self.json:
            self.print_json(problem)
        else:
            self.err.print(cause, style="bold red", markup=False)
            self.err.print(next_, markup=False)
            for reason in problem.get("reasons", ()):
                if reason not in cause:
                    self.err.print(f"  · {reason}", markup=False)
        raise typer.Exit(REFUSED)

    def unreachable(self, why: object) -> NoReturn:
        """Say that there is no platform at the address, and leave with status 3."""
        url = self.profile.url
        text = self.say(f"无法连接 {url}：{why}", f"Cannot reach {url}: {why}")
        self.err.print(text, style="bold red", markup=False)
        self.err.print(
            self.say(
                "请检查地址（SUANSHI_URL 或 suanshi login --url）。", "Check the address (SUANSHI_URL or suanshi login --url)."
            ),
            markup=False,
        )
        raise typer.Exit(UNREACHABLE)

    def pages(self, path: str, most: int, **query: Any) -> list[dict[str, Any]]:
        """Items of a list, page after page, until there are `most`."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            asked = {"limit": min(100, most - len(found)), "cursor": cursor, **query}
            piece = self.call("GET", path, params={name: value for name, value in asked.items() if value is not None})
            found += piece["items"]
            cursor = piece["next_cursor"]
            if cursor is None or len(found) >= most:
                return found

    def print_json(self, value: object) -> None:
        typer.echo(json.dumps(value, ensure_ascii=False, indent=2))

    def show(self, value: object, facts: Mapping[str, object]) -> None:
        """One thing: as JSON, or as a list of its facts."""
        if self.json:
            self.print_json(value)
            return
        grid = Table.grid(padding=(0, 2))
        for name, fact in facts.items():
            if fact is not None:
                grid.add_row(f"[dim]{name}[/dim]", plain(fact))
        self.out.print(grid)

    def table(self, value: object, columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
        """Many things: as JSON, or as a table."""
        if self.json:
            self.print_json(value)
            return
        sheet = Table(box=None, pad_edge=False, header_style="bold")
        for i, column in enumerate(columns):
            # The first column names the thing: it stays whole, to be copied into the next command.
            sheet.add_column(column if isinstance(column, str) else self.say(*column), overflow="fold", no_wrap=i == 0)
        for row in rows:
            sheet.add_row(*map(plain, row))
        self.out.print(sheet)

    def note(self, zh: str, en: str) -> None:
        """A remark beside the answer."""
        if not self.json:
            self.err.print(self.say(zh, en), markup=False)


def answers() -> Console:
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _ONE_LINE)


def plain(fact: object) -> str:
    """A value as text in which nothing is taken for markup, and which cannot move the cursor."""
    text = "—" if fact is None else str(fact)
    shown = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
    return shown.replace("[", r"\[")


def desk(context: typer.Context) -> Desk:
    """The desk that the top-level options have set up."""
    found = context.obj
    assert isinstance(found, Desk)
    return found
