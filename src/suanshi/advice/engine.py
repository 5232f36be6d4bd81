"""Engine profiles: what is known of each program that runs models, read out of names such as "vLLM 0.9.1"."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Engine:
    """Seconds of one layer's launches, share of peak bandwidth reached, seconds of host work a request and step."""

    family: str
    version: float
    overhead: float
    reuse: float
    host: float


# Order matters: the first pattern found names the family. (family, pattern, then the figures of `Engine`)
_FAMILIES = (
    ("trtllm", r"trtllm|tensorrt", 12e-6, 0.80, 6e-6),
    ("vllm", r"vllm|llmboost", 20e-6, 0.75, 30e-6),
    ("sglang", r"sglang", 18e-6, 0.75, 12e-6),
    ("llama.cpp", r"llama\.?cpp", 15e-6, 0.70, 10e-6),
    ("chitu", r"chitu", 20e-6, 0.70, 10e-6),
    ("mindie", r"mindie", 25e-6, 0.65, 10e-6),
    ("transformers", r"transformers", 120e-6, 0.40, 10e-6),
    ("fsdp", r"fsdp|composer|foundry", 20e-6, 0.70, 10e-6),
    ("mindspeed", r"mindspeed|modellink", 20e-6, 0.70, 10e-6),
    ("mindformers", r"mindformers", 20e-6, 0.70, 10e-6),
    ("megatron", r"megatron|\btp\d", 20e-6, 0.70, 10e-6),
    ("deepspeed", r"deepspeed|zero", 20e-6, 0.70, 10e-6),
    ("nemo", r"nemo", 20e-6, 0.70, 10e-6),
    ("torch", r"torch", 40e-6, 0.60, 10e-6),
)
FAMILIES = (*(row[0] for row in _FAMILIES), "other")
_OTHER = ("other", 20e-6, 0.70, 10e-6)


def profile(name: str) -> Engine:
    """The profile of an engine by its name and version; an unknown or empty one gets the middle of the field."""
    text = name.lower()
    for family, pattern, overhead, reuse, host in _FAMILIES:
        if re.search(pattern, text):
            return Engine(family, _version(text), overhead, reuse, host)
    return Engine(_OTHER[0], _version(text), *_OTHER[1:])


def usual(vendor: str, trains: bool) -> str:
    """What most people run on a vendor's cards when they name no engine."""
    if trains:
        return "mindspeed" if vendor == "Huawei" else "fsdp"
    return "vllm"


def _version(text: str) -> float:
    """ "0.9.1" becomes 0.09 and "10.11" 10.11: enough to order releases of one family; 0 where none is given."""
    found = re.search(r"(\d+)\.(\d+)", text)
    return int(found[1]) + int(found[2]) / 100 if found else 0.0
