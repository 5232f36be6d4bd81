"""Cards that come free go to the order they fit best; spot work gives way with notice; movable work moves if that pays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from suanshi.kit.money import yuan
from suanshi.kit.refusal import Text


@dataclass(frozen=True, slots=True)
class Order:
    """A waiting order: cards on one node, what an hour of one card is worth to it (micro-yuan), and since when it waits."""

    id: str
    cards: int
    worth: int
    since: int
    seconds: int = 3600
    models: frozenset[str] = frozenset()  # any, if none is named


@dataclass(frozen=True, slots=True)
class Node:
    """A node's cards that are free, of one model."""

    id: str
    model: str
    free: int


@dataclass(frozen=True, slots=True)
class Work:
    """What runs on a node: its cards, whether it may be stopped (spot) or moved, and what a stop would lose."""

    id: str
    node: str
    cards: int
    worth: int  # micro-yuan per card-hour
    spot: bool = False
    movable: bool = False
    saved_at: int = 0  # its last checkpoint
    save_seconds: int = 0  # to write one more
    restart_seconds: int = 0  # until it runs again elsewhere


@dataclass(frozen=True, slots=True)
class Fit:
    """An order for a freed node, and how many of its cards stay free beside it."""

    order: Order
    left: int


def accepts(order: Order, node: Node) -> bool:
    return 0 < order.cards <= node.free and order.seconds > 0 and (not order.models or node.model in order.models)


def best_fit(node: Node, waiting: Iterable[Order], now: int, patience: int = 3600) -> Fit | None:
    """The waiting order for the cards that came free: whoever has waited longer than `patience` first, then whoever
    leaves the fewest cards over, then whoever pays most for them, then whoever came first.
    """
    able = [order for order in waiting if accepts(order, node)]
    if not able:
        return None

    def rank(order: Order) -> tuple[int, int, int, int, str]:
        late = order.since if now - order.since >= patience else now
        return late, node.free - order.cards, -order.worth * order.cards, order.since, order.id

    order = min(able, key=rank)
    return Fit(order, node.free - order.cards)


def dispatch(node: Node, waiting: Iterable[Order], now: int, patience: int = 3600) -> tuple[Order, ...]:
    """All the orders that take over a freed node, one after the other, until none fits what is left."""
    queue, out = list(waiting), list[Order]()
    while (fit := best_fit(node, queue, now, patience)) is not None:
        out.append(fit.order)
        queue.remove(fit.order)
        node = replace(node, free=fit.left)
    return tuple(out)


# --- giving way ---


@dataclass(frozen=True, slots=True)
class Notice:
    """Told at once; saves a checkpoint if there is time for one; the cards are free at `free_at`. `loss` is in micro-yuan."""

    work: Work
    saves: bool
    free_at: int
    loss: int


@dataclass(frozen=True, slots=True)
class Move:
    """A work goes to another node; `loss` is what the stop, the copy and the start cost it."""

    work: Work
    to: str
    loss: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How an order gets in on `node`: who stops, who moves, when it can start, and what that costs the others."""

    order: Order
    node: str
    notices: tuple[Notice, ...]
    moves: tuple[Move, ...]
    start: int

    @property
    def loss(self) -> int:
        return sum(n.loss for n in self.notices) + sum(m.loss for m in self.moves)


@dataclass(frozen=True, slots=True)
class NoPlan:
    """Why nobody gives way: there is nobody who may, or it would cost more than it brings."""

    code: str
    text: Text
    loss: int | None = None


def notice(work: Work, now: int, notice_seconds: int) -> Notice:
    """What a spot work loses when it is told now and stops after the notice: the time since it last saved, if it cannot
    save in time, and the time to start again.
    """
    saves = work.save_seconds <= notice_seconds
    stops = now + max(0, notice_seconds)
    lost = work.save_seconds if saves else max(0, stops - work.saved_at)
    return Notice(work, saves, stops, _worth(work, lost + work.restart_seconds))


def move_loss(work: Work) -> int:
    """A planned move saves first, so it loses only the saving and the start."""
    return _worth(work, work.save_seconds + work.restart_seconds)


def _worth(work: Work, seconds: int) -> int:
    return -(-work.worth * work.cards * max(0, seconds) // 3600)


def make_room(order: Order, nodes: Sequence[Node], running: Sequence[Work], now: int, notice_seconds: int = 120) -> Plan | NoPlan:
    """The cheapest way to let a blocked order in on one node, if what it brings is more than what the others lose.

    Spot work stops, or moves if it may; other work moves only if it is movable and another node takes it whole.
    """
    if order.cards <= 0 or order.seconds <= 0:
        return NoPlan("size", Text("卡数和时长必须为正数", "cards and duration must be positive"))
    on: dict[str, list[Work]] = {node.id: [] for node in nodes}
    for work in running:
        if work.node in on and work.cards > 0 and (work.spot or work.movable):
            on[work.node].append(work)
    plans = [
        plan
        for node in nodes
        if not order.models or node.model in order.models
        for movers in (True, False)  # if the works chosen to move do not fit elsewhere together, others stop instead
        if (plan := _on(order, node, _giving_way(node, on[node.id], nodes, movers), nodes, now, notice_seconds)) is not None
    ]
    if not plans:
        return NoPlan("nobody", Text("没有可以让出的任务", "no work that may give way would make room"))
    best = min(plans, key=lambda p: (p.loss, p.start, len(p.notices) + len(p.moves), p.node))
    brings = order.worth * order.cards * order.seconds // 3600
    if best.loss > brings:
        zh = f"让出的损失 {yuan(best.loss)} 元高于该订单的价值 {yuan(brings)} 元"
        en = f"giving way would lose {yuan(best.loss)} yuan, more than the {yuan(brings)} the order brings"
        return NoPlan("loss", Text(zh, en), best.loss)
    return best


def _giving_way(node: Node, here: Sequence[Work], nodes: Sequence[Node], movers: bool) -> list[Work]:
    """The works that may stop, and those that may move and have somewhere to go."""
    widest = max((n.free for n in nodes if n.id != node.id and n.model == node.model), default=0)
    works = [replace(w, movable=movers and w.movable and w.cards <= widest) for w in here]
    return [w for w in works if w.spot or w.movable]


_Choice = tuple[int, tuple[int, ...]]


def _on(order: Order, node: Node, here: Sequence[Work], nodes: Sequence[Node], now: int, notice_seconds: int) -> Plan | None:
    """The works that free enough cards at the least loss: a knapsack over at most as many cards as are lacking."""
    lacking = order.cards - node.free
    if lacking <= 0:
        return Plan(order, node.id, (), (), now)
    if sum(work.cards for work in here) < lacking:
        return None
    works = sorted(here, key=lambda w: w.id)
    losses = [_least_loss(work, now, notice_seconds) for work in works]
    best: list[_Choice | None] = [(0, ()), *[None] * lacking]
    for i, work in enumerate(works):
        for freed in range(lacking, -1, -1):
            if (so_far := best[freed]) is not None:
                to = min(lacking, freed + work.cards)
                then = (so_far[0] + losses[i], (*so_far[1], i))
                if best[to] is None or then < best[to]:  # type: ignore[operator]
                    best[to] = then
    chosen = best[lacking]
    return None if chosen is None else _arranged(order, node, [works[i] for i in chosen[1]], nodes, now, notice_seconds)


def _least_loss(work: Work, now: int, notice_seconds: int) -> int:
    stop = notice(work, now, notice_seconds).loss if work.spot else None
    move = move_loss(work) if work.movable else None
    return min(x for x in (stop, move) if x is not None)


def _arranged(
    order: Order, node: Node, works: Sequence[Work], nodes: Sequence[Node], now: int, notice_seconds: int
) -> Plan | None:
    """Movable works go to the fullest other node of the model that takes them, the largest first; the rest must be spot."""
    room = {n.id: n.free for n in nodes if n.id != node.id and n.model == node.model}
    moves, notices, start = list[Move](), list[Notice](), now
    for work in sorted(works, key=lambda w: (-w.cards, w.id)):
        stop = notice(work, now, notice_seconds) if work.spot else None
        to = min((n for n in room if room[n] >= work.cards), key=lambda n: (room[n], n), default=None)
        if work.movable and to is not None and (stop is None or move_loss(work) <= stop.loss):
            room[to] -= work.cards
            moves.append(Move(work, to, move_loss(work)))
            start = max(start, now + work.save_seconds)
        elif stop is not None:
            notices.append(stop)
            start = max(start, stop.free_at)
        else:
            return None
    return Plan(order, node.id, tuple(notices), tuple(moves), start)
