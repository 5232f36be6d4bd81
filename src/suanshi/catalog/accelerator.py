"""The catalogue of accelerators: what each model of card can hold, move and compute, and who says so."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Literal

Kind = Literal["gpu", "dsa", "cpu"]

_FLOPS = {
    "fp64": "fp64_tflops",
    "fp32": "fp32_tflops",
    "tf32": "tf32_dense_tflops",
    "fp16": "fp16_dense_tflops",
    "bf16": "bf16_dense_tflops",
    "fp8": "fp8_dense_tflops",
    "int8": "int8_dense_tops",
    "fp4": "fp4_dense_tflops",
}
_MARKS = {"memory": "mark_memory", "flops": "mark_flops", "interconnect": "mark_interconnect", "tdp": "mark_tdp"}
# Cores built for one kind of sum (matrix engines fed by a compiler) rather than a programmable shader array.
_DSA_VENDORS = {"Huawei", "Cambricon", "Enflame", "Kunlunxin", "Google"}


@dataclass(frozen=True, slots=True)
class Accelerator:
    """One model of card. `flops` holds dense GFLOP/s by precision; a figure nobody published is None or absent."""

    id: str
    name: str
    vendor: str
    country: str
    year: int
    form_factor: str
    kind: Kind
    memory_gib: float
    memory_type: str
    mem_bw_gb_s: float | None
    flops: Mapping[str, float]
    interconnect: str
    interconnect_bw_gb_s: float | None
    tdp_w: float | None
    software_stack: str
    slicing: str
    source: str
    marks: Mapping[str, str]
    note: str

    @property
    def domestic(self) -> bool:
        """Designed in China (a card modified there is not)."""
        return self.country == "CN"

    def gflops(self, precision: str) -> float | None:
        """Dense GFLOP/s at `precision`, falling back to the nearest precision a program would really run in."""
        for tried in _RUNS_AS.get(precision, (precision,)):
            if tried in self.flops:
                return self.flops[tried]
        return None


# A card without FP8 units multiplies FP8 weights in FP16; a card that states only BF16 runs FP16 at the same rate.
_RUNS_AS: dict[str, tuple[str, ...]] = {
    "fp64": ("fp64",),
    "fp32": ("fp32", "tf32"),
    "tf32": ("tf32", "fp32"),
    "fp16": ("fp16", "bf16", "fp32"),
    "bf16": ("bf16", "fp16", "fp32"),
    "fp8": ("fp8", "bf16", "fp16", "fp32"),
    "int8": ("int8", "fp16", "bf16", "fp32"),
    "fp4": ("fp4", "fp8", "bf16", "fp16", "fp32"),
    "int4": ("fp16", "bf16", "fp32"),  # 4-bit integer weights are widened before they are multiplied
}


def read(rows: Iterable[Mapping[str, str]]) -> Iterator[Accelerator]:
    """Accelerators from rows in the columns of `data/accelerators.csv`; a bad figure raises ValueError with its row."""
    for row in rows:
        try:
            yield _accelerator(row)
        except (KeyError, ValueError) as fault:
            raise ValueError(f"accelerator {row.get('id')!r}: {fault}") from fault


def _accelerator(row: Mapping[str, str]) -> Accelerator:
    flops = {precision: float(row[column]) * 1e3 for precision, column in _FLOPS.items() if row[column]}
    return Accelerator(
        id=row["id"],
        name=row["name"],
        vendor=row["vendor"],
        country=row["country"],
        year=int(row["year"]),
        form_factor=row["form_factor"],
        kind=_kind(row),
        memory_gib=float(row["memory_gb"]),
        memory_type=row["memory_type"],
        mem_bw_gb_s=_optional(row["mem_bw_gb_s"]),
        flops=MappingProxyType(flops),
        interconnect=row["interconnect"],
        interconnect_bw_gb_s=_optional(row["interconnect_bw_gb_s"]),
        tdp_w=_optional(row["tdp_w"]),
        software_stack=row["software_stack"],
        slicing=row["slicing"],
        source=row["source"],
        marks=MappingProxyType({what: row[column] for what, column in _MARKS.items()}),
        note=row["note"],
    )


def _optional(text: str) -> float | None:
    return float(text) if text else None


def _kind(row: Mapping[str, str]) -> Kind:
    if row["form_factor"].startswith("CPU"):
        return "cpu"
    return "dsa" if row["vendor"] in _DSA_VENDORS or "Gaudi" in row["name"] else "gpu"


@cache
def accelerators(*extra: Path) -> Mapping[str, Accelerator]:
    """Every accelerator by id. Files in `extra` (same columns) come last: an operator adds or corrects rows at will."""
    found: dict[str, Accelerator] = {}
    for path in [*(files("suanshi.catalog") / "data" / name for name in ("accelerators.csv", "own.csv")), *extra]:
        with path.open("r", encoding="utf-8") as file:
            found.update((card.id, card) for card in read(csv.DictReader(file)))
    return MappingProxyType(found)
