"""Our packing policy: a linear programme over fillings of servers says which seats to set aside for the expected demand.

Servers in the same state are one class. Fillings ("patterns") of each class are taken from imagined futures; the
programme picks how many servers of each class get which pattern, so that the most card capacity is used by the demand
expected until the pool is fully asked for. It is solved anew as the pool fills, on what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from suanshi.placement.policy import PLAN
from suanshi.placement.pool import Pool
from suanshi.placement.sample import first_fit
from suanshi.placement.steering import SEATS

FUTURES = 8
SAMPLE = 1500  # servers of an imagined pool: a larger one is scaled down
CLASSES = 3000  # classes of servers planned for at once, those with the most room first


@dataclass(frozen=True, slots=True)
class Steered:
    """Plans at the start and again each time a share of the cards was asked for; the same seed decides the same."""

    name: str = "plan"
    rule: int = PLAN
    seed: int = 0

    def every(self, pool: Pool) -> int | None:
        """A quarter of what is left to come, within 1 % and 8 % of the cards; no plan without a known mix."""
        if not pool.mix or not pool.capacity:
            return None
        left = 1 - pool.asked / pool.capacity
        return max(1, int(pool.capacity * (min(max(left / 4, 0.01), 0.08) if left > 0.005 else 0.1)))

    def plan(self, pool: Pool) -> Any:
        chance = np.random.default_rng([self.seed, max(pool.asked, 0)])
        classes = Classes.of(pool)
        demand = expected(pool)
        patterns = futures(pool, classes, demand, chance)
        if not patterns:
            return np.zeros((0, 3), np.int64)
        return seats(pool, classes, patterns, solve(patterns, classes, demand, pool.worth))


@dataclass(frozen=True, slots=True)
class Classes:
    """Servers grouped by equal state. `order[start[c]:start[c + 1]]` are the nodes of class c."""

    rows: Any  # model, cpu, mem, then the cards' room, largest first
    order: Any
    start: Any

    @classmethod
    def of(cls, pool: Pool) -> Classes:
        s = pool.state
        cards = -np.sort(-s.card, axis=1)
        rows = np.column_stack([s.model, s.cpu, s.mem, cards])
        rows, of, count = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
        room = count * np.maximum(rows[:, 3:], 0).sum(axis=1)
        keep = np.sort(np.argsort(-room, kind="stable")[:CLASSES])
        number = np.full(len(rows), len(keep))
        number[keep] = np.arange(len(keep))
        order = np.argsort(number[of.ravel()], kind="stable")
        return cls(rows[keep], order, np.concatenate(([0], np.cumsum(count[keep]))))

    @property
    def count(self) -> Any:
        return np.diff(self.start)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One filling of a server of class `cls`: kinds and masks (cards by rank of room), and the kinds counted."""

    cls: int
    kinds: Any
    masks: Any
    kind: Any
    times: Any


def expected(pool: Pool) -> Any:
    """Expected number of needs of each kind until requests reach the pool's cards (at least one more percent)."""
    asked = max(pool.capacity - pool.asked, pool.capacity // 100)
    count = np.zeros(len(pool.shapes))
    for shape, times in pool.mix:
        count[pool.kind(shape)] += times
    size = np.array([shape.total for shape in pool.shapes])
    return count * (asked / max((count * size).sum(), 1))


def futures(pool: Pool, classes: Classes, demand: Any, chance: np.random.Generator) -> list[Pattern]:
    """Patterns that occur when drawn demand is packed first-fit, in mixed order and with large needs first."""
    s, t = pool.state, len(pool.shapes)
    scale = min(1.0, SAMPLE / max(len(classes.order), 1))
    times = np.maximum(1, np.round(classes.count * scale).astype(np.int64))
    known: dict[tuple[int, bytes], Pattern] = {}
    for future in range(FUTURES):
        cls = chance.permutation(np.repeat(np.arange(len(times)), times))
        wanted = chance.permutation(np.repeat(np.arange(t), chance.poisson(demand * scale)))
        if future % 2:
            size = (s.t_num * s.t_milli)[wanted] + chance.random(len(wanted)) * 300 * (future % 4 // 2)
            wanted = wanted[np.argsort(-size, kind="stable")]
        rows = classes.rows[cls]
        scratch = (rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].copy(), rows[:, 3:].copy())
        node, mask = first_fit(*scratch, s.t_cpu, s.t_mem, s.t_num, s.t_milli, s.t_ok, wanted)
        order = np.lexsort((wanted, node))
        cut = np.searchsorted(node[order], np.arange(len(cls) + 1))
        for n in np.flatnonzero((np.diff(cut) > 0) & (np.diff(cut) <= SEATS)):
            here = order[cut[n] : cut[n + 1]]
            kinds = wanted[here]
            key = (int(cls[n]), kinds.tobytes())
            if key not in known:
                first = np.flatnonzero(np.diff(kinds, prepend=-1))
                known[key] = Pattern(key[0], kinds, mask[here], kinds[first], np.diff(first, append=len(kinds)))
    return list(known.values())


def solve(patterns: list[Pattern], classes: Classes, demand: Any, value: Any) -> Any:
    """How many servers get each pattern: the most worth, within the servers there are and the demand expected."""
    from scipy.optimize import linprog
    from scipy.sparse import csc_matrix

    kinds = len(demand)
    rows = np.concatenate([np.append(p.kind, kinds + p.cls) for p in patterns])
    times = np.concatenate([np.append(p.times, 1) for p in patterns]).astype(float)
    starts = np.cumsum([0, *(len(p.kind) + 1 for p in patterns)])
    matrix: Any = csc_matrix((times, rows, starts), shape=(kinds + len(classes.rows), len(patterns)))
    gain: Any = np.array([float((value[p.kind] * p.times).sum()) for p in patterns])
    limit = np.concatenate([demand, classes.count])
    return linprog(-gain, A_ub=matrix, b_ub=limit, method="highs-ipm").x


def seats(pool: Pool, classes: Classes, patterns: list[Pattern], amount: Any) -> Any:
    """The plan as rows (kind, node, mask): opened servers first, the fullest before the others."""
    s = pool.state
    total = np.array([1000 * n.cards for n in pool.nodes])
    chosen: list[tuple[bool, int, int, int]] = []
    for c, mine in _by_class(patterns, amount).items():
        nodes = classes.order[classes.start[c] : classes.start[c + 1]]
        room = int(np.maximum(classes.rows[c, 3:], 0).sum())
        for n, p in zip(nodes.tolist(), whole(mine, len(nodes)), strict=False):
            untouched = room == total[n] and s.cpu[n] == pool.nodes[n].cpu_milli
            chosen.append((untouched, 0 if untouched else room, p, n))
    rows = []
    for _, _, p, n in sorted(chosen):
        card = np.argsort(-s.card[n], kind="stable").tolist()
        rows += [
            (t, n, sum(1 << card[i] for i in range(len(card)) if m >> i & 1))
            for t, m in zip(patterns[p].kinds.tolist(), patterns[p].masks.tolist(), strict=True)
        ]
    return np.array(rows, np.int64).reshape(-1, 3)


def _by_class(patterns: list[Pattern], amount: Any) -> dict[int, list[tuple[int, float]]]:
    found: dict[int, list[tuple[int, float]]] = {}
    for p in np.flatnonzero(amount > 1e-9).tolist():
        found.setdefault(patterns[p].cls, []).append((p, float(amount[p])))
    return found


def whole(amounts: list[tuple[int, float]], servers: int) -> list[int]:
    """Whole servers for fractional amounts, by largest remainder; patterns in order."""
    floors = {p: int(x + 1e-9) for p, x in amounts}
    left = min(servers, int(sum(x for _, x in amounts) + 0.99)) - sum(floors.values())
    for p, _ in sorted(amounts, key=lambda a: (floors[a[0]] - a[1], a[0]))[: max(left, 0)]:
        floors[p] += 1
    return sorted(p for p, n in floors.items() for _ in range(n))[:servers]


POLICY = Steered()
