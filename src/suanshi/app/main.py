"""The `suanshi` command: the client's verbs, and those that run the platform."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

# Each verb loads only what it needs: a client that lists offers need not wait for a database driver.
from suanshi.app.settings import Settings
from suanshi.cli import tongue
from suanshi.cli.main import cli
from suanshi.kit.refusal import Refusal

REFUSED, WRONG_USAGE = 1, 2


def settings() -> Settings:
    """What the environment sets; a value that cannot be ends the command, naming the variable."""
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors():
            name = f"SUANSHI_{'_'.join(map(str, fault['loc'])).upper()}"
            typer.echo(f"{name}={fault['input']}: {fault['msg']}", err=True)
        raise typer.Exit(WRONG_USAGE) from None


@cli.command("up")
def run_up() -> None:
    """Run the whole platform on this machine until Ctrl-C."""
    from suanshi.app.processes import up

    up(settings())


@cli.command("serve")
def run_serve() -> None:
    """Run the API and the console alone."""
    from suanshi.app.serving import serve

    serve(settings())


@cli.command("work")
def run_work() -> None:
    """Run a worker alone."""
    from suanshi.app.working import work

    work(settings())


@cli.command("migrate")
def run_migrate() -> None:
    """Bring the database to this version's schema."""
    from suanshi.app.preparing import migrate

    migrate(settings())


@cli.command("demo")
def run_demo(once: bool = typer.Option(False, "--once", help="End after the first sale.")) -> None:
    """Open a market on this machine and make the first sale."""
    from suanshi.app.demo import demo

    if not demo(settings(), once):
        raise typer.Exit(1)


def main() -> None:
    """The console script. A refusal that no verb has told is told here in its own two sentences."""
    try:
        cli()
    except Refusal as refusal:
        language = tongue.of_terminal()
        typer.echo(f"{refusal.cause(language)}\n{refusal.next(language)}", err=True)
        sys.exit(REFUSED)
