"""Replay: the log's exact form, departures, prefixes, and every bad line named by file and number."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from suanshi.cli.place import app
from suanshi.kit.refusal import Refusal
from suanshi.placement.replay import replay
from suanshi.placement.trace import make

NODES = "node,cpu_milli,memory_mib,gpu,model\nn0,8000,16384,2,T4\nn1,8000,16384,1,A10\n"
HISTORY = "cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,count\n1000,1024,1,500,,3\n1000,1024,1,1000,T4|A10,1\n"
HEAD = "event,time,seq,pod,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"
ARRIVALS = HEAD + (
    "arrive,0,0,p0,1000,1024,1,500,\n"
    "arrive,1,1,p1,1000,1024,2,1000,T4\n"
    "arrive,2,2,p2,1000,1024,1,1000,T4|A10\n"
    "arrive,3,3,p3,1000,1024,0,0,\n"
    "depart,4,4,p0,1000,1024,1,500,\n"
    "arrive,5,5,p4,99000,1024,1,1000,\n"
    "depart,6,6,p4,99000,1024,1,1000,\n"
)


def folder(at: Path, arrivals: str = ARRIVALS, nodes: str = NODES, history: str = HISTORY) -> Path:
    at.mkdir(exist_ok=True)
    for name, text in (("nodes", nodes), ("history", history), ("arrivals", arrivals)):
        (at / f"{name}.csv").write_text(text)
    return at


@pytest.mark.parametrize("policy", ["first-fit", "best-fit", "fgd", "plan"])
def test_one_row_an_arrival_in_order(tmp_path, policy):
    done = replay(folder(tmp_path / "d"), tmp_path / "log.csv", policy)
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert lines[0] == "seq,pod,node,gpus,event"
    rows = [line.split(",") for line in lines[1:]]
    assert [r[:2] for r in rows] == [["0", "p0"], ["1", "p1"], ["2", "p2"], ["3", "p3"], ["5", "p4"]]
    assert all(r[4] == "place" for r in rows)
    assert rows[4][2:4] == ["", ""]
    assert rows[3][3] == ""
    assert (done.arrivals, done.capacity) == (5, 3000)
    assert done.refused == sum(not r[2] for r in rows)


def test_a_departure_makes_room(tmp_path):
    text = HEAD + "".join(f"arrive,{i},{i},p{i},1000,1024,2,1000,\ndepart,{i},{i},p{i},1000,1024,2,1000,\n" for i in range(9))
    done = replay(folder(tmp_path / "d", text), tmp_path / "log.csv", "fgd")
    assert done.refused == 0
    assert done.full is None
    assert "0|1" in (tmp_path / "log.csv").read_text()


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"arrivals": HEAD + "arrive,0,0,p0,-1,1024,1,500,\n"}, "arrivals.csv:2"),
        ({"arrivals": HEAD + "arrive,0,0,p0,1,1024,1,1500,\n"}, "arrivals.csv:2"),
        ({"arrivals": ARRIVALS + "arrive,7,7,p0,1,1,0,0,\n"}, "arrivals.csv:9"),
        ({"arrivals": ARRIVALS + "depart,7,7,nobody,1,1,0,0,\n"}, "arrivals.csv:9"),
        ({"arrivals": ARRIVALS + "depart,7,7,p0,1,1,0,0,\n"}, "arrivals.csv:9"),
        ({"arrivals": ARRIVALS + "explode,7,7,p9,1,1,0,0,\n"}, "arrivals.csv:9"),
        ({"arrivals": ARRIVALS + "arrive,7,7\n"}, "arrivals.csv:9"),
        ({"arrivals": "event,pod\n"}, "arrivals.csv:1"),
        ({"nodes": NODES + "n1,1,1,0,\n"}, "nodes.csv:4"),
        ({"nodes": NODES + "n2,1,1,1,\n"}, "nodes.csv:4"),
        ({"nodes": NODES + "n2,1,x,1,T4\n"}, "nodes.csv:4"),
        ({"history": HISTORY + "1,1,1,1000,,-4\n"}, "history.csv:4"),
        ({"history": ""}, "history.csv:1"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(tmp_path, bad, named):
    with pytest.raises(Refusal) as caught:
        replay(folder(tmp_path / "d", **bad), tmp_path / "log.csv")
    assert caught.value.where == named
    assert not list(tmp_path.glob("log*"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Refusal, match=r"nodes\.csv"):
        replay(tmp_path, tmp_path / "log.csv")


def test_a_model_nobody_has_is_a_refused_pod_and_not_an_error(tmp_path):
    done = replay(folder(tmp_path / "d", HEAD + "arrive,0,0,p0,1,1,1,500,Z9\n"), tmp_path / "log.csv", "fgd")
    assert done.refused == 1


def openb(at: Path) -> tuple[Path, Path]:
    nodes, pods = at / "openb_nodes.csv", at / "openb_pods.csv"
    nodes.write_text(NODES.replace("node,", "sn,", 1))
    pods.write_text("name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\na,500,512,1,300,\nb,500,512,1,1000,T4\n")
    return nodes, pods


def test_the_command_makes_a_trace_and_replays_it(tmp_path):
    nodes, pods = openb(tmp_path)
    door = CliRunner()
    made = door.invoke(app, ["trace", str(nodes), str(pods), str(tmp_path / "d"), "--seed", "3", "--arrive", "2"])
    assert made.exit_code == 0, made.output
    log = tmp_path / "log.csv"
    ran = door.invoke(app, ["replay", str(tmp_path / "d"), "--log", str(log), "--policy", "best-fit"])
    assert ran.exit_code == 0, ran.output
    arrivals = (tmp_path / "d" / "arrivals.csv").read_text().splitlines()
    assert len(log.read_text().splitlines()) == len(arrivals)
    assert "when requests reached 100 %" in ran.output


def test_a_trace_is_the_same_for_the_same_seed_and_reaches_its_mark(tmp_path):
    nodes, pods = openb(tmp_path)
    texts = []
    for i, seed in enumerate((5, 5, 6)):
        make(nodes, pods, tmp_path / str(i), seed, 40)
        texts.append((tmp_path / str(i) / "arrivals.csv").read_text())
    assert texts[0] == texts[1] != texts[2]
    asked = sum(int(line.split(",")[7]) for line in texts[0].splitlines()[1:])
    assert 120_000 <= asked < 121_000
