"""The fixed pieces that hardware itself can cut a card into: NVIDIA's MIG profiles and Ascend's vNPU templates.

They are read out of the catalogue's column `slicing`, where each stands with its source. A MIG profile `3g.40gb` of a card cut
into 7 has 3/7 of its compute and 40 GiB; a vNPU template `vir06_1c_16g` has 6 of the card's AI cores, one AI CPU and 16 GiB.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from suanshi.catalog.accelerator import Accelerator, accelerators

_MIG = re.compile(r"MIG up to (\d+) \(([^)]*)\)")
_MIG_PART = re.compile(r"(\d+)g\.(\d+)gb")
_VNPU = re.compile(r"vNPU (?:templates )?((?:vir|\d\d)[\w/]*)")
_CORES = re.compile(r"(\d+) AI cores")
_VNPU_PART = re.compile(r"(?:vir)?(\d+)(?:_\d+c_(\d+)g)?")
_SAME_AS = re.compile(r"vNPU templates \(as (\w+)\)")


@dataclass(frozen=True, slots=True)
class Profile:
    """`milli` thousandths of the card's compute, rounded down, so that what fits the hardware never exceeds a card.

    `memory_gib` is the template's own, or where the catalogue states none, in proportion to the compute.
    """

    name: str
    kind: Literal["mig", "vnpu"]
    milli: int
    memory_gib: float


def profiles(card: Accelerator) -> tuple[Profile, ...]:
    """The profiles that the catalogue lists for a card, smallest first; none for one that only software can share."""
    found = (*_mig(card), *_vnpu(card))
    return tuple(sorted(found, key=lambda p: (p.milli, p.memory_gib)))


def _mig(card: Accelerator) -> list[Profile]:
    listed = _MIG.search(card.slicing)
    if listed is None:
        return []
    most = int(listed[1])
    parts = [(int(g), int(gib)) for g, gib in _MIG_PART.findall(listed[2])]
    return [Profile(f"{g}g.{gib}gb", "mig", g * 1000 // most, float(gib)) for g, gib in parts]


def _vnpu(card: Accelerator) -> list[Profile]:
    if (like := _SAME_AS.search(card.slicing)) is not None:
        twin = card.id[: -len(like[1])] + like[1].lower()
        return _vnpu(accelerators()[twin]) if twin in accelerators() else []
    listed, cores = _VNPU.search(card.slicing), _CORES.search(card.slicing)
    if listed is None or cores is None:
        return []
    dies = 2 if "each die" in card.slicing else 1  # the templates of such a card cut one of its two dies
    whole = int(cores[1]) * dies
    found = []
    for part in listed[1].split("/"):
        named = _VNPU_PART.fullmatch(part)
        if named is None:
            continue
        count = int(named[1])
        memory = float(named[2]) if named[2] else card.memory_gib * count / whole
        name = part if part.startswith("vir") else f"vir{part}"
        found.append(Profile(name, "vnpu", count * 1000 // whole, memory))
    return found
