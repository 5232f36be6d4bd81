from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from suanshi.cli import market
from suanshi.cli.desk import Desk
from suanshi.cli.profile import Profile

AUCTION = """side,id,price,quantity
bid,a,10.5,4
bid,b,8,4
ask,x,2,4
ask,y,6.25,4
ask,z,9,4
"""


def run(file: Path, as_json: bool = True) -> tuple[int, str]:
    cli = typer.Typer()

    @cli.callback()
    def options(context: typer.Context) -> None:
        context.obj = Desk(Profile("http://127.0.0.1:1", None), as_json, "en")

    cli.add_typer(market.app, name="market")
    result = CliRunner().invoke(cli, ["market", "clear", str(file)])
    return result.exit_code, result.output


def test_an_auction_is_cleared_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "auction.csv"
    file.write_text(AUCTION)
    code, output = run(file)
    assert code == 0
    answer = json.loads(output)
    assert (answer["price"], answer["volume"]) == ("7.125", 8)
    assert [f["id"] for f in answer["fills"]] == ["a", "b", "x", "y"]
    code, output = run(file, as_json=False)
    assert code == 0
    assert "7.125" in output
    assert "4 / 1" in output


@pytest.mark.parametrize("row", ["bid,a,cheap,4", "bid,a,1,some", "buy,a,1,4", "bid,a,1", "bid,a,0.0000001,4"])
def test_a_bad_row_is_named_and_nothing_is_cleared(tmp_path: Path, row: str) -> None:
    file = tmp_path / "auction.csv"
    file.write_text(f"side,id,price,quantity\n{row}\n")
    code, output = run(file)
    assert code == 2
    assert "line 2" in output.replace("\n", " ")


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "auction.csv"
    file.write_text("a,b\n1,2\n")
    assert run(file)[0] == 2
