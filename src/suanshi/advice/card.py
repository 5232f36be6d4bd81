"""One card, or one slice of it, as the physics sees it: rates in plain units and every gap in the catalogue filled."""

from __future__ import annotations

from dataclasses import dataclass

from suanshi.advice.workload import Resource
from suanshi.kit.refusal import Text
from suanshi.kit.units import GIB

_USABLE = 0.985  # what the driver leaves of the stated memory
_DOMAINS = (("NVL72", 72), ("unified bus", 384))  # cards that one fast fabric joins beyond a server
_NODE_FABRIC = 25e9  # bytes a second and card between nodes where nothing is stated: a 200 Gb/s link


@dataclass(frozen=True, slots=True)
class Rates:
    """Bytes and operations per second of the share that is rented; `gaps` says what the catalogue did not state."""

    flops: float
    bandwidth: float
    link: float  # one way, between cards of a node
    fabric: float  # one way, between nodes
    latency: float  # seconds for one collective among cards of a node
    node: int  # cards that share the fast link
    capacity: float  # bytes a program may use
    watts: float
    gaps: tuple[Text, ...] = ()


def rates(resource: Resource, precision: str) -> Rates:
    """The card's rates at `precision`; a figure nobody published is inferred from its neighbours and named."""
    card, share = resource.card, resource.share
    gaps: list[Text] = []
    bandwidth = (card.mem_bw_gb_s or 0) * 1e9
    flops = (card.gflops(precision) or 0) * 1e9
    if not bandwidth:
        bandwidth = flops / 150 or 1e12
        gaps.append(Text("型号库未列显存带宽，按算力推断", "memory bandwidth not published: inferred from its arithmetic"))
    if not flops:
        flops = bandwidth * (0.02 if precision == "fp64" else 150)
        gaps.append(
            Text(f"型号库未列 {precision} 算力，按显存带宽推断", f"{precision} rate not published: inferred from bandwidth")
        )
    watts = card.tdp_w or (350.0 if card.kind != "cpu" else 200.0)
    if not card.tdp_w:
        gaps.append(Text("型号库未列功耗，按 350 W 计", "power not published: 350 W assumed"))
    fast = (card.interconnect_bw_gb_s or 0) > 130 and "PCIe" not in card.interconnect
    memory = resource.memory_gib if resource.memory_gib is not None else card.memory_gib * share
    return Rates(
        flops=flops * share,
        bandwidth=bandwidth * share,
        link=(card.interconnect_bw_gb_s or 32) * 1e9 / 2 * 0.8,
        fabric=resource.fabric_gb_s * 1e9 if resource.fabric_gb_s else _NODE_FABRIC,
        latency=8e-6 if fast else 20e-6,
        node=max(resource.per_node, next((size for name, size in _DOMAINS if name in card.interconnect), 1)),
        capacity=memory * _USABLE * GIB,
        watts=watts * share,
        gaps=tuple(gaps),
    )


def arithmetic(weight_bits: float, precision: str) -> str:
    """The precision the multiplications run in: 8-bit weights in FP8 or INT8, other quantised weights in 16 bits."""
    known = {"w8a8": "int8", "amp": "bf16", "f16": "fp16"}
    if precision in known:
        return known[precision]
    if precision in ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "int8", "fp4"):
        return precision
    return "fp8" if weight_bits == 8 and not precision else "fp16"
