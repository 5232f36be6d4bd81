"""What a supplier lists: cards of one model at one site, with the price, the smallest piece, and the rules of the sale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from suanshi.catalog.when import AT_ONCE, When
from suanshi.kit.refusal import Refusal, invalid

MAX_CARDS = 4096
MAX_SECONDS = 366 * 24 * 3600
MAX_PRICE_MICRO = 100_000 * 1_000_000  # ¥100,000 a card-hour: beyond it somebody mistyped


class OfferState(StrEnum):
    LISTED = "listed"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Offer:
    """Price in micro-units per card-hour, all-in: CPU, memory, disk and tax included. `idle_price_micro` is the lower one
    of work that may be asked to leave (None: not sold so).

    `share_milli` is the smallest piece of one card sold (1000: whole cards only); `cpu_milli` and `memory_mib` come with
    each whole card, and in proportion with a share.
    """

    id: str
    supplier: str
    site: str
    title: str
    accelerator: str
    price_micro: int
    minimum_micro: int
    currency: str
    share_milli: int
    max_cards: int
    max_seconds: int
    cpu_milli: int
    memory_mib: int
    environments: tuple[str, ...]
    state: OfferState
    valid_from: datetime
    idle_price_micro: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What a buyer wants of one offer: `cards` pieces of `share_milli` each, for at most `seconds`, and when.

    `preemptible` work is sold at the idle price, and leaves when others pay the full one.
    """

    offer: str
    cards: int
    seconds: int
    share_milli: int = 1000
    when: When = AT_ONCE
    preemptible: bool = False


def check_ask(ask: Ask, offer: Offer) -> Refusal | None:
    """The first reason this offer cannot be sold as asked, or None."""
    if not 1 <= ask.cards <= offer.max_cards:
        return invalid("cards", f"应在 1 到 {offer.max_cards} 之间", f"must lie between 1 and {offer.max_cards}")
    if not 1 <= ask.seconds <= offer.max_seconds:
        return invalid("seconds", f"应在 1 到 {offer.max_seconds} 之间", f"must lie between 1 and {offer.max_seconds}")
    step = offer.share_milli
    if not 0 < ask.share_milli <= 1000 or ask.share_milli % step:
        return invalid("share_milli", f"应为 {step} 的倍数且不超过 1000", f"must be a multiple of {step}, at most 1000")
    if ask.share_milli < 1000 and ask.cards != 1:
        return invalid("share_milli", "切片一次只能买一份；整卡可多张", "a slice is sold one at a time; whole cards can be many")
    if ask.preemptible and offer.idle_price_micro is None:
        return invalid("preemptible", "该商品没有闲时价", "needs an offer with an idle price, and this one has none")
    return None
