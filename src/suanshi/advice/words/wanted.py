"""Turns what was said of money, time, place and hardware into wishes, and catches the impossible ones."""

from __future__ import annotations

import re
from datetime import datetime
from typing import cast

from suanshi.advice.wishes import BudgetPeriod, Preference, Wishes
from suanshi.advice.words.deadline import CHINA
from suanshi.advice.words.notes import Notes
from suanshi.advice.words.parsed import Named
from suanshi.advice.words.places import places
from suanshi.advice.words.said import Said
from suanshi.advice.workload import Layout
from suanshi.catalog.accelerator import accelerators
from suanshi.kit.money import LIMIT, MICRO
from suanshi.kit.refusal import Text

_PREFERENCES: tuple[tuple[Preference, str], ...] = (
    ("cheapest", r"最便宜|省钱|便宜点|越便宜越好|cheapest|as cheap as|save money|low[\s\-]cost"),
    ("fastest", r"尽快|最快|越快越好|加急|asap|as soon as|fastest|as fast as|urgent"),
    ("greenest", r"绿电|绿色|低碳|节能|省电|green|low[\s\-]carbon|least energy"),
)
_DOMESTIC = r"国产|信创|自主可控|domestic(?:ally)?|chinese (?:chips?|cards?|accelerators?)|china[\s\-]made"
_NOT_DOMESTIC = r"(?:不要|不用|非|除)\s*国产|no domestic|not domestic"
_NO_SPOT = (
    r"不(?:能|要|可|接受)(?:被)?(?:中断|抢占|竞价)|不可中断|"
    r"no (?:spot|interruptions?)|non[\s\-]?(?:preemptible|interruptible)|not (?:preemptible|interruptible)"
)
_WHOLE = r"独占|整卡|整张|裸金属|dedicated|whole cards?|bare[\s\-]?metal|exclusive"


def wishes(said: Said, now: datetime, notes: Notes) -> Wishes:
    """What the buyer asks for besides the work. A wish that cannot be read is asked about, not dropped."""
    budget, per = _budget(said, notes)
    wanted, unwanted = places(said.text)
    whole = [count for count in said.counts if count >= 1]
    domestic = bool(re.search(_DOMESTIC, said.text)) and not re.search(_NOT_DOMESTIC, said.text)
    if domestic and said.cards and not any(accelerators()[m.id].domestic for m in said.cards):
        notes.ask(
            "accelerators",
            "contradiction",
            f"要求国产卡，却点名了 {said.cards[0].id}；先按国产筛选",
            f"domestic cards are asked for, yet {said.cards[0].id} is named; domestic ones are used",
        )
    return Wishes(
        budget_micro=budget,
        budget_per=per,
        deadline=_deadline(said, now, notes),
        cards=min(int(whole[0]), 1_000_000) if whole else None,
        accelerators=() if domestic and said.cards else _accelerators(said),
        domestic_only=domestic,
        regions=wanted,
        not_regions=unwanted,
        prefer=next((name for name, rule in _PREFERENCES if re.search(rule, said.text)), "balanced"),
        interruptible=not re.search(_NO_SPOT, said.text),
        whole_cards=bool(re.search(_WHOLE, said.text)),
        hours=said.rent_seconds / 3600 if said.rent_seconds else None,
    )


def _accelerators(said: Said) -> tuple[str, ...]:
    """Every id the words fit: "A100" alone is any A100, a vendor alone is any card of theirs."""
    if not said.cards:
        return tuple(card.id for card in accelerators().values() if card.vendor in said.vendors)
    return tuple(dict.fromkeys(id_ for mention in said.cards for id_ in (mention.id, *mention.others)))


def _budget(said: Said, notes: Notes) -> tuple[int | None, BudgetPeriod]:
    if not said.budgets:
        return None, ""
    amounts = {(amount, currency, per) for amount, currency, per in said.budgets}
    if len(amounts) > 1:
        shown = " / ".join(f"{amount:g} {currency}" for amount, currency, _ in said.budgets)
        notes.ask(
            "budget",
            "contradiction",
            f"出现了多个金额（{shown}），先按第一个",
            f"several amounts are named ({shown}); the first is used",
        )
    amount, currency, per = said.budgets[0]
    if currency != "CNY":
        notes.ask(
            "budget",
            "vague",
            "预算请用人民币给出；外币预算未作筛选条件",
            "State the budget in yuan; one in another currency does not filter",
        )
        return None, ""
    if amount <= 0:
        notes.ask(
            "budget",
            "impossible",
            "预算为 0，没有可购买的方案；列出的是需要多少钱",
            "A budget of zero buys nothing; what is listed shows what it would take",
        )
    return min(round(amount * MICRO), LIMIT), cast(BudgetPeriod, per)


def _deadline(said: Said, now: datetime, notes: Notes) -> datetime | None:
    if not said.deadlines:
        return None
    moments = {deadline.at for deadline in said.deadlines}
    if len(moments) > 1:
        shown = " / ".join(f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" for at in sorted(moments))
        notes.ask(
            "deadline",
            "contradiction",
            f"出现了多个期限（{shown}），先按最早的",
            f"several deadlines are named ({shown}); the earliest is used",
        )
    earliest = min(said.deadlines, key=lambda d: d.at)
    if earliest.read_as:
        notes.assumptions.append(earliest.read_as)
    if earliest.at <= now:
        notes.ask(
            "deadline",
            "impossible",
            f"期限 {earliest.at.astimezone(CHINA):%Y-%m-%d %H:%M} 已经过去，请给一个将来的时间",
            f"the deadline {earliest.at.astimezone(CHINA):%Y-%m-%d %H:%M} has passed; give one that lies ahead",
        )
    return earliest.at


def named(said: Said, notes: Notes) -> Named | None:
    """The hardware a text names itself, for questions like "8 of these: how long?"."""
    for name in said.unknown_cards:
        notes.ask("accelerators", "unknown", f"目录里没有型号 {name}", f"the catalogue has no accelerator {name}")
    if any(count <= 0 for count in said.counts):
        notes.ask("cards", "impossible", "卡数必须大于 0", "the number of cards must be above zero", blocking=True)
    if len(said.cards) > 1:
        shown = ", ".join(mention.id for mention in said.cards)
        notes.ask(
            "accelerators",
            "contradiction",
            f"提到了多种卡（{shown}），都会比较",
            f"several accelerators are named ({shown}); all are compared",
        )
    if not said.cards:
        return None
    mention = said.cards[0]
    if mention.others:
        notes.assumptions.append(
            Text(f"未说明具体型号，按 {mention.id} 计", f"the exact variant is not said: {mention.id} is taken")
        )
    whole = [count for count in said.counts if count >= 1]
    share = said.share or next((count for count in said.counts if 0 < count < 1), 1.0)
    return Named(mention.id, min(int(whole[0]), 1_000_000) if whole else None, share, said.slice_gib, _layout(said))


def _layout(said: Said) -> Layout | None:
    if not said.layout and said.zero is None:
        return None
    degrees = {name: max(degree, 1) for name, degree in said.layout.items()}
    # Where only the plain replica count is given, the optimiser is taken as stated or sharded as the layout's default.
    return Layout(**degrees, **({} if said.zero is None else {"zero": said.zero}))
