"""The inner loop of packing: nodes in the same state form one class, and a decision looks at classes, not at nodes.

Everything here is compiled and works on plain arrays, so that a decision costs the number of distinct node states.
`State` is built and owned by `pool.Pool`; nobody else touches these arrays.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba as nb
import numpy as np

Array = Any  # numpy arrays and their scalars; numba sees the exact types
Scalar = Any
jit = nb.njit(cache=True, nogil=True)

CARD = 1000  # milli-cards of a whole card
FIRST, BEST, FGD = 0, 1, 2
LIVE, KNOWN, ROOM = 0, 1, 2  # cells of `count`
REFUSED, FULL = -1, -2
INF = np.float32(np.inf)
UNKNOWN = np.float32(-np.inf)  # a score nobody asked for yet


class State(NamedTuple):
    """Nodes, classes of equal nodes, kinds of need, and the remembered score of each kind on each class."""

    model: Array  # per node
    cpu: Array
    mem: Array
    card: Array  # [node, card] milli left, -1 where there is no card
    cls: Array  # class of the node
    after: Array  # doubly linked list of the nodes of a class
    before: Array
    k_model: Array  # per class
    k_cpu: Array
    k_mem: Array
    k_card: Array  # [class, card] milli left, largest first
    k_head: Array
    k_frag: Array
    k_place: Array  # position among the live classes, -1 when no node is in this state
    live: Array
    table: Array  # hash -> class + 1
    count: Array
    t_cpu: Array  # per kind of need
    t_mem: Array
    t_num: Array
    t_milli: Array
    t_ok: Array  # [kind, model]
    score: Array  # [kind, class]
    m_cpu: Array  # the expected mix: one row a kind of demand
    m_mem: Array
    m_num: Array
    m_milli: Array
    m_ok: Array
    m_freq: Array


@jit
def fits(cpu: int, mem: int, card: Array, need_cpu: int, need_mem: int, num: int, milli: int) -> bool:
    """Whether a node with this room takes the need; the model is checked by the caller."""
    if cpu < need_cpu or mem < need_mem:
        return False
    if num == 0:
        return True
    found = 0
    for left in card:
        if left >= milli:
            found += 1
            if found >= num:
                return True
    return False


@jit
def fragment(s: State, model: int, cpu: int, mem: int, card: Array) -> Scalar:
    """Expected milli-cards of this node that the next need of the mix could not use (the F of FGD)."""
    total = 0
    for left in card:
        if left > 0:
            total += left
    if total == 0:
        return 0.0
    lost = 0.0
    for m in range(s.m_freq.shape[0]):
        milli = s.m_milli[m]
        useless = total
        if s.m_num[m] > 0 and s.m_ok[m, model] and cpu >= s.m_cpu[m]:
            found = 0
            small = 0
            for left in card:
                if left >= milli:
                    found += 1
                elif left > 0:
                    small += left
            if found >= s.m_num[m]:
                useless = small
        lost += s.m_freq[m] * useless
    return lost


@jit
def take(card: Array, num: int, milli: int, at: int) -> None:
    """Take the need from a node's cards: a share from card `at`, whole cards from the first free ones."""
    if num == 1:
        card[at] -= milli
        return
    for i in range(card.shape[0]):
        if num > 0 and card[i] >= milli:
            card[i] -= milli
            num -= 1


@jit
def frag_score(s: State, k: int, t: int, buffer: Array) -> Scalar:
    """How much the fragment grows when kind `t` lands on a node of class `k`, on its best card."""
    num, milli = s.t_num[t], s.t_milli[t]
    cpu, mem = s.k_cpu[k] - s.t_cpu[t], s.k_mem[k] - s.t_mem[t]
    if s.k_frag[k] < 0:
        s.k_frag[k] = fragment(s, s.k_model[k], s.k_cpu[k], s.k_mem[k], s.k_card[k])
    if num != 1:
        buffer[:] = s.k_card[k]
        take(buffer, num, milli, 0)
        return fragment(s, s.k_model[k], cpu, mem, buffer) - s.k_frag[k]
    best = np.inf
    for i in range(s.k_card.shape[1]):
        left = s.k_card[k, i]
        if left < milli or (i > 0 and s.k_card[k, i - 1] == left):
            continue
        buffer[:] = s.k_card[k]
        buffer[i] -= milli
        value = fragment(s, s.k_model[k], cpu, mem, buffer) - s.k_frag[k]
        if value < best:
            best = value
    return best


@jit
def tight_score(s: State, k: int, t: int) -> Scalar:
    """Room left after the need, each resource as a share of a large node: the smallest is the best fit."""
    left = 0
    for i in range(s.k_card.shape[1]):
        if s.k_card[k, i] > 0:
            left += s.k_card[k, i]
    gpu = (left - s.t_num[t] * s.t_milli[t]) / (CARD * 8.0)
    return gpu + (s.k_cpu[k] - s.t_cpu[t]) / 128000.0


@jit
def hashed(model: int, cpu: int, mem: int, card: Array) -> Scalar:
    h = np.uint64(model + 1) * np.uint64(0x9E3779B97F4A7C15)
    h = (h ^ np.uint64(cpu)) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(29)) ^ np.uint64(mem)) * np.uint64(0x94D049BB133111EB)
    for left in card:
        h = (h ^ (h >> np.uint64(31)) ^ np.uint64(left + 1)) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((h ^ (h >> np.uint64(32))) & np.uint64(0x7FFFFFFF))


@jit
def class_of(s: State, model: int, cpu: int, mem: int, card: Array) -> Scalar:
    """The class of this state (`card` largest first), made when new; FULL when the table has no room for it."""
    mask = s.table.shape[0] - 1
    at = hashed(model, cpu, mem, card) & mask
    while s.table[at] > 0:
        k = s.table[at] - 1
        if s.k_cpu[k] == cpu and s.k_mem[k] == mem and s.k_model[k] == model:
            same = True
            for i in range(card.shape[0]):
                if s.k_card[k, i] != card[i]:
                    same = False
                    break
            if same:
                return k
        at = (at + 1) & mask
    k = s.count[KNOWN]
    if k >= s.k_cpu.shape[0]:
        return FULL
    s.count[KNOWN] = k + 1
    s.table[at] = k + 1
    s.k_model[k], s.k_cpu[k], s.k_mem[k] = model, cpu, mem
    s.k_card[k] = card
    s.k_head[k], s.k_place[k] = -1, -1
    s.k_frag[k] = -1.0
    s.score[:, k] = UNKNOWN
    return k


@jit
def sort_down(card: Array) -> None:
    for i in range(1, card.shape[0]):
        x = card[i]
        j = i - 1
        while j >= 0 and card[j] < x:
            card[j + 1] = card[j]
            j -= 1
        card[j + 1] = x


@jit
def leave(s: State, n: int) -> None:
    """Take the node out of its class."""
    k, b, a = s.cls[n], s.before[n], s.after[n]
    if b >= 0:
        s.after[b] = a
    else:
        s.k_head[k] = a
    if a >= 0:
        s.before[a] = b
    if s.k_head[k] < 0:
        at = s.k_place[k]
        last = s.live[s.count[LIVE] - 1]
        s.live[at] = last
        s.k_place[last] = at
        s.k_place[k] = -1
        s.count[LIVE] -= 1
    s.cls[n] = -1


@jit
def join(s: State, n: int, buffer: Array) -> bool:
    """Put the node into the class of its present state; False when the table has no room (call again after growth)."""
    buffer[:] = s.card[n]
    sort_down(buffer)
    k = class_of(s, s.model[n], s.cpu[n], s.mem[n], buffer)
    if k == FULL:
        return False
    s.cls[n] = k
    if s.k_head[k] < 0:
        at = s.count[LIVE]
        s.live[at] = k
        s.k_place[k] = at
        s.count[LIVE] = at + 1
    # Kept in order (last node first), so that a choice depends on the nodes' states and not on how they came about.
    b, a = -1, s.k_head[k]
    while a > n:
        b, a = a, s.after[a]
    s.before[n], s.after[n] = b, a
    if b >= 0:
        s.after[b] = n
    else:
        s.k_head[k] = n
    if a >= 0:
        s.before[a] = n
    return True


@jit
def score(s: State, k: int, t: int, rule: int, buffer: Array) -> Scalar:
    """The remembered price of kind `t` on class `k`, worked out once; infinite where it does not fit."""
    known = s.score[t, k]
    if known != UNKNOWN:
        return known
    value = np.inf
    if s.t_ok[t, s.k_model[k]] and fits(s.k_cpu[k], s.k_mem[k], s.k_card[k], s.t_cpu[t], s.t_mem[t], s.t_num[t], s.t_milli[t]):
        # FGD's published program rounds the gain to one of 100 steps; the ties this makes are part of its quality.
        value = -np.floor(100 / (1 + np.exp(frag_score(s, k, t, buffer) / CARD))) if rule == FGD else tight_score(s, k, t)
    s.score[t, k] = np.float32(value)
    return s.score[t, k]


@jit
def choose(s: State, t: int, rule: int, buffer: Array) -> Scalar:
    """The node for kind `t` under a rule, REFUSED when it fits nowhere."""
    best, value = -1, INF
    for i in range(s.count[LIVE]):
        k = s.live[i]
        v = score(s, k, t, rule, buffer)
        if v < value or (v == value and best >= 0 and v != INF and s.k_head[k] > s.k_head[best]):
            best, value = k, v
    if best < 0:
        return REFUSED
    return s.k_head[best]


@jit
def choose_first(s: State, t: int) -> Scalar:
    for n in range(s.cpu.shape[0]):
        if s.t_ok[t, s.model[n]] and fits(s.cpu[n], s.mem[n], s.card[n], s.t_cpu[t], s.t_mem[t], s.t_num[t], s.t_milli[t]):
            return n
    return REFUSED


@jit
def cards_for(s: State, n: int, t: int, rule: int, buffer: Array) -> Scalar:
    """Bit mask of the cards of node `n` that kind `t` takes there."""
    num, milli = s.t_num[t], s.t_milli[t]
    if num == 0:
        return 0
    if num == 1 and milli < CARD:
        at, best = -1, np.inf
        for i in range(s.card.shape[1]):
            left = s.card[n, i]
            if left < milli:
                continue
            if rule == FGD:
                buffer[:] = s.card[n]
                buffer[i] -= milli
                value = fragment(s, s.model[n], s.cpu[n] - s.t_cpu[t], s.mem[n] - s.t_mem[t], buffer)
            else:
                value = float(left)
            if value < best:
                at, best = i, value
            if rule == FIRST:
                break
        return 1 << at
    mask = 0
    for i in range(s.card.shape[1]):
        if num > 0 and s.card[n, i] >= milli:
            mask |= 1 << i
            num -= 1
    return mask


@jit
def seat(s: State, n: int, t: int, mask: int, sign: int) -> None:
    """Book (+1) or free (-1) kind `t` on the cards of `mask`; the node's class is the caller's business."""
    s.cpu[n] -= sign * s.t_cpu[t]
    s.mem[n] -= sign * s.t_mem[t]
    for i in range(s.card.shape[1]):
        if (mask >> i) & 1:
            s.card[n, i] -= sign * s.t_milli[t]


@jit
def move(s: State, n: int, t: int, mask: int, sign: int, buffer: Array) -> bool:
    """Book or free, and re-class the node; False (and nothing changed) when the table of classes is full."""
    if s.count[KNOWN] >= s.k_cpu.shape[0]:
        return False
    leave(s, n)
    seat(s, n, t, mask, sign)
    return join(s, n, buffer)


@jit
def run(s: State, kind: Array, ref: Array, node: Array, mask: Array, start: int, rule: int) -> Scalar:
    """Decide the events from `start` on in order; returns where it stopped (short of the end: the class table is full).

    `kind[i]` is the kind of the need that arrives, or -1 when the need of event `ref[i]` leaves. The decision on
    event i is written to `node[i]` (REFUSED when it fits nowhere) and `mask[i]`, and uses nothing that comes after i.
    """
    buffer = np.empty(s.card.shape[1], s.card.dtype)
    for i in range(start, kind.shape[0]):
        if s.count[KNOWN] >= s.k_cpu.shape[0]:
            return i
        t = kind[i]
        if t < 0:
            j = ref[i]
            node[i], mask[i] = node[j], mask[j]
            if node[j] >= 0:
                move(s, node[j], kind[j], mask[j], -1, buffer)
            continue
        node[i] = choose_first(s, t) if rule == FIRST else choose(s, t, rule, buffer)
        mask[i] = cards_for(s, node[i], t, rule, buffer) if node[i] >= 0 else 0
        if node[i] >= 0:
            move(s, node[i], t, mask[i], 1, buffer)
    return kind.shape[0]
