"""The `suanshi` command: the client's verbs, and those that run the platform."""

from __future__ import annotations

import typer

# Each verb loads only what it needs: a client that lists offers need not wait for a database driver.
from suanshi.app.settings import Settings
from suanshi.cli.main import cli


@cli.command("up")
def run_up() -> None:
    """Run the whole platform on this machine until Ctrl-C."""
    from suanshi.app.processes import up

    up(Settings())


@cli.command("serve")
def run_serve() -> None:
    """Run the API and the console alone."""
    from suanshi.app.serving import serve

    serve(Settings())


@cli.command("work")
def run_work() -> None:
    """Run a worker alone."""
    from suanshi.app.working import work

    work(Settings())


@cli.command("migrate")
def run_migrate() -> None:
    """Bring the database to this version's schema."""
    from suanshi.app.preparing import migrate

    migrate(Settings())


@cli.command("demo")
def run_demo(once: bool = typer.Option(False, "--once", help="End after the first sale.")) -> None:
    """Open a market on this machine and make the first sale."""
    from suanshi.app.demo import demo

    if not demo(Settings(), once):
        raise typer.Exit(1)


def main() -> None:
    """The console script."""
    cli()
