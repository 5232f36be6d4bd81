"""What this machine has to sell: its CPU cores and NVIDIA cards as cards of the catalogue, its memory and its disk."""

from __future__ import annotations

import csv
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from suanshi.kit.units import MIB, Bytes

NVIDIA_QUERY = "index,uuid,name,memory.total"

# What the driver calls a card, to the catalogue's id; the longest match wins.
NVIDIA_MODELS = {
    "A100-SXM4-80GB": "a100-sxm-80g",
    "A100-SXM4-40GB": "a100-sxm-40g",
    "A100 80GB PCIe": "a100-pcie-80g",
    "A800-SXM4-80GB": "a800-sxm-80g",
    "H100 80GB HBM3": "h100-sxm-80g",
    "H100 PCIe": "h100-pcie-80g",
    "H100 NVL": "h100-nvl-94g",
    "H800": "h800-sxm",
    "GH200 480GB": "gh200-96g",
}


class Kind(StrEnum):
    CPU = "cpu"
    NVIDIA = "nvidia"


@dataclass(frozen=True, slots=True)
class Card:
    """One card by its site name ("cpu-0", "nvidia-3"). `model` is an accelerator id of the catalogue, or the maker's
    own name where the catalogue has none; `identity` is the maker's number of this very card."""

    name: str
    kind: Kind
    index: int
    model: str
    memory: Bytes
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    cards: tuple[Card, ...]
    cores: int
    memory: Bytes
    disk: Bytes

    def card(self, name: str) -> Card | None:
        return next((card for card in self.cards if card.name == name), None)

    def count(self, kind: Kind) -> int:
        return sum(card.kind is kind for card in self.cards)


def discover(folder: Path) -> Machine:
    """This machine as it is; `folder` lies on the disk that runs will use."""
    cores = sorted(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    cards = tuple(_core(index, memory // len(cores)) for index in cores) + _nvidia()
    return Machine(cards, len(cores), Bytes(memory), Bytes(shutil.disk_usage(folder).free))


def _core(index: int, memory: int) -> Card:
    model = "cpu-core-arm" if platform.machine() in ("aarch64", "arm64") else "cpu-core-x86"
    return Card(f"cpu-{index}", Kind.CPU, index, model, Bytes(memory))


def _nvidia() -> tuple[Card, ...]:
    if shutil.which("nvidia-smi") is None:
        return ()
    ask = ["nvidia-smi", f"--query-gpu={NVIDIA_QUERY}", "--format=csv,noheader,nounits"]
    try:
        said = subprocess.run(ask, capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()  # a driver that cannot answer has no card to sell
    return nvidia_cards(said)


def nvidia_cards(said: str) -> tuple[Card, ...]:
    """The lines of `nvidia-smi --query-gpu=index,uuid,name,memory.total`; a card that reports no memory is left out."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(said.splitlines()) if len(row) == 4]
    return tuple(
        Card(f"nvidia-{index}", Kind.NVIDIA, int(index), _model(name), Bytes(int(memory) * MIB), uuid)
        for index, uuid, name, memory in rows
        if index.isdigit() and memory.isdigit()
    )


def _model(name: str) -> str:
    fits = [known for known in NVIDIA_MODELS if known in name]
    return NVIDIA_MODELS[max(fits, key=len)] if fits else name
