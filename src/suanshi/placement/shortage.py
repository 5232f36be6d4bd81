"""Why a shape fits nowhere: what each server lacks, counted, and the least change that would let it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from suanshi.kit.refusal import Text
from suanshi.placement.capacity import Shape

_WORDS = {
    "model": Text("型号不符", "the model is another"),
    "cpu": Text("缺 {lack} 毫核 CPU", "{lack} milli-CPU short"),
    "memory": Text("缺 {lack} MiB 内存", "{lack} MiB of memory short"),
    "cards": Text("缺 {lack} 张有足够份额的卡", "short of cards with a large enough share free by {lack}"),
}


@dataclass(frozen=True, slots=True)
class Shortage:
    """`nodes` servers lack the same things; `lacks` is the least of them all (by the nearest server, `example`).

    Admitting exactly `lacks` on that server (any model where "model" is among them) makes the shape fit there.
    """

    nodes: int
    example: int
    lacks: tuple[tuple[str, int], ...]

    @property
    def text(self) -> Text:
        parts = [_WORDS[rule].format(lack=lack) for rule, lack in self.lacks]
        return Text(
            f"{self.nodes} 个节点：" + "，".join(p.zh for p in parts),
            f"{self.nodes} node{'s' if self.nodes > 1 else ''}: " + ", ".join(p.en for p in parts),
        )


def shortages(shape: Shape, models: Any, cpu: Any, mem: Any, card: Any) -> tuple[Shortage, ...]:
    """One Shortage for each set of lacking things, fewest things first; empty when a node takes the shape."""
    wrong = np.zeros(len(cpu), bool)
    if shape.models is not None and shape.cards:
        wrong = ~np.isin(models, sorted(shape.models))
    lack = np.stack(
        [
            wrong.astype(np.int64),
            np.maximum(shape.cpu_milli - cpu, 0),
            np.maximum(shape.memory_mib - mem, 0),
            np.maximum(shape.cards - (card >= shape.milli).sum(axis=1), 0),
        ],
        axis=1,
    )
    signature = (lack > 0) @ np.array([1, 2, 4, 8])
    if len(cpu) and signature.min() == 0:
        return ()
    found = []
    for mark in np.unique(signature):
        rows = np.flatnonzero(signature == mark)
        nearest = rows[np.lexsort((lack[rows, 2], lack[rows, 1], lack[rows, 3]))[0]]
        lacks = tuple((rule, int(x)) for rule, x in zip(_WORDS, lack[nearest], strict=True) if x > 0)
        found.append(Shortage(len(rows), int(nearest), lacks))
    return tuple(sorted(found, key=lambda s: (len(s.lacks), s.example)))
