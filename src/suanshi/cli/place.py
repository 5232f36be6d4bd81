"""`suanshi place`: replay recorded demand through a packing policy, and make such recordings from public traces."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="装箱回放 / replay demand through a packing policy", no_args_is_help=True)


@app.command()
def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="nodes.csv, history.csv, arrivals.csv")],
    log: Annotated[Path, typer.Option(help="decisions, one row an arrival")],
    policy: Annotated[str, typer.Option(help="first-fit, best-fit, fgd, plan")] = "plan",
) -> None:
    """Decide every arrival of DIR online and log where it went."""
    from suanshi.placement.replay import replay as run  # compiled code is loaded only when it is used

    done = run(folder, log, policy)
    typer.echo(f"{done.arrivals} arrivals, {done.refused} refused")
    if done.full is not None:
        share = 100 * done.full / done.capacity
        typer.echo(f"{share:.2f} % of all cards booked when requests reached 100 % of them")


@app.command()
def trace(
    nodes: Annotated[Path, typer.Argument(help="openb node list")],
    pods: Annotated[Path, typer.Argument(help="openb pod list")],
    out: Annotated[Path, typer.Argument(help="folder to write")],
    seed: Annotated[int, typer.Option(help="seed of the draw")] = 0,
    arrive: Annotated[float, typer.Option(help="requests as a multiple of the cluster's cards")] = 1.3,
) -> None:
    """Draw pods with replacement from a public list into a folder that `replay` reads."""
    from suanshi.placement.trace import make

    typer.echo(f"{make(nodes, pods, out, seed, arrive)} arrivals")
