"""Makes a replay folder from the published openb files: pods of a list drawn with replacement, arriving one by one."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from suanshi.kit.refusal import invalid
from suanshi.kit.units import CARD
from suanshi.placement import table
from suanshi.placement.capacity import Node, Shape

OPENB_NODES = ("sn", "cpu_milli", "memory_mib", "gpu", "model")
OPENB_PODS = ("cpu_milli", "memory_mib", "num_gpu", "gpu_milli")


def openb_nodes(path: Path) -> tuple[Node, ...]:
    """The servers of an openb node list. Raises Refusal."""
    return tuple(
        table.each(
            path,
            OPENB_NODES,
            lambda r: Node(
                r["sn"], table.number(r, "cpu_milli"), table.number(r, "memory_mib"), table.number(r, "gpu"), r["model"]
            ),
        )
    )


def openb_pods(path: Path) -> tuple[Shape, ...]:
    """The pods of an openb list, one shape each (some lists have no gpu_spec column). Raises Refusal."""
    return tuple(table.each(path, OPENB_PODS, lambda r: table.shape({"gpu_spec": "", **r})))


def draw(pods: tuple[Shape, ...], capacity: int, arrive: float, seed: int) -> list[Shape]:
    """Pods drawn with replacement until their cards pass `arrive` times the capacity (milli-cards)."""
    if not any(pod.total for pod in pods):
        raise invalid("pods", "列表中没有用卡的任务", "no pod of the list asks for a card")
    chance, drawn, asked = random.Random(seed), [], 0  # noqa: S311 (a sample, not a secret)
    while asked < capacity * arrive:
        pod = chance.choice(pods)
        drawn.append(pod)
        asked += pod.total
    return drawn


def make(nodes: Path, pods: Path, out: Path, seed: int = 0, arrive: float = 1.3) -> int:
    """Write nodes.csv, history.csv and arrivals.csv into `out`; returns the number of arrivals. Raises Refusal."""
    if not 0 < arrive <= 100:
        raise invalid("arrive", "到达比例须在 0 到 100 之间", "arrive is more than 0 and at most 100")
    servers, known = openb_nodes(nodes), openb_pods(pods)
    drawn = draw(known, sum(n.cards for n in servers) * CARD, arrive, seed)
    counts: dict[Shape, int] = {}
    for pod in known:
        counts[pod] = counts.get(pod, 0) + 1
    out.mkdir(parents=True, exist_ok=True)
    _write(out / "nodes.csv", table.NODES, [(n.name, n.cpu_milli, n.memory_mib, n.cards, n.model) for n in servers])
    _write(out / "history.csv", table.HISTORY, [(*_columns(shape), count) for shape, count in counts.items()])
    lines = [("arrive", i, i, f"pod-{i:06d}", *_columns(shape)) for i, shape in enumerate(drawn)]
    _write(out / "arrivals.csv", table.ARRIVALS, lines)
    return len(drawn)


def _columns(shape: Shape) -> tuple[object, ...]:
    spec = "|".join(sorted(shape.models or ()))
    return shape.cpu_milli, shape.memory_mib, shape.cards, shape.milli if shape.cards else 0, spec


def _write(path: Path, header: tuple[str, ...], lines: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)
