"""What a seller's class of cards is like and what a buyer needs of it, as plain values that rules compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from suanshi.kit.refusal import Text

Kind = Literal["dsa", "gpu", "cpu"]
Together = Literal["site", "group", "node"]

ISOLATION = ("shared", "time-sliced", "partition", "card", "node")
"""Isolation classes from the weakest to the strongest; a stronger one serves a weaker wish."""

TOGETHER: tuple[Together, ...] = ("site", "group", "node")
DAY = 24
CHINA_TIME = 8
"""Hours ahead of UTC: the caps of a site are stated in the local time of day, and China keeps one time."""
LATENCY_US_PER_KM = 15
"""Round trip over fibre: 5 microseconds a km each way, on a route half as long again as the great circle."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One class of equal cards at one site, as it stands now. Money in micro-yuan, times in epoch seconds."""

    id: str
    site: str
    supplier: str
    accelerator: str
    kind: Kind = "gpu"
    price: int = 0  # micro-yuan per card-hour
    # what the card is
    memory_gib: int = 0
    fp16_tflops: int = 0
    precisions: frozenset[str] = frozenset()
    software: frozenset[str] = frozenset()
    vendor_country: str = ""
    watts: int = 0
    pace_bp: int = 10_000  # how fast it runs the work, against the time stated in the need
    # how much of it is free
    free: int = 0  # whole cards in the class
    same_group: int = 0  # the largest number within one node group
    same_node: int = 0
    free_share: int = 0  # milli-cards: the largest share free on one opened card
    share_step: int = 1000  # milli-cards: 1000 means whole cards only
    accepting: bool = True  # verified, and not cordoned or in maintenance
    available_at: int = 0
    # where it is and what surrounds it
    country: str = "CN"
    region: str = ""
    tier: str = "cloud"
    latitude: float = 0.0
    longitude: float = 0.0
    access_us: int = 0  # round trip from its city's exchange
    fabric: str = "ethernet"
    fabric_gbps: int = 0
    pue_bp: int = 10_000
    green_bp: int = 0
    cabinet_watts: tuple[int, ...] = ()  # headroom by local hour of day; empty = no cap
    site_watts: tuple[int, ...] = ()  # likewise, at the meter (cooling included)
    # terms
    isolation: str = "card"
    oversubscribed: bool = False
    trust: int = 0
    vouchers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """What one buyer needs. Every field left alone asks for nothing, and its rule admits everyone."""

    milli: int = 1000  # milli-cards: below 1000 a share of one card, above it whole cards
    seconds: int = 3600
    now: int = 0
    start: int | None = None  # begins then; None = as soon as the class is available
    finish_by: int | None = None
    accelerators: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    software: frozenset[str] = frozenset()  # any one of them will do
    precisions: frozenset[str] = frozenset()  # all of them are needed
    vendor_countries: frozenset[str] = frozenset()
    min_memory_gib: int = 0
    min_fp16_tflops: int = 0
    together: Together = "site"
    fabrics: frozenset[str] = frozenset()
    min_fabric_gbps: int = 0
    sites: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    residency: frozenset[str] = frozenset()  # countries the data may rest in
    tiers: frozenset[str] = frozenset()
    near: tuple[float, float] | None = None  # latitude, longitude
    max_km: int | None = None
    max_latency_us: int | None = None
    min_isolation: str = "shared"
    accept_oversubscribed: bool = False
    min_trust: int = 0
    refused_suppliers: frozenset[str] = frozenset()
    voucher: str | None = None  # a programme that must be accepted there
    max_pue_bp: int | None = None
    min_green_bp: int = 0
    max_price: int | None = None  # micro-yuan per card-hour
    budget: int | None = None  # micro-yuan for the whole

    @property
    def cards(self) -> int:
        """Cards touched: a share touches one."""
        return -(-self.milli // 1000)


def lasts(need: Need, candidate: Candidate) -> int:
    """Seconds the work takes on this class."""
    return -(-need.seconds * 10_000 // max(candidate.pace_bp, 1))


def begins(need: Need, candidate: Candidate) -> int:
    return need.start if need.start is not None else max(need.now, candidate.available_at)


def costs(need: Need, candidate: Candidate) -> int:
    """Micro-yuan for the whole need on this class, rounded up so that a ceiling is never passed."""
    return -(-candidate.price * need.milli * lasts(need, candidate) // (1000 * 3600))


def hours_of_day(start: int, seconds: int) -> tuple[int, int]:
    """The local hours of the day a stretch of time touches, half-open and counted on past midnight: (23, 25)."""
    first = start // 3600 + CHINA_TIME
    last = (start + max(seconds, 1) - 1) // 3600 + CHINA_TIME
    return first % DAY, first % DAY + min(last - first + 1, DAY)


MOST_MILLI = 10**9  # a million cards
MOST_EPOCH = 10**11  # the year 5138
MOST_SECONDS = 100 * 366 * 86_400


def faults(need: Need, known: frozenset[str] | None = None) -> tuple[Text, ...]:
    """Why no class anywhere could ever satisfy this need: sizes out of range, unknown words, contradictions."""
    found: list[Text] = []

    def wrong(zh: str, en: str) -> None:
        found.append(Text(zh, en))

    if not 0 < need.milli <= MOST_MILLI:
        wrong("卡数必须为正数，且不超过一百万张", "the number of cards must be positive and at most a million")
    elif need.milli > 1000 and need.milli % 1000:
        wrong("超过一张卡时必须按整卡购买", "above one card only whole cards are sold")
    if not 0 < need.seconds <= MOST_SECONDS:
        wrong("时长必须为正数，且不超过一百年", "the duration must be positive and at most a hundred years")
    if not all(0 <= moment <= MOST_EPOCH for moment in (need.now, need.start or 0, need.finish_by or 0)):
        wrong("时间超出范围", "a time is out of range")
    if need.min_isolation not in ISOLATION:
        wrong(f"未知的隔离等级 {need.min_isolation}", f"unknown isolation class {need.min_isolation}")
    if need.together not in TOGETHER:
        wrong(f"未知的集中范围 {need.together}", f"unknown scope {need.together}")
    if unknown := need.kinds - {"dsa", "gpu", "cpu"}:
        wrong(f"未知的芯片类别 {_words(unknown)}", f"unknown kinds of chip {_words(unknown)}")
    if known is not None and (unknown := need.accelerators - known):
        wrong(f"目录中没有型号 {_words(unknown)}", f"the catalogue has no accelerator {_words(unknown)}")
    for limit, zh, en in ((need.max_price, "单价上限", "price ceiling"), (need.budget, "预算", "budget")):
        if limit is not None and limit < 0:
            wrong(f"{zh}不能为负", f"the {en} cannot be negative")
    earliest = need.start if need.start is not None else need.now
    if need.start is not None and need.start < need.now:
        wrong("开始时间已过", "the start has passed")
    if need.finish_by is not None and need.finish_by <= earliest:
        wrong("截止时间不晚于开始时间", "the deadline is not after the start")
    if need.max_km is not None and need.near is None:
        wrong("限定了距离，却没有给出地点", "a distance is limited, but from no place")
    if need.near is not None and not (abs(need.near[0]) <= 90 and abs(need.near[1]) <= 180):
        wrong("地点坐标超出范围", "the place is not on the earth")
    return tuple(found)


def _words(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
