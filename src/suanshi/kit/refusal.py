"""Every "no" the platform says: what is wrong, whose fault it is, whether anything was charged, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

Language = Literal["zh", "en"]


class Fault(StrEnum):
    """Who has to act: the party that asked, the supplier, or the platform."""

    ASKER = "asker"
    SUPPLIER = "supplier"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages of the product."""

    zh: str
    en: str

    def format(self, **values: Any) -> Text:
        return Text(self.zh.format(**values), self.en.format(**values))

    def in_(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table of refusals: what a code means, once and for all."""

    code: str
    status: int
    fault: Fault
    cause: Text
    next: Text


KINDS: dict[str, Kind] = {}


def kind(
    code: str,
    status: int,
    cause: tuple[str, str],
    next_: tuple[str, str],
    fault: Fault = Fault.ASKER,
) -> Kind:
    """Declare a refusal once; texts are (zh, en) and may hold `{named}` values. A code used twice raises ValueError."""
    if code in KINDS:
        raise ValueError(f"refusal code {code!r} is declared twice")
    KINDS[code] = Kind(code, status, fault, Text(*cause), Text(*next_))
    return KINDS[code]


@dataclass(eq=False)
class Refusal(Exception):
    """An answer of "no". `where` names the field or thing at fault; `charged` says whether money moved."""

    kind: Kind
    values: dict[str, Any] = field(default_factory=dict)
    where: str | None = None
    charged: bool = False
    reasons: tuple[Text, ...] = ()

    @property
    def code(self) -> str:
        return self.kind.code

    def cause(self, language: Language) -> str:
        return self.kind.cause.format(**self.values).in_(language)

    def next(self, language: Language) -> str:
        return self.kind.next.format(**self.values).in_(language)

    def __str__(self) -> str:
        return f"{self.code}: {self.cause('en')} {self.next('en')}"


def refuse(kind: Kind, where: str | None = None, reasons: tuple[Text, ...] = (), **values: Any) -> Refusal:
    """Shorthand: `raise refuse(EMPTY_WALLET, short=...)`."""
    return Refusal(kind, values, where, reasons=reasons)


INVALID = kind(
    "invalid",
    422,
    ("{where}：{what}。", "{where}: {what}."),
    ("请更正后重新提交；没有任何改动。", "Correct it and send it again; nothing was changed."),
)
NOT_FOUND = kind(
    "not-found",
    404,
    ("找不到{thing_zh} {id}。", "There is no {thing} {id}."),
    ("请检查编号，或确认您有权查看。", "Check the identifier, and that it belongs to your party."),
)


def invalid(where: str, zh: str, en: str) -> Refusal:
    """A value that cannot be accepted: `where` is the field, the sentences say what is wrong with it."""
    # The two languages differ only in `what`, so the kind's texts are filled one by one.
    filled = Kind(
        INVALID.code,
        INVALID.status,
        INVALID.fault,
        Text(_as_is(INVALID.cause.zh.format(where=where, what=zh)), _as_is(INVALID.cause.en.format(where=where, what=en))),
        INVALID.next,
    )
    return Refusal(filled, where=where)


def _as_is(text: str) -> str:
    """Text in which braces, which may come from what was sent to us, are not places to be filled."""
    return text.replace("{", "{{").replace("}", "}}")


_THINGS = {
    "accelerator": "型号",
    "closure": "停用",
    "file": "文件",
    "key": "密钥",
    "lease": "租约",
    "offer": "商品",
    "order": "订单",
    "party": "机构",
    "quote": "报价单",
    "site": "站点",
    "topup": "充值单",
}


def not_found(thing: str, id_: str) -> Refusal:
    return Refusal(NOT_FOUND, {"thing": thing, "thing_zh": _THINGS.get(thing, thing), "id": id_})
