"""The chain of reasoning: every layer that moved the number, by how much, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from suanshi.advice.calibration import Correction
from suanshi.kit.refusal import Text


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the reasoning: the layer, the factor on time it brought, and the sentence that says so."""

    layer: str  # physics, engine, card, residual, probe, result
    seconds: float | None
    factor: float
    text: Text


def lasting(seconds: float) -> Text:
    """A stretch of time in the unit a person would choose."""
    for size, zh, en in ((86400 * 2, "天", "d"), (3600 * 2, "小时", "h"), (120, "分钟", "min")):
        if seconds >= size:
            unit = {"天": 86400, "小时": 3600, "分钟": 60}[zh]
            return Text(f"{seconds / unit:.3g} {zh}", f"{seconds / unit:.3g} {en}")
    return Text(f"{seconds:.3g} 秒", f"{seconds:.3g} s")


def chain(
    physical: float, correction: Correction | None, seconds: float | None, unit: str, names: tuple[str, str], slower: int
) -> tuple[Step, ...]:
    """From the physical value to the answer. `slower` is 1 where a larger value means slower work, -1 for a speed.

    `seconds` is the physical duration of the whole work, None for endless work: then the sentences tell the value.
    """
    engine, card = names
    said = lasting(seconds) if seconds is not None else Text(f"{physical:.4g} {unit}", f"{physical:.4g} {unit}")
    steps = [Step("physics", seconds, 1.0, Text(f"屋顶线物理：{said.zh}", f"roofline physics: {said.en}"))]
    if correction is None:
        return (*steps, Step("result", seconds, 1.0, Text(f"合计 {said.zh}（未校准）", f"in all {said.en} (not calibrated)")))
    factors = [correction.engine**slower, correction.card**slower, correction.learned**slower]
    texts = [
        Text(f"引擎 {engine} ×{factors[0]:.2f}", f"engine {engine} x{factors[0]:.2f}"),
        Text(f"本卡 {card} ×{factors[1]:.2f}", f"this card {card} x{factors[1]:.2f}")
        if correction.known
        else Text(f"{card} 尚无同类实测，×1.00", f"no measurement of {card} in such work yet, x1.00"),
        Text(
            f"相近实测（最近 {correction.nearest}，相似度 {correction.nearness:.0%}）×{factors[2]:.2f}",
            f"measured neighbours (nearest {correction.nearest}, {correction.nearness:.0%} alike) x{factors[2]:.2f}",
        ),
    ]
    running, value = seconds, physical
    for layer, factor, text in zip(("engine", "card", "residual"), factors, texts, strict=True):
        running = None if running is None else running * factor
        value *= factor**slower
        steps.append(Step(layer, running, factor, text))
    said = lasting(running) if running is not None else Text(f"{value:.4g} {unit}", f"{value:.4g} {unit}")
    overall = factors[0] * factors[1] * factors[2]
    return (*steps, Step("result", running, overall, Text(f"合计 {said.zh}", f"in all {said.en}")))
