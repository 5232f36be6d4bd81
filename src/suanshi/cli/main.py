"""The `suanshi` command for buyers, suppliers and the operator; `app` adds the verbs that run the platform itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version as installed
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from suanshi.cli import account, advise, market, operate, place, profile, purse, runs, shop, supply, tongue
from suanshi.cli.desk import Desk
from suanshi.cli.profile import Profile


class Anywhere(TyperGroup):
    """Takes `--json` and `--lang` at any place before `--`, so that they need not come before the command."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        return super().main(first(sys.argv[1:] if args is None else args), *rest, **more)


def first(args: Sequence[str]) -> list[str]:
    """The arguments with `--json` and `--lang` moved to the front."""
    end = args.index("--") if "--" in args else len(args)
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(args[:end])
    for arg in waiting:
        if arg == "--json" or arg.startswith("--lang="):
            front.append(arg)
        elif arg == "--lang":
            front += [arg, *[value for value in (next(waiting, None),) if value is not None]]
        else:
            rest.append(arg)
    return [*front, *rest, *args[end:]]


cli = typer.Typer(
    cls=Anywhere,
    help="算市 Suanshi: a market for computing power. Exit status: 0 done, 1 refused, 2 wrong usage, 3 out of reach.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"suanshi {installed('suanshi')}")
        raise typer.Exit


@cli.callback()
def options(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Answers as JSON on stdout.")] = False,
    lang: Annotated[str | None, typer.Option(help="zh or en; the terminal's language when left out.")] = None,
    url: Annotated[str | None, typer.Option(help="Another platform for this command.")] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")] = False,
) -> None:
    if lang not in (None, "zh", "en"):
        raise typer.BadParameter("zh, en", param_hint="--lang")
    known = profile.load()
    language = "zh" if lang == "zh" else "en" if lang == "en" else tongue.of_terminal()
    context.obj = Desk(Profile(url, None) if url and url != known.url else known, json, language)


for part in (account, shop, runs, purse, advise):
    part.add_to(cli)
cli.add_typer(supply.app, name="supply")
cli.add_typer(operate.app, name="operate")
cli.add_typer(place.app, name="place")
cli.add_typer(market.app, name="market")
