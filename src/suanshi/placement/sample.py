"""Imagined futures: demand drawn from the known mix and packed first-fit, to learn which fillings of a server occur."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from suanshi.placement.kernel import REFUSED

Array = Any
Scalar = Any


@nb.njit(cache=True, nogil=True)
def seats_for(left: Array, num: Scalar, milli: Scalar) -> Scalar:
    """Mask of the cards for a need, the tightest that suffice first; -1 when they do not suffice."""
    mask = 0
    for _ in range(num):
        at = -1
        for i in range(left.shape[0]):
            if left[i] >= milli and not (mask >> i) & 1 and (at < 0 or left[i] < left[at]):
                at = i
        if at < 0:
            return -1
        mask |= 1 << at
    return mask


@nb.njit(cache=True, nogil=True)
def first_fit(
    model: Array,
    cpu: Array,
    mem: Array,
    card: Array,
    t_cpu: Array,
    t_mem: Array,
    t_num: Array,
    t_milli: Array,
    t_ok: Array,
    kind: Array,
) -> tuple[Array, Array]:
    """Pack the needs in order onto these (scratch) nodes: the node of each, or REFUSED, and its mask of cards."""
    node, mask = np.full(kind.shape[0], REFUSED, np.int64), np.zeros(kind.shape[0], np.int64)
    first = np.zeros(t_cpu.shape[0], np.int64)  # nothing is ever freed here, so a full node stays full
    for e in range(kind.shape[0]):
        t = kind[e]
        for n in range(first[t], cpu.shape[0]):
            m = -1
            if cpu[n] >= t_cpu[t] and mem[n] >= t_mem[t] and t_ok[t, model[n]]:
                m = seats_for(card[n], t_num[t], t_milli[t])
            if m < 0:
                continue
            cpu[n] -= t_cpu[t]
            mem[n] -= t_mem[t]
            for i in range(card.shape[1]):
                if (m >> i) & 1:
                    card[n, i] -= t_milli[t]
            node[e], mask[e] = n, m
            first[t] = n
            break
        if node[e] < 0:
            first[t] = cpu.shape[0]
    return node, mask
