"""A live offer as advice sees it: which cards, how many are free, where, and what an hour costs under each term."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from suanshi.advice.words.deadline import CHINA
from suanshi.kit.money import round_half_up

Term = Literal["on_demand", "off_peak", "spot"]


@dataclass(frozen=True, slots=True)
class MarketOffer:
    """One supplier's offer at one site, with everything a plan has to know of it, as plain values.

    price_micro         micro-yuan per whole card and hour on demand, all-in; a share costs in proportion
    off_peak_micro      the same within the daily off-peak hours, `off_peak_from` to `off_peak_hours` later, China time
    spot_micro          the same for idle capacity that can be taken back
    free_cards          whole cards free from `available_from` (None: now) on; `max_cards` the most one order takes
    share_milli         the smallest piece of a card that is sold; 1000: whole cards only
    memory_gib          memory that comes with each card where the card has none of its own (CPU cores); None: the card's
    fabric_gb_s         one card's part of the link between nodes; `per_node` cards share a node's own link
    pue_milli, green_bp the site's PUE in thousandths and its share of green power
    voucher_micro       the most that this buyer's vouchers may pay here, and `voucher_bp` of the price at most
    """

    id: str
    supplier: str
    site: str
    region: str
    accelerator: str
    price_micro: int
    free_cards: int
    off_peak_micro: int | None = None
    off_peak_from: int = 0
    off_peak_hours: int = 8
    spot_micro: int | None = None
    minimum_micro: int = 0
    available_from: datetime | None = None
    max_cards: int = 4096
    max_seconds: int = 366 * 86400
    share_milli: int = 1000
    memory_gib: float | None = None
    isolation: str = "kernel"
    fabric: str = ""
    fabric_gb_s: float | None = None
    per_node: int = 8
    pue_milli: int = 1300
    green_bp: int = 0
    environments: tuple[str, ...] = ()
    voucher_micro: int = 0
    voucher_bp: int = 10_000

    def terms(self) -> Iterator[tuple[Term, int]]:
        """Ways to buy that this offer has, each with its price per card-hour."""
        yield "on_demand", self.price_micro
        if self.off_peak_micro is not None:
            yield "off_peak", self.off_peak_micro
        if self.spot_micro is not None:
            yield "spot", self.spot_micro

    def start(self, now: datetime, term: Term) -> datetime:
        """When work can begin: now, once cards are free, or when the next off-peak hours open."""
        ready = max(now, self.available_from) if self.available_from else now
        if term != "off_peak":
            return ready
        local = ready.astimezone(CHINA)
        for day in (-1, 0, 1):
            opens = datetime.combine(local.date() + timedelta(days=day), time(self.off_peak_from % 24), CHINA)
            if local < opens + timedelta(hours=self.off_peak_hours):
                return max(opens, local)
        return local


# Work on capacity that can be taken back repeats what was lost since its last checkpoint; the figure is an allowance.
SPOT_ALLOWANCE = 1.15


def stretched(offer: MarketOffer, term: Term, seconds: float) -> float:
    """Wall time of `seconds` of work under a term: spot repeats a part of it, off-peak rests outside its hours."""
    if term == "spot":
        return seconds * SPOT_ALLOWANCE
    window = offer.off_peak_hours * 3600
    if term == "off_peak" and 0 < window < 86400:
        nights = int(seconds // window)
        rest = seconds - nights * window
        return nights * 86400.0 + rest if rest else (nights - 1) * 86400.0 + window
    return seconds


def price(offer: MarketOffer, per_hour_micro: int, cards_milli: int, seconds: float) -> int:
    """Micro-yuan for thousandths of cards over `seconds`, rounded once; never below the offer's minimum."""
    charge = round_half_up(per_hour_micro * cards_milli * round(seconds), 1000 * 3600)
    return max(charge, offer.minimum_micro)


def voucher(offer: MarketOffer, price_micro: int) -> int:
    """What vouchers pay of a price: their share of it at most, and no more than is left of them."""
    return max(min(offer.voucher_micro, price_micro * offer.voucher_bp // 10_000), 0)
