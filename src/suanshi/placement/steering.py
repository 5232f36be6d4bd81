"""The inner loop that follows a plan: a need takes the seat set aside for its kind, else the room that costs least.

"Costs" means: the worth of the planned seats that would have to be given up on that server. A need that fits
somewhere is never turned away; the plan only decides where it goes. Compiled, on plain arrays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np

from suanshi.placement.kernel import REFUSED, State, fits, seat

Array = Any
Scalar = Any
jit = nb.njit(cache=True, nogil=True)

SEATS = 64  # planned seats of one node at most
WINDOW = 48  # nodes with room that are weighed against each other when no planned seat is left


class Slots(NamedTuple):
    """Planned seats, grouped by kind in the order of use, and what they hold back on each node."""

    node: Array
    mask: Array
    kind: Array
    used: Array
    next: Array  # per kind: the first seat not yet used, and where its seats end
    end: Array
    worth: Array  # per kind
    near: Array  # per kind: up to WINDOW nodes with room for it, and how many
    found: Array
    seen: Array  # per kind: the nodes before this one were looked at; those with room are in `near`
    of: Array  # per node: its seats are `list[of[n]:of[n + 1]]`
    list: Array
    cpu: Array  # per node: held back for unused seats
    mem: Array
    card: Array


@jit
def hold(s: State, p: Slots, j: Scalar, sign: Scalar) -> None:
    """Set seat `j` aside (+1), or give it up (-1)."""
    n, t = p.node[j], p.kind[j]
    p.cpu[n] += sign * s.t_cpu[t]
    p.mem[n] += sign * s.t_mem[t]
    for i in range(s.card.shape[1]):
        if (p.mask[j] >> i) & 1:
            p.card[n, i] += sign * s.t_milli[t]


@jit
def own_seat(s: State, p: Slots, t: Scalar) -> Scalar:
    """The next planned seat of the kind that still fits, -1 when none is left."""
    while p.next[t] < p.end[t]:
        j = p.next[t]
        p.next[t] = j + 1
        if p.used[j]:
            continue
        p.used[j] = 1
        hold(s, p, j, -1)
        n = p.node[j]
        good = s.cpu[n] >= s.t_cpu[t] and s.mem[n] >= s.t_mem[t]
        for i in range(s.card.shape[1]):
            if (p.mask[j] >> i) & 1 and s.card[n, i] < s.t_milli[t]:
                good = False
        if good:
            return j
    return -1


@jit
def dropped(drop: Array, count: Scalar, j: Scalar) -> Scalar:
    for d in range(count):  # noqa: SIM110 (compiled: a loop allocates nothing)
        if drop[d] == j:
            return True
    return False


@jit
def card_cost(s: State, p: Slots, n: Scalar, t: Scalar, i: Scalar, drop: Array, count: Scalar) -> tuple[Scalar, Scalar]:
    """Worth of the planned seats to give up on card `i` for one card of kind `t`, and how many join `drop`."""
    room = s.card[n, i] - max(0, p.card[n, i])
    cost, more = 0.0, 0
    at = p.of[n]
    while room < s.t_milli[t] and at < p.of[n + 1]:
        j = p.list[at]
        at += 1
        if p.used[j] or not (p.mask[j] >> i) & 1:
            continue
        room += s.t_milli[p.kind[j]]
        if not dropped(drop, count + more, j):
            drop[count + more] = j
            more += 1
            cost += p.worth[p.kind[j]]
    return cost + (room - s.t_milli[t]) * 1e-6, more


@jit
def node_cost(s: State, p: Slots, n: Scalar, t: Scalar, drop: Array) -> tuple[Scalar, Scalar, Scalar]:
    """What it costs to seat kind `t` on node `n`: (cost, mask, how many seats in `drop`); the node has the room."""
    cost, mask, count = 0.0, 0, 0
    for _ in range(s.t_num[t]):
        best, at = np.inf, -1
        for i in range(s.card.shape[1]):
            left = s.card[n, i]
            if (mask >> i) & 1 or left < s.t_milli[t]:
                continue
            spare = left - max(0, p.card[n, i]) - s.t_milli[t]
            value = spare * 1e-6 if spare >= 0 else card_cost(s, p, n, t, i, drop, count)[0]
            if value < best:
                best, at = value, i
        if at < 0:
            return np.inf, 0, 0
        value, more = card_cost(s, p, n, t, at, drop, count)
        cost, mask, count = cost + value, mask | (1 << at), count + more
    short_cpu = s.t_cpu[t] - (s.cpu[n] - p.cpu[n])
    short_mem = s.t_mem[t] - (s.mem[n] - p.mem[n])
    for d in range(count):
        short_cpu -= s.t_cpu[p.kind[drop[d]]]
        short_mem -= s.t_mem[p.kind[drop[d]]]
    while short_cpu > 0 or short_mem > 0:  # give up the seat that frees most of what is short for its worth
        best, at = 0.0, -1
        for x in range(p.of[n], p.of[n + 1]):
            j = p.list[x]
            u = p.kind[j]
            if p.used[j] or dropped(drop, count, j):
                continue
            freed = 0.0
            if short_cpu > 0:
                freed += min(short_cpu, s.t_cpu[u]) / (s.cpu[n] + 1.0)
            if short_mem > 0:
                freed += min(short_mem, s.t_mem[u]) / (s.mem[n] + 1.0)
            if freed / (p.worth[u] + 1e-3) > best:
                best, at = freed / (p.worth[u] + 1e-3), j
        if at < 0:
            return np.inf, 0, 0
        drop[count] = at
        count += 1
        u = p.kind[at]
        cost += p.worth[u]
        short_cpu -= s.t_cpu[u]
        short_mem -= s.t_mem[u]
    return cost - (short_cpu + short_mem) * 1e-9, mask, count


@jit
def has_room(s: State, n: Scalar, t: Scalar) -> Scalar:
    return s.t_ok[t, s.model[n]] and fits(s.cpu[n], s.mem[n], s.card[n], s.t_cpu[t], s.t_mem[t], s.t_num[t], s.t_milli[t])


@jit
def gather(s: State, p: Slots, t: Scalar) -> Scalar:
    """Bring `near` up to date and return its length. Room only shrinks until something is freed, so that every node
    is looked at once a kind."""
    kept = 0
    for x in range(p.found[t]):
        if has_room(s, p.near[t, x], t):
            p.near[t, kept] = p.near[t, x]
            kept += 1
    n = p.seen[t]
    while kept < WINDOW and n < s.cpu.shape[0]:
        if has_room(s, n, t):
            p.near[t, kept] = n
            kept += 1
        n += 1
    p.found[t], p.seen[t] = kept, n
    return kept


@jit
def least_harm(s: State, p: Slots, t: Scalar, drop: Array, keep: Array) -> tuple[Scalar, Scalar, Scalar]:
    """The node with room where kind `t` costs least: (node or REFUSED, mask, seats to give up, listed in `keep`)."""
    best, node, mask, count = np.inf, REFUSED, 0, 0
    for x in range(gather(s, p, t)):
        value, m, c = node_cost(s, p, p.near[t, x], t, drop)
        if value < best:
            best, node, mask, count = value, p.near[t, x], m, c
            keep[:c] = drop[:c]
    return node, mask, count


@jit
def forget(p: Slots) -> None:
    """Something was freed: look at every node again."""
    p.found[:] = 0
    p.seen[:] = 0


@jit
def run(s: State, p: Slots, kind: Array, ref: Array, node: Array, mask: Array, start: Scalar, stop: Scalar) -> None:
    """Decide the events from `start` to `stop`, as `kernel.run` does, along the plan."""
    drop, keep = np.empty(SEATS, np.int64), np.empty(SEATS, np.int64)
    for i in range(start, stop):
        t = kind[i]
        if t < 0:
            node[i], mask[i] = node[ref[i]], mask[ref[i]]
            if node[i] >= 0:
                shift(s, p, node[i], kind[ref[i]], mask[i], -1)
            continue
        j = own_seat(s, p, t)
        if j >= 0:
            node[i], mask[i] = p.node[j], p.mask[j]
        else:
            node[i], mask[i], count = least_harm(s, p, t, drop, keep)
            for d in range(count):
                p.used[keep[d]] = 1
                hold(s, p, keep[d], -1)
        if node[i] >= 0:
            seat(s, node[i], t, mask[i], 1)


@jit
def shift(s: State, p: Slots, n: Scalar, t: Scalar, mask: Scalar, sign: Scalar) -> None:
    """Book (+1) or free (-1); what is freed may make room for any kind."""
    seat(s, n, t, mask, sign)
    if sign < 0:
        forget(p)


def lay(state: State, plan: Any, worth: Array, before: Slots | None = None) -> Slots:
    """Planned seats (rows of kind, node, mask in the order of use) as `Slots`; at most SEATS a node are kept.

    What `before` knows about rooms stays true: it does not depend on the plan.
    """
    rows = np.asarray(plan, np.int64).reshape(-1, 3)
    nodes, kinds = len(state.cpu), len(state.t_cpu)
    by_node = np.argsort(rows[:, 1], kind="stable")
    rank = np.arange(len(rows)) - np.searchsorted(rows[by_node, 1], rows[by_node, 1])
    rows = np.delete(rows, by_node[rank >= SEATS], axis=0)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    end = np.cumsum(np.bincount(rows[:, 0], minlength=kinds))
    order = np.argsort(rows[:, 1], kind="stable")
    slots = Slots(
        node=rows[:, 1].copy(),
        mask=rows[:, 2].copy(),
        kind=rows[:, 0].copy(),
        used=np.zeros(len(rows), np.uint8),
        next=np.concatenate((np.zeros(1, np.int64), end[:-1])),
        end=end,
        worth=worth,
        near=before.near if before else np.zeros((kinds, WINDOW), np.int64),
        found=before.found if before else np.zeros(kinds, np.int64),
        seen=before.seen if before else np.zeros(kinds, np.int64),
        of=np.searchsorted(rows[order, 1], np.arange(nodes + 1)),
        list=order,
        cpu=np.zeros(nodes, np.int64),
        mem=np.zeros(nodes, np.int64),
        card=np.zeros(state.card.shape, np.int64),
    )
    hold_all(state, slots)
    return slots


@jit
def hold_all(s: State, p: Slots) -> None:
    for j in range(p.node.shape[0]):
        hold(s, p, j, 1)
