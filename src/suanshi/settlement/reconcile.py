"""Once a day: was everything that was measured also priced, posted and billed, to the last micro-yuan, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from suanshi.kit.money import Money
from suanshi.kit.refusal import Text


@dataclass(frozen=True, slots=True)
class Facts:
    """What each room knows of one order, side by side; None where a room knows nothing.

    `rated` is the charge worked out afresh from what is metered now; `posted` is what the buyer's wallet really paid.
    """

    order: str
    state: str | None
    metered: int
    billed_quantity: int | None
    rated: Money | None
    posted: Money | None
    invoiced: Money | None
    charged: Money | None
    hold_open: bool


@dataclass(frozen=True, slots=True)
class Difference:
    order: str
    kind: str
    text: Text


SETTLED, REFUSED, ENDED = "settled", "refused", "ended"


def reconcile(orders: Iterable[Facts]) -> tuple[Difference, ...]:
    """Every way in which the rooms' facts about finished orders disagree; empty when all is well."""
    return tuple(difference for facts in orders for difference in _differences(facts))


def _differences(f: Facts) -> Iterator[Difference]:
    match f.state:
        case None:
            yield _of(
                f, "unknown-order", "已扣款 {a}，但没有这个订单", "{a} was taken for an order that does not exist", f.posted
            )
        case "settled":
            yield from _settled(f)
        case "refused":
            if f.posted or f.invoiced:
                yield _of(
                    f, "refused-charged", "订单未成立，却扣款 {a}", "It was refused, yet {a} was taken", f.posted or f.invoiced
                )
        case "ended":
            yield _of(f, "unbilled", "已结束，尚未出账（计量 {a}）", "It ended and has not been billed (metered {a})", f.metered)
        case _ if f.posted:
            yield _of(f, "early-charge", "尚未结束，却已扣款 {a}", "It has not ended, yet {a} was taken", f.posted)
    if f.state in (SETTLED, REFUSED) and f.hold_open:
        yield _of(f, "open-hold", "已了结，冻结仍未释放", "It is over, and its hold is still open")


def _settled(f: Facts) -> Iterator[Difference]:
    if f.invoiced is None:
        yield _of(f, "no-bill", "已结算，但没有账单", "It is settled without a bill")
        return
    if f.billed_quantity != f.metered:
        texts = ("计量 {a}，账单为 {b}（毫卡秒）", "{a} milli-card-seconds are metered, {b} are on the bill")
        yield _of(f, "metered-billed", *texts, f.metered, f.billed_quantity)
    pairs = (
        ("rated-billed", "应收 {a}，账单为 {b}", "{a} is due, the bill says {b}", f.rated),
        ("posted-billed", "实扣 {a}，账单为 {b}", "{a} was taken, the bill says {b}", f.posted or f.invoiced * 0),
        ("order-billed", "订单记 {a}，账单为 {b}", "The order says {a}, the bill says {b}", f.charged),
    )
    for kind, zh, en, amount in pairs:
        if amount != f.invoiced:
            yield _of(f, kind, zh, en, amount, f.invoiced)


def _of(f: Facts, kind: str, zh: str, en: str, a: object = None, b: object = None) -> Difference:
    return Difference(f.order, kind, Text(zh, en).format(a=a, b=b))
