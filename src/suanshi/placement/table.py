"""The three files of a replay, read strictly: a bad line is refused by file and number."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from suanshi.kit.refusal import Refusal, invalid
from suanshi.kit.units import CARD
from suanshi.placement.capacity import Node, Shape

NODES = ("node", "cpu_milli", "memory_mib", "gpu", "model")
SHAPE = ("cpu_milli", "memory_mib", "num_gpu", "gpu_milli", "gpu_spec")
HISTORY = (*SHAPE, "count")
ARRIVALS = ("event", "time", "seq", "pod", *SHAPE)
T = TypeVar("T")
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Event:
    """A pod arrives with its shape, or (shape None) leaves; `arrived` is the place of its arrival in the list."""

    seq: str
    pod: str
    shape: Shape | None
    arrived: int


def rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, Row]]:
    """The rows with their line numbers. Raises Refusal for a missing file or column, or a line of another width."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise invalid(path.name, "无法读取文件", "the file cannot be read") from error
    reader = csv.DictReader(text.splitlines(), restkey="", restval=None, strict=True)
    missing = [c for c in columns if c not in (reader.fieldnames or ())]
    if missing:
        names = ", ".join(missing)
        raise invalid(f"{path.name}:1", f"缺少列 {names}", f"there is no column {names}")
    try:
        for row in reader:
            if "" in row or None in row.values():
                raise invalid(f"{path.name}:{reader.line_num}", "列数不符", "the line has another number of columns")
            yield reader.line_num, row
    except csv.Error as error:
        raise invalid(f"{path.name}:{reader.line_num}", "CSV 格式错误", f"this is not CSV ({error})") from error


def number(row: Row, name: str) -> int:
    """A whole number of at least zero; empty counts as zero. Raises Refusal."""
    text = row[name].strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 16:
        raise invalid(name, f"{name} 须为非负整数，而非 {text}", f"{name} must be a whole number, zero or more, not {text}")
    return int(text)


def shape(row: Row) -> Shape:
    """The shape a row asks for. Raises Refusal for sizes no need has."""
    cards = number(row, "num_gpu")
    models = frozenset(m.strip() for m in row["gpu_spec"].split("|") if m.strip())
    milli = number(row, "gpu_milli") if cards else CARD
    return Shape(number(row, "cpu_milli"), number(row, "memory_mib"), cards, milli, models or None)


def each(path: Path, columns: tuple[str, ...], make: Callable[[Row], T]) -> Iterator[T]:
    """`make` of every row; what it refuses is told with file and line."""
    for line, row in rows(path, columns):
        try:
            yield make(row)
        except Refusal as refusal:
            where, zh, en = f"{path.name}:{line}", refusal.cause("zh"), refusal.cause("en")
            raise invalid(where, zh.rstrip("。"), en.rstrip(".")) from refusal


def nodes(path: Path) -> tuple[Node, ...]:
    seen: set[str] = set()

    def make(row: Row) -> Node:
        name = row["node"].strip()
        if not name or name in seen:
            raise invalid("node", f"节点名称为空或重复：{name}", f"the node name is empty or used twice: {name}")
        seen.add(name)
        cards = number(row, "gpu")
        return Node(name, number(row, "cpu_milli"), number(row, "memory_mib"), cards, row["model"].strip())

    return tuple(each(path, NODES, make))


def history(path: Path) -> tuple[tuple[Shape, int], ...]:
    """The known mix of demand; equal shapes are added up."""
    mix: dict[Shape, int] = {}
    for known, count in each(path, HISTORY, lambda row: (shape(row), number(row, "count"))):
        mix[known] = mix.get(known, 0) + count
    return tuple(mix.items())


def arrivals(path: Path) -> tuple[Event, ...]:
    """Raises Refusal for a pod that arrives twice, or leaves before it came or twice."""
    arrived: dict[str, int] = {}
    gone: set[str] = set()
    events: list[Event] = []

    def make(row: Row) -> Event:
        event, pod = row["event"].strip(), row["pod"].strip()
        if event == "arrive":
            if not pod or pod in arrived:
                raise invalid("pod", f"任务名为空或已到达过：{pod}", f"the pod has no name or arrived before: {pod}")
            arrived[pod] = len(events)
            made = Event(row["seq"], pod, shape(row), len(events))
        elif event == "depart":
            if pod not in arrived or pod in gone:
                raise invalid("pod", f"离开的任务不存在：{pod}", f"a pod departs that is not there: {pod}")
            gone.add(pod)
            made = Event(row["seq"], pod, None, arrived[pod])
        else:
            raise invalid("event", f"事件须为 arrive 或 depart，而非 {event}", f"event is arrive or depart, not {event}")
        events.append(made)
        return made

    return tuple(each(path, ARRIVALS, make))
