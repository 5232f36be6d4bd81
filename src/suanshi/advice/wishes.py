"""What a buyer wants besides the work itself: at most so much money, by then, there, and only on such cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Preference = Literal["balanced", "cheapest", "fastest", "greenest"]
BudgetPeriod = Literal["", "hour", "day", "month", "card-hour"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """Every field is a filter or a preference; its default asks for nothing.

    budget_micro    at most so many micro-yuan, in all ("" in budget_per) or per hour, day, month or card-hour
    deadline        the work is done, or the service up, by this moment (aware)
    cards           exactly so many cards; None lets advice choose
    accelerators    only these catalogue ids
    domestic_only   only cards designed in China
    regions         only sites there: province or city in Chinese or English, matched as a part of the offer's region
    not_regions     no sites there
    prefer          which plan is put first
    interruptible   spot and idle capacity may be used
    whole_cards     no shares of a card
    hours           how long the cards are wanted, where the work itself has no end
    """

    budget_micro: int | None = None
    budget_per: BudgetPeriod = ""
    deadline: datetime | None = None
    cards: int | None = None
    accelerators: tuple[str, ...] = ()
    domestic_only: bool = False
    regions: tuple[str, ...] = ()
    not_regions: tuple[str, ...] = ()
    prefer: Preference = "balanced"
    interruptible: bool = True
    whole_cards: bool = False
    hours: float | None = None
