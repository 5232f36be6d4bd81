"""Why hardware or an offer cannot do what is asked, in one line with a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from suanshi.kit.refusal import Text

FailureKind = Literal[
    "memory", "ttft", "tpot", "capacity", "term", "deadline", "budget", "dear", "stock", "region", "domestic", "model", "unknown"
]

_LINES: dict[FailureKind, tuple[str, str]] = {
    "memory": ("{what}：每卡需 {need:.1f} GiB，只有 {have:.0f}", "{what}: needs {need:.1f} GiB a card, has {have:.0f}"),
    "ttft": (
        "{what}：首 token {need:.0f} 毫秒，要求 {have:.0f} 以内",
        "{what}: first token after {need:.0f} ms, limit {have:.0f}",
    ),
    "tpot": ("{what}：每 token {need:.0f} 毫秒，要求 {have:.0f} 以内", "{what}: {need:.0f} ms a token, limit {have:.0f}"),
    "capacity": (
        "{what}：高峰每秒需输出 {need:.0f} token，只能 {have:.0f}",
        "{what}: the peak needs {need:.0f} token/s, makes {have:.0f}",
    ),
    "term": ("{what}：需 {need:.1f} 小时，最长可租 {have:.0f}", "{what}: needs {need:.1f} h, leased for {have:.0f} at most"),
    "deadline": ("{what}：{need:.1f} 小时后完成，期限只剩 {have:.1f}", "{what}: done in {need:.1f} h, {have:.1f} h left"),
    "budget": ("{what}：需 ¥{need:,.2f}，预算 ¥{have:,.2f}", "{what}: ¥{need:,.2f}, budget ¥{have:,.2f}"),
    "dear": (
        "{what}：¥{need:,.2f}，其他方案只要 ¥{have:,.2f}",
        "{what}: ¥{need:,.2f}, others do it for ¥{have:,.2f}",
    ),
    "stock": ("{what}：需 {need:.0f} 张，空闲 {have:.0f} 张", "{what}: needs {need:.0f} cards, {have:.0f} free"),
    "region": ("{what}：{have:.0f} 个报价都不在所要的地区", "{what}: none of {have:.0f} offers lies where it is wanted"),
    "domestic": ("{what}：非国产卡（{have:.0f} 个报价）", "{what}: not a domestic card ({have:.0f} offers)"),
    "model": ("{what}：不是所点的型号（{have:.0f} 个报价）", "{what}: not a model that was asked for ({have:.0f} offers)"),
    "unknown": ("{what}：型号不在目录中（{have:.0f} 个报价）", "{what}: not in the catalogue ({have:.0f} offers)"),
}  # fmt: skip


# In the order in which they are found out: whatever fails late had passed everything before.
_STAGES: tuple[tuple[FailureKind, ...], ...] = (
    ("memory",),
    ("ttft", "tpot", "capacity"),
    ("dear",),
    ("term", "deadline", "budget"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """`what` names the hardware of `cards` or a slice; it needs `need` where there is `have`, in the unit of the kind's line."""

    kind: FailureKind
    what: str
    need: float
    have: float
    cards: int = 1
    share_milli: int = 1000

    @property
    def factor(self) -> float:
        """How far off it is: one is just enough."""
        return self.need / max(self.have, 1e-9)

    @property
    def stage(self) -> int:
        """How far the hardware came before it failed."""
        return next((i for i, kinds in enumerate(_STAGES) if self.kind in kinds), -1)

    @property
    def text(self) -> Text:
        zh, en = _LINES[self.kind]
        values = {"what": self.what, "need": self.need, "have": self.have}
        return Text(zh.format(**values), en.format(**values))
