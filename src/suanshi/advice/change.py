"""The least a buyer would have to change for hardware that was rejected to do after all."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

from suanshi.advice.failure import Failure
from suanshi.advice.frame import Estimator, Shape
from suanshi.advice.workload import Batch, Embeddings, Serving, Training, Workload
from suanshi.kit.refusal import Text

_MOST_CARDS = 1024


def least_change(work: Workload, base: Shape, failure: Failure, estimator: Estimator) -> Text | None:
    """One line with a number, or None where nothing small would help. Sizes at most four further shapes."""
    short = failure.need - failure.have
    match failure.kind:
        case "memory":
            return _for_memory(work, base, failure, estimator)
        case "ttft" | "tpot":
            return Text(f"放宽到 {failure.need:.0f} 毫秒", f"allow {failure.need:.0f} ms")
        case "capacity":
            return Text(f"约 {failure.factor:.1f} 倍的卡数", f"about {failure.factor:.1f} times as many cards")
        case "term":
            parts = ceil(failure.factor)
            return Text(f"借助检查点分 {parts} 次租用", f"{parts} leases with a checkpoint between them")
        case "deadline":
            return Text(f"期限延后 {short:.1f} 小时", f"{short:.1f} h more")
        case "budget":
            return Text(f"预算增加 ¥{short:,.2f}", f"¥{short:,.2f} more")
        case "stock":
            if failure.have >= 1:
                return Text(f"改为 {failure.have:.0f} 张，或等待空闲", f"{failure.have:.0f} cards, or wait until more are free")
            return Text("等待空闲", "wait until one is free")
        case "region":
            return Text("放宽地区", "allow other regions")
        case "domestic":
            return Text("允许非国产卡", "allow cards that are not domestic")
        case "model":
            return Text("允许这一型号", "allow this model")
        case _:
            return None


def _for_memory(work: Workload, base: Shape, failure: Failure, estimator: Estimator) -> Text | None:
    ways: list[Text] = []
    for lighter, zh, en in narrower(work):
        if estimator(lighter, base.resource()).fits:
            ways.append(Text(zh, en))
            break
    guess = max(ceil(base.cards * min(failure.factor, _MOST_CARDS)), base.cards * 2)
    cards = 1 << (guess - 1).bit_length()
    for count in (cards, cards * 2):
        shape = replace(base, cards=count, share_milli=1000)
        if count <= _MOST_CARDS and estimator(work, shape.resource()).fits:
            ways.append(Text(f"{count} 张卡", f"{count} cards"))
            break
    if not ways:
        return None
    return Text(" 或 ".join(way.zh for way in ways), " or ".join(way.en for way in ways))


def narrower(work: Workload) -> list[tuple[Workload, str, str]]:
    """The same work with smaller weights, the least narrowing first, each with its name in both languages."""
    match work:
        case Serving() | Batch() | Embeddings():
            steps = [bits for bits in (8, 4) if bits < work.weight_bits]
            return [
                (replace(work, weight_bits=bits, precision="fp8" if bits == 8 else ""), f"{bits} 位量化", f"{bits}-bit")
                for bits in steps
            ]
        case Training(method="lora"):
            return [(replace(work, method="qlora"), "改用 QLoRA（4 位）", "QLoRA (4-bit)")]
        case Training(method="full_ft"):
            return [(replace(work, method="lora"), "改用 LoRA", "LoRA"), (replace(work, method="qlora"), "改用 QLoRA", "QLoRA")]
        case _:
            return []
