"""The packing state: which cards are free on which servers, and the booking and freeing of seats on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from suanshi.kit.refusal import Text, invalid, kind, refuse
from suanshi.placement import kernel, steering
from suanshi.placement.capacity import LARGEST, Node, Seat, Shape
from suanshi.placement.policy import BEST_FIT, PLAN, Policy
from suanshi.placement.shortage import Shortage, shortages

Ints = npt.NDArray[np.int64]
CPU_WORTH = 0.002  # cards a CPU sold alone is worth
AWAY = 2 * kernel.CARD  # taken from a cordoned card, so that nothing fits it, whatever leaves or stays

TAKEN = kind(
    "seat-taken",
    409,
    ("节点 {node} 上的资源已被占用。", "The room on node {node} is taken."),
    ("请重新请求分配。", "Ask for a place again."),
)


@dataclass(frozen=True, slots=True)
class Nowhere:
    """No node takes the shape; every class of nodes is counted under what it lacks."""

    shape: Shape
    shortages: tuple[Shortage, ...]

    @property
    def reasons(self) -> tuple[Text, ...]:
        return tuple(s.text for s in self.shortages)


class Pool:
    """Nodes in a fixed order, the seats booked on them, and a policy that chooses.

    Two pools with the same nodes and the same bookings are equal, however they came about, and under the greedy
    rules they decide alike; a plan also depends on the demand seen so far.
    `mix` is the expected demand, a count a shape; a pool without one scores FGD as if nothing were known.
    """

    def __init__(self, nodes: Sequence[Node], mix: Sequence[tuple[Shape, int]] = (), policy: Policy = BEST_FIT) -> None:
        self.nodes = tuple(nodes)
        self.policy = policy
        self.number = {node.name: i for i, node in enumerate(nodes)}
        if len(self.number) != len(self.nodes):
            raise invalid("nodes", "节点名称重复", "two nodes have the same name")
        self.shapes: list[Shape] = []
        self._kinds: dict[Shape, int] = {}
        self._models = {m: i for i, m in enumerate(sorted({n.model for n in nodes}))}
        self.mix = tuple((shape, count) for shape, count in mix if count > 0)
        self.state = _empty(self.nodes, self._models, self.mix)
        self.worth = np.zeros(len(self.state.t_cpu))  # per kind, in cards
        self.capacity = sum(node.cards for node in self.nodes) * kernel.CARD
        self.asked = 0  # milli-cards of the needs present, refused ones too
        self._due = None if policy.every(self) is None else 0
        self._slots = steering.lay(self.state, [], self.worth)
        for shape, _ in self.mix:
            self.kind(shape)
        if policy.rule != PLAN:
            self._rebuild(1 << 13)

    # ---- asking -------------------------------------------------------------------------------------------------

    def place(self, shape: Shape) -> Seat | Nowhere:
        """Choose a seat and book it, or say why there is none."""
        nodes, masks = self.decide(np.array([self.kind(shape)]))
        if nodes[0] < 0:
            return Nowhere(shape, self.explain(shape))
        return Seat(self.nodes[nodes[0]].name, _cards(int(masks[0])), shape)

    def decide(self, kinds: Ints, refs: Ints | None = None) -> tuple[Ints, Ints]:
        """Decide many events in order, each without sight of the next: the node (-1: refused) and mask of cards.

        `kinds[i]` is a number from `kind`, or -1 for the departure of the seat that event `refs[i]` got.
        """
        node, mask = np.full(len(kinds), kernel.REFUSED), np.zeros(len(kinds), np.int64)
        refs = np.zeros(len(kinds), np.int64) if refs is None else refs
        sizes = (self.state.t_num * self.state.t_milli)[np.where(kinds < 0, kinds[refs], kinds)]
        done = 0
        while done < len(kinds):
            stop = self._until_due(kinds, sizes, done)
            if self.policy.rule == PLAN:
                steering.run(self.state, self._slots, kinds, refs, node, mask, done, stop)
            else:
                self._run(kinds[:stop], refs, node, mask, done)
            self.asked += int(np.where(kinds < 0, -sizes, sizes)[done:stop].sum())
            done = stop
        return node, mask

    def _run(self, kinds: Ints, refs: Ints, node: Ints, mask: Ints, done: int) -> None:
        while done < len(kinds):
            done = kernel.run(self.state, kinds, refs, node, mask, done, self.policy.rule)
            if done < len(kinds):
                self._rebuild()

    def _until_due(self, kinds: Ints, sizes: Ints, start: int) -> int:
        """Where the next plan falls among these events; plans at once when one is due now."""
        if self._due is None:
            return len(kinds)
        if self._due <= 0:
            self.replan()
        arrived = np.cumsum(np.where(kinds[start:] < 0, 0, sizes[start:]))
        stop = min(int(np.searchsorted(arrived, self._due)) + 1, len(arrived))
        self._due -= int(arrived[stop - 1])
        return start + stop

    def replan(self) -> None:
        """Plan anew now. `decide` does it by itself as requests come in; a quiet moment is as good."""
        self._slots = steering.lay(self.state, self.policy.plan(self), self.worth, self._slots)
        self._due = self.policy.every(self)

    def explain(self, shape: Shape) -> tuple[Shortage, ...]:
        """What each node lacks for this shape, counted; the nearest miss first. Empty when some node takes it."""
        s = self.state
        models = np.array([node.model for node in self.nodes])
        return shortages(shape, models, s.cpu, s.mem, s.card)

    # ---- booking what was decided elsewhere -----------------------------------------------------------------------

    def book(self, seat: Seat) -> None:
        """Book a known seat, as on a restart. Raises Refusal when its room is taken."""
        t, n, mask = self._located(seat)
        s = self.state
        free = all(s.card[n, i] >= seat.shape.milli for i in seat.cards)
        if not free or s.cpu[n] < seat.shape.cpu_milli or s.mem[n] < seat.shape.memory_mib:
            raise refuse(TAKEN, where=seat.node, node=seat.node)
        self._move(n, t, mask, 1)

    def release(self, seat: Seat) -> None:
        """Free a booked seat. Raises Refusal when that would free more than the node has."""
        t, n, mask = self._located(seat)
        s, node, shape = self.state, self.nodes[n], seat.shape
        over = any(s.card[n, i] % AWAY + shape.milli > kernel.CARD for i in seat.cards)
        if over or s.cpu[n] % LARGEST + shape.cpu_milli > node.cpu_milli or s.mem[n] + shape.memory_mib > node.memory_mib:
            raise invalid(seat.node, "该位置未被占用", "this seat is not booked")
        self._move(n, t, mask, -1)

    def cordon(self, node: str, card: int | None = None) -> None:
        """Take a node, or one card of it, out of the choice; what runs there stays booked. Cordoning twice is once."""
        self._close(node, card, True)

    def restore(self, node: str, card: int | None = None) -> None:
        """Undo `cordon`."""
        self._close(node, card, False)

    def snapshot(self) -> tuple[tuple[str, int, int, tuple[int, ...]], ...]:
        """What is left of every node; equal snapshots decide alike."""
        s = self.state
        return tuple(
            (node.name, int(s.cpu[i]), int(s.mem[i]), tuple(int(c) for c in s.card[i, : node.cards]))
            for i, node in enumerate(self.nodes)
        )

    # ---- inside -----------------------------------------------------------------------------------------------------

    def kind(self, shape: Shape) -> int:
        """The number by which the core knows this shape."""
        if (known := self._kinds.get(shape)) is not None:
            return known
        t = len(self.shapes)
        if t >= len(self.state.t_cpu):
            self._grow_kinds()
        s = self.state
        s.t_cpu[t], s.t_mem[t] = shape.cpu_milli, shape.memory_mib
        s.t_num[t], s.t_milli[t] = shape.cards, shape.milli
        s.t_ok[t] = _admitted(shape, self._models)
        s.score[t] = kernel.UNKNOWN
        self.worth[t] = worth(shape)
        self.shapes.append(shape)
        self._kinds[shape] = t
        return t

    def _located(self, seat: Seat) -> tuple[int, int, int]:
        n = self.number.get(seat.node)
        if n is None or any(not 0 <= c < self.nodes[n].cards for c in seat.cards):
            raise invalid(seat.node, "没有这个节点或这张卡", "there is no such node or card")
        if len(set(seat.cards)) != seat.shape.cards:
            raise invalid(seat.node, "卡数与规格不符", "the number of cards is not that of the shape")
        return self.kind(seat.shape), n, sum(1 << c for c in seat.cards)

    def _move(self, n: int, t: int, mask: int, sign: int) -> None:
        self.asked += sign * self.shapes[t].total
        if self.policy.rule == PLAN:
            steering.shift(self.state, self._slots, n, t, mask, sign)
            return
        if self.state.count[kernel.KNOWN] >= len(self.state.k_cpu):
            self._rebuild()
        kernel.move(self.state, n, t, mask, sign, np.empty(self.state.card.shape[1], np.int32))

    def _close(self, name: str, card: int | None, close: bool) -> None:
        n = self.number.get(name)
        if n is None or (card is not None and not 0 <= card < self.nodes[n].cards):
            raise invalid(name, "没有这个节点或这张卡", "there is no such node or card")
        left: Any = self.state.cpu if card is None else self.state.card[:, card]
        away = 2 * LARGEST if card is None else AWAY
        if close != (left[n] < 0):
            left[n] += -away if close else away
        if self.policy.rule == PLAN:
            steering.forget(self._slots)
        else:
            self._rebuild()

    def _grow_kinds(self) -> None:
        s = self.state
        grown = {f: _longer(getattr(s, f)) for f in ("t_cpu", "t_mem", "t_num", "t_milli", "t_ok", "score")}
        self.state = s._replace(**grown)
        self.worth = _longer(self.worth)
        if self.policy.rule == PLAN:
            grown = {f: _longer(getattr(self._slots, f)) for f in ("next", "end", "near", "found", "seen")}
            self._slots = self._slots._replace(worth=self.worth, **grown)

    def _rebuild(self, size: int | None = None) -> None:
        """Make the table of classes anew from the nodes, twice as large when most of it was in use."""
        s = self.state
        if size is None:
            size = len(s.k_cpu) * (2 if int(s.count[kernel.LIVE]) * 2 > len(s.k_cpu) else 1)
        self.state = s = s._replace(**_classes(size, len(s.t_cpu), s.card.shape[1]))
        buffer = np.empty(s.card.shape[1], np.int32)
        for n in range(len(self.nodes)):
            if not kernel.join(s, n, buffer):
                return self._rebuild(2 * size)
        return None


def _empty(nodes: Sequence[Node], models: dict[str, int], mix: Sequence[tuple[Shape, int]]) -> kernel.State:
    n, width = len(nodes), max((node.cards for node in nodes), default=0) or 1
    card = np.full((n, width), -1, np.int32)
    for i, node in enumerate(nodes):
        card[i, : node.cards] = kernel.CARD
    total = sum(count for _, count in mix) or 1
    kinds = {
        "t_cpu": np.zeros(64, np.int64),
        "t_mem": np.zeros(64, np.int64),
        "t_num": np.zeros(64, np.int64),
        "t_milli": np.zeros(64, np.int64),
        "t_ok": np.zeros((64, len(models)), np.uint8),
    }
    return kernel.State(
        model=np.array([models[node.model] for node in nodes], np.int32),
        cpu=np.array([node.cpu_milli for node in nodes], np.int64),
        mem=np.array([node.memory_mib for node in nodes], np.int64),
        card=card,
        cls=np.full(n, -1, np.int32),
        after=np.full(n, -1, np.int32),
        before=np.full(n, -1, np.int32),
        live=np.zeros(n + 1, np.int32),
        m_cpu=np.array([shape.cpu_milli for shape, _ in mix], np.int64),
        m_mem=np.array([shape.memory_mib for shape, _ in mix], np.int64),
        m_num=np.array([shape.cards for shape, _ in mix], np.int64),
        m_milli=np.array([shape.milli for shape, _ in mix], np.int64),
        m_ok=np.array([_admitted(shape, models) for shape, _ in mix], np.uint8).reshape(len(mix), len(models)),
        m_freq=np.array([count / total for _, count in mix], np.float64),
        **kinds,
        **_classes(1, 64, width),
    )


def _classes(size: int, kinds: int, width: int) -> dict[str, Any]:
    """An empty table of classes."""
    return {
        "k_model": np.zeros(size, np.int32),
        "k_cpu": np.zeros(size, np.int64),
        "k_mem": np.zeros(size, np.int64),
        "k_card": np.zeros((size, width), np.int32),
        "k_head": np.full(size, -1, np.int32),
        "k_frag": np.full(size, -1.0),
        "k_place": np.full(size, -1, np.int32),
        "table": np.zeros(1 << (4 * size - 1).bit_length(), np.int32),
        "count": np.zeros(2, np.int64),
        "score": np.full((kinds, size), kernel.UNKNOWN, np.float32),
    }


def worth(shape: Shape) -> float:
    """What serving a shape is worth, in cards; CPU alone so little that no card is given up for it."""
    return shape.total / kernel.CARD if shape.cards else CPU_WORTH * shape.cpu_milli / 1000 + 1e-6


def _admitted(shape: Shape, models: dict[str, int]) -> list[bool]:
    return [shape.models is None or shape.cards == 0 or model in shape.models for model in models]


def _longer(array: Any) -> Any:
    return np.concatenate([array, np.zeros_like(array)])


def _cards(mask: int) -> tuple[int, ...]:
    return tuple(i for i in range(mask.bit_length()) if mask >> i & 1)


def seats(pool: Pool, kinds: Ints, nodes: Ints, masks: Ints) -> Iterable[Seat | None]:
    """The decisions of `decide` in words; None for a refusal."""
    for t, n, mask in zip(kinds.tolist(), nodes.tolist(), masks.tolist(), strict=True):
        yield None if n < 0 else Seat(pool.nodes[n].name, _cards(mask), pool.shapes[t])
