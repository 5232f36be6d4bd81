"""The `suanshi` command: the client's verbs, and those that run the platform."""

from __future__ import annotations

import typer

from suanshi.app import commands
from suanshi.app import demo as first_sale
from suanshi.app.settings import Settings
from suanshi.cli.main import cli


@cli.command()
def up() -> None:
    """Run the whole platform on this machine until Ctrl-C."""
    commands.up(Settings())


@cli.command()
def serve() -> None:
    """Run the API and the console alone."""
    commands.serve(Settings())


@cli.command()
def work() -> None:
    """Run a worker alone."""
    commands.work(Settings())


@cli.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    commands.migrate(Settings())


@cli.command()
def demo(once: bool = typer.Option(False, "--once", help="End after the first sale.")) -> None:
    """Open a market on this machine and make the first sale."""
    if not first_sale.demo(Settings(), once):
        raise typer.Exit(1)


def main() -> None:
    """The console script."""
    cli()
