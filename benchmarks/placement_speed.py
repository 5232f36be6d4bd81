"""Packing decisions per CPU second of one thread, beside FGD with every node scored for every decision.

    python benchmarks/placement_speed.py OPENB_FOLDER [--copies 1 8 80] [--list default]

The cluster is the published one of 1,213 GPU nodes, replicated; the pods of the list arrive until their cards reach
100 % of the cluster. "core" counts the decisions alone, "with planning" adds the CPU time of all plans on the way.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numba as nb
import numpy as np

from suanshi.placement import kernel, trace
from suanshi.placement.capacity import Node, Shape
from suanshi.placement.policy import policy
from suanshi.placement.pool import Pool


@nb.njit(cache=True)
def fgd_every_node(s: Any, frag: Any, kinds: Any) -> int:
    """FGD as published: each decision scores each node (only its present fragment, `frag`, is remembered)."""
    buffer, done = np.empty(s.card.shape[1], s.card.dtype), 0
    for t in kinds:
        best, value = -1, np.inf
        for n in range(s.cpu.shape[0]):
            if not s.t_ok[t, s.model[n]]:
                continue
            if not kernel.fits(s.cpu[n], s.mem[n], s.card[n], s.t_cpu[t], s.t_mem[t], s.t_num[t], s.t_milli[t]):
                continue
            after, last = np.inf, -1
            for i in range(s.card.shape[1]):
                left = s.card[n, i]
                if (s.t_num[t] == 1 and left >= s.t_milli[t] and left != last) or (s.t_num[t] != 1 and i == 0):
                    last = left
                    buffer[:] = s.card[n]
                    kernel.take(buffer, s.t_num[t], s.t_milli[t], i)
                    after = min(after, kernel.fragment(s, s.model[n], s.cpu[n] - s.t_cpu[t], s.mem[n], buffer))
            if after - frag[n] < value:
                best, value = n, after - frag[n]
        if best >= 0:
            kernel.seat(s, best, t, kernel.cards_for(s, best, t, kernel.FGD, buffer), 1)
            frag[best] = kernel.fragment(s, s.model[best], s.cpu[best], s.mem[best], s.card[best])
            done += 1
    return done


def replicated(nodes: tuple[Node, ...], copies: int) -> list[Node]:
    return [Node(f"{n.name}-{i}", n.cpu_milli, n.memory_mib, n.cards, n.model) for i in range(copies) for n in nodes]


def numbers(pool: Pool, drawn: list[Shape]) -> Any:
    return np.array([pool.kind(shape) for shape in drawn], np.int64)


def core(nodes: list[Node], mix: Any, drawn: list[Shape], name: str) -> SimpleNamespace:
    pool = Pool(nodes, mix, policy(name))
    kinds, planning = numbers(pool, drawn), 0.0
    plain = pool.replan

    def replan() -> None:
        nonlocal planning
        start = time.process_time()
        plain()
        planning += time.process_time() - start

    pool.replan = replan  # type: ignore[method-assign]
    start = time.process_time()
    placed, _ = pool.decide(kinds)
    spent = time.process_time() - start
    share = sum(s.total for s, n in zip(drawn, placed.tolist(), strict=True) if n >= 0) / pool.capacity
    return SimpleNamespace(core=len(kinds) / (spent - planning), all=len(kinds) / spent, plan=planning, share=share)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 8, 80])
    parser.add_argument("--list", default="default")
    options = parser.parse_args()
    one = trace.openb_nodes(options.folder / "openb_node_list_gpu_node.csv")
    pods = trace.openb_pods(options.folder / f"openb_pod_list_{options.list}.csv")
    counts: dict[Shape, int] = {}
    for pod in pods:
        counts[pod] = counts.get(pod, 0) + 1
    mix = tuple(counts.items())
    for name in ("plan", "fgd", "best-fit"):  # compile
        core(list(one[:40]), mix, list(pods[:300]), name)
    for copies in options.copies:
        nodes = replicated(one, copies)
        drawn = trace.draw(pods, 1000 * sum(n.cards for n in nodes), 1.0, seed=1)
        ours = core(nodes, mix, drawn, "plan")
        pool = Pool(nodes, mix, policy("first-fit"))
        kinds = numbers(pool, drawn)
        state = pool.state
        frag = np.array([kernel.fragment(state, m, c, r, k) for m, c, r, k in zip(*state[:4], strict=True)])
        fgd_every_node(pool.state, frag, kinds[:1])
        few = kinds[1 : 1 + max(20, 4000 // copies)]
        start = time.process_time()
        fgd_every_node(pool.state, frag, few)
        slow = len(few) / (time.process_time() - start)
        print(
            f"{len(nodes):6d} nodes, {len(drawn):7d} needs: core {ours.core:9,.0f} decisions/s "
            f"(with planning {ours.all:8,.0f}, plans {ours.plan:.1f} s, {100 * ours.share:.2f} % allocated); "
            f"FGD on every node {slow:7,.0f}/s; ratio {ours.core / slow:,.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
