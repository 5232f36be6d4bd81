"""Tries the market's hardware from small to large and keeps every option worth a look, without sizing what cannot win."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from suanshi.advice.failure import Failure
from suanshi.advice.frame import IDLE_POWER, Estimator, Frame, Shape, Sized, least_bytes, load, size, strain
from suanshi.advice.front import Aims, front
from suanshi.advice.market import SPOT_ALLOWANCE, MarketOffer, Term, price, stretched, voucher
from suanshi.advice.wishes import Wishes
from suanshi.kit.money import MICRO
from suanshi.kit.units import GIB

JOULES_PER_KWH = 3.6e6
# kg of CO2 per kWh: China's mean of 2022 (Ministry of Ecology and Environment), and wind and solar over their lives (IPCC).
GRID_KG, GREEN_KG = 0.5366, 0.03
_DOUBLINGS = 7  # beyond the smallest number of cards that does the work
_ROUGH = 2.5  # physics alone errs by less than this factor in a delay
_CLOSE = 1.15  # and by less than this once a class has shown by how much
_SURE = 1.5  # times slower by physics is slower for sure
_DEAR = 3.0  # times the cheapest: nobody pays so much for the same service
_FABRICS = (1.25, 12.5, 25.0, 50.0)  # GB/s of one card
_SETTLED = 20.0  # set-ups that work lasts on a whole card when setting up no longer matters
_SLACK = 0.97  # a larger number of cards may use each card a little better, never by more than this


@dataclass(frozen=True, slots=True)
class Option:
    """One shape bought at one offer under one term. `wait` and `wall` are seconds from now to the start, and of the work."""

    sized: Sized
    offer: MarketOffer
    term: Term
    per_hour_micro: int
    price_micro: int
    voucher_micro: int
    wait: float
    wall: float
    kwh: float
    co2: float

    @property
    def price_seconds(self) -> float:
        """Seconds that are paid for: rest between off-peak hours is not, work that spot makes repeat is."""
        return self.sized.seconds * (SPOT_ALLOWANCE if self.term == "spot" else 1.0)

    @property
    def pay(self) -> int:
        return self.price_micro - self.voucher_micro

    @property
    def done(self) -> float:
        """Seconds from now to the end of the work."""
        return self.wait + self.wall


@dataclass(slots=True)
class Class:
    """Offers of one accelerator that differ in nothing an estimate sees, with what was found for them."""

    base: Shape
    offers: list[MarketOffer]
    options: list[Option] = field(default_factory=list)
    failures: dict[str, Failure] = field(default_factory=dict)  # of each kind the one that is least off

    def fail(self, failure: Failure) -> None:
        known = self.failures.get(failure.kind)
        if known is None or failure.factor < known.factor:
            self.failures[failure.kind] = failure

    @property
    def most(self) -> int:
        """Cards the largest order can have."""
        return max(min(offer.free_cards, offer.max_cards) for offer in self.offers)


def classes(offers: Sequence[MarketOffer]) -> list[Class]:
    """Offers grouped by everything that changes an estimate; links between nodes are rounded down to a class."""
    found: dict[Shape, Class] = {}
    for offer in offers:
        base = Shape(offer.accelerator, 1, 1000, offer.memory_gib, offer.per_node, _rounded(offer.fabric_gb_s))
        found.setdefault(base, Class(base, [])).offers.append(offer)
    return list(found.values())


def _value(kind: Class) -> float:
    """Price of arithmetic: classes that give most of it for the money are looked at first."""
    return min(offer.price_micro for offer in kind.offers) / (kind.base.card.gflops("bf16") or 1e4)


def _rounded(fabric: float | None) -> float:
    """Links between nodes in classes (10, 100, 200 and 400 Gb/s), so that few estimates serve many sites."""
    if fabric is None:
        return 25.0
    return max((speed for speed in _FABRICS if speed <= fabric), default=_FABRICS[0])


class Search:
    """One request's search: sizes shapes at most once and remembers the best options found so far."""

    def __init__(
        self, framed: Frame, wishes: Wishes, now: datetime, estimator: Estimator, physics: Estimator | None = None
    ) -> None:
        self.framed, self.wishes, self.now, self.estimator = framed, wishes, now, estimator
        self.physics = physics or estimator
        self._sizes: dict[Shape, Sized] = {}
        self._looks: dict[Shape, Sized] = {}
        self._best: list[Aims] = []

    def aims(self, option: Option) -> Aims:
        """Cost, time, energy, emissions. Endless work is never done: what counts as its time is that of a token."""
        time = option.done
        if self.framed.endless:
            token = option.sized.estimate.figures.get("tpot_ms")
            time = token.value if token else option.wait
        return (float(option.pay), time, option.kwh, option.co2)

    def sized(self, shape: Shape) -> Sized:
        if shape not in self._sizes:
            self._sizes[shape] = size(self.framed, shape, self.estimator)
        return self._sizes[shape]

    def look(self, shape: Shape) -> Sized:
        """The same by physics alone: exact in memory, rough in time, and many times quicker."""
        if shape not in self._looks:
            self._looks[shape] = size(self.framed, shape, self.physics)
        return self._looks[shape]

    def run(self, kinds: Sequence[Class]) -> None:
        """Fills in every class: first the smallest that works everywhere, then others where they may still win."""
        started = []
        for kind in sorted(kinds, key=_value):
            ladder = self._ladder(kind)
            started.append((kind, ladder, self._first(kind, ladder)))
        started.sort(key=lambda item: min((o.pay for o in item[0].options), default=0))
        for kind, ladder, first in started:
            self._slices(kind, first)
            # More cards never cost less, but they may be in time.
            if first and (kind.options or kind.failures.keys() & {"deadline", "term"}):
                self._climb(kind, [cards for cards in ladder if cards > first.shape.cards], first)

    def _ladder(self, kind: Class) -> list[int]:
        """Numbers of cards to try: one, two, four, ... or exactly what was asked for."""
        if self.wishes.cards is not None or kind.most < 1:
            wanted = self.wishes.cards or 1
            if wanted > kind.most:
                kind.fail(Failure("stock", kind.base.card.name, wanted, kind.most))
                return []
            return [wanted]
        counts = [2**i for i in range(kind.most.bit_length())]
        memory = self._memory(kind)
        # Far too few cards need no estimate; the largest number is kept, so that a refusal has its figure.
        return [c for c in counts[:-1] if c * memory * GIB >= 0.9 * least_bytes(self.framed.work)] + counts[-1:]

    def _memory(self, kind: Class) -> float:
        """GiB that come with one card."""
        return kind.base.card.memory_gib if kind.base.memory_gib is None else kind.base.memory_gib

    def _first(self, kind: Class, ladder: Sequence[int]) -> Sized | None:
        """The smallest number of cards that can do the work.

        Physics alone is asked first: it knows memory exactly, and delays up to a factor, which the first full estimate
        of a class tells for the rest of it.
        """
        before, ratio, bound = 0, 1.0, _ROUGH
        for cards in ladder:
            shape = _with(kind.base, cards)
            if self.framed.endless and (over := self._too_dear(shape, self._least_pay(kind, cards))):
                kind.fail(over)
                return None
            look = self.look(shape)
            if look.failure and look.failure.kind == "memory":
                kind.fail(look.failure)
                continue
            pressed = strain(self.framed, look.estimate)
            if pressed * ratio > bound and cards != ladder[-1]:
                continue
            if beaten := self._outdone(kind, look):
                kind.fail(beaten)
                continue
            sized = self.sized(shape)
            if sized.failure is None:
                self._offer(kind, sized)
                self._between(kind, before, cards)
                return sized
            kind.fail(sized.failure)
            before, bound = cards, _CLOSE
            ratio = strain(self.framed, sized.estimate) / pressed if pressed else 1.0
        return None

    def _least_pay(self, kind: Class, cards: int) -> int:
        """What so many cards cost over the horizon at least, after vouchers."""
        prices = ((o, price(o, o.price_micro, cards * 1000, self.framed.horizon or 0.0)) for o in kind.offers)
        return min(cost - voucher(offer, cost) for offer, cost in prices)

    def _too_dear(self, shape: Shape, cost: float) -> Failure | None:
        """What endless work costs is known before it is sized: beyond the budget or many times the cheapest, it is not."""
        if self.wishes.budget_micro is not None and self.wishes.budget_per != "card-hour":
            hours = {"hour": 1.0, "day": 24.0, "month": 720.0}.get(self.wishes.budget_per)
            spent = cost * min(hours * 3600 / (self.framed.horizon or 1.0), 1.0) if hours else cost
            if spent > self.wishes.budget_micro:
                return shape.failed("budget", spent / MICRO, self.wishes.budget_micro / MICRO)
        cheapest = min((best[0] for best in self._best), default=0.0)
        if cheapest and cost > _DEAR * cheapest:
            return shape.failed("dear", cost / MICRO, cheapest / MICRO)
        return None

    def _outdone(self, kind: Class, look: Sized) -> Failure | None:
        """A service that costs more than a known one, and by physics is slower by far, needs no full estimate."""
        token = look.estimate.figures.get("tpot_ms")
        if not self.framed.endless or token is None:
            return None
        cost = self._least_pay(kind, look.shape.cards)
        cheaper = [best[0] for best in self._best if best[0] <= cost and best[1] * _SURE <= token.value]
        return look.shape.failed("dear", cost / MICRO, min(cheaper) / MICRO) if cheaper else None

    def _between(self, kind: Class, low: int, high: int) -> None:
        """A service may do with a number of cards between two powers of two."""
        cheapest = min((best[0] for best in self._best), default=0.0)
        if not self.framed.endless or not low or self._least_pay(kind, low) > 1.5 * cheapest:
            return
        for _ in range(2):
            middle = (low + high) // 2
            if middle in (low, high):
                return
            sized = self.sized(_with(kind.base, middle))
            if sized.failure is None:
                self._offer(kind, sized)
                high = middle
            else:
                low = middle

    def _climb(self, kind: Class, ladder: Sequence[int], first: Sized) -> None:
        """More cards for less time, until doubling stops helping or nothing larger can be among the best."""
        if self.framed.endless:
            return
        last = first
        for cards in ladder[:_DOUBLINGS]:
            if self._hopeless(kind, last, cards * 1000):
                continue
            sized = self.sized(_with(kind.base, cards))
            if sized.failure:
                kind.fail(sized.failure)
                continue
            if sized.seconds > 0.97 * last.seconds:
                return
            self._offer(kind, sized)
            last = sized

    def _hopeless(self, kind: Class, first: Sized, milli: int) -> bool:
        """Whether more or less of a class, cost at best in proportion to its work, loses in cost and time already.

        In energy and emissions it has nothing to add: the same cards do the same work.
        """
        setup, ratio = self.framed.setup, milli / first.shape.milli
        work = max(first.seconds - setup, 0.0) * _SLACK / ratio
        able = [offer for offer in kind.offers if offer.free_cards * 1000 >= milli and offer.max_cards * 1000 >= milli]
        if not able or not self._best:
            return not able
        hourly = ((offer, min(per_hour for _, per_hour in offer.terms())) for offer in able)
        costs = ((offer, price(offer, per_hour, milli, setup + work)) for offer, per_hour in hourly)
        cost = min(cost - voucher(offer, cost) for offer, cost in costs)
        time = min(self._wait(offer, "on_demand") for offer in able) + setup + work
        return any(best[0] <= cost and best[1] <= time for best in self._best)

    def _slices(self, kind: Class, first: Sized | None) -> None:
        """Parts of one card, from the smallest piece sold by halves of the card."""
        if self.wishes.whole_cards or (self.wishes.cards or 1) != 1:
            return
        if first and not self.framed.endless and first.seconds > _SETTLED * self.framed.setup:
            return  # all that a slice saves is a part of the set-up
        pieces = {offer.share_milli * 2**i for offer in kind.offers if offer.free_cards for i in range(10)}
        least = 900 * least_bytes(self.framed.work) / GIB / max(self._memory(kind), 1e-9)
        for piece in sorted(p for p in pieces if max(least, 1) <= p < 1000):
            if first and not self.framed.endless and self._hopeless(kind, first, piece):
                continue
            shape = Shape(kind.base.accelerator, 1, piece, kind.base.memory_gib)
            look = self.look(shape)
            hard = look.failure and (look.failure.kind == "memory" or look.failure.factor > _ROUGH)
            sized = look if hard else self.sized(shape)
            if sized.failure:
                kind.fail(sized.failure)
            else:
                self._offer(kind, sized)

    def _offer(self, kind: Class, sized: Sized) -> None:
        """Prices a shape at every offer that has it, and keeps what the wishes allow and no other offer beats."""
        batch: list[Option] = []
        kwh = energy(self.framed, sized)
        for offer in kind.offers:
            if not _sells(offer, sized.shape):
                continue
            for term, per_hour in offer.terms():
                if term != "on_demand" and (self.framed.endless or not self.wishes.interruptible):
                    continue
                option = self._priced(sized, offer, term, per_hour, kwh)
                failure = self._against_wishes(option)
                if failure:
                    kind.fail(failure)
                else:
                    batch.append(option)
        if best := front(batch, self.aims):
            kind.options += best
            self._remember(self.aims(best[0]))
            self._remember(min(map(self.aims, best), key=lambda aims: aims[1]))

    def _remember(self, aims: Aims) -> None:
        """Keeps what is worth comparing a hope with: options no other remembered one beats."""
        if not any(_within(known, aims) for known in self._best):
            self._best = [known for known in self._best if not _within(aims, known)] + [aims]

    def _priced(self, sized: Sized, offer: MarketOffer, term: Term, per_hour: int, kwh: float) -> Option:
        again = SPOT_ALLOWANCE if term == "spot" else 1.0
        cost = price(offer, per_hour, sized.shape.milli, sized.seconds * again)
        drawn = kwh * again * offer.pue_milli / 1000
        green = offer.green_bp / 10_000
        return Option(
            sized=sized,
            offer=offer,
            term=term,
            per_hour_micro=per_hour,
            price_micro=cost,
            voucher_micro=voucher(offer, cost),
            wait=self._wait(offer, term),
            wall=stretched(offer, term, sized.seconds),
            kwh=drawn,
            co2=drawn * (GRID_KG * (1 - green) + GREEN_KG * green),
        )

    def _wait(self, offer: MarketOffer, term: Term) -> float:
        """Seconds until work can start."""
        if term != "off_peak" and offer.available_from is None:
            return 0.0
        return (offer.start(self.now, term) - self.now).total_seconds()

    def _against_wishes(self, option: Option) -> Failure | None:
        """The wish this option breaks, or None."""
        wishes, shape = self.wishes, option.sized.shape
        if option.wall > option.offer.max_seconds and not self.framed.endless:  # a service's lease can be renewed
            return shape.failed("term", option.wall / 3600, option.offer.max_seconds / 3600)
        if wishes.deadline is not None:
            need = option.wait + self.framed.setup if self.framed.endless else option.done
            have = (wishes.deadline - self.now).total_seconds()
            if need > have:
                return shape.failed("deadline", need / 3600, max(have, 0.0) / 3600)
        if wishes.budget_micro is not None and (spent := self._spent(option)) > wishes.budget_micro:
            return shape.failed("budget", spent / MICRO, wishes.budget_micro / MICRO)
        return None

    def _spent(self, option: Option) -> float:
        """What an option costs in the budget's own terms; work shorter than the period is paid once in it."""
        if self.wishes.budget_per == "card-hour":
            return float(option.per_hour_micro)
        length = {"hour": 1.0, "day": 24.0, "month": 720.0}.get(self.wishes.budget_per)
        hours = max(option.sized.seconds / 3600, 1e-9)
        return option.pay * min(length / hours, 1.0) if length else float(option.pay)


def _within(one: Aims, other: Aims) -> bool:
    return one[0] <= other[0] and one[1] <= other[1] and one[2] <= other[2] and one[3] <= other[3]


def _with(base: Shape, cards: int) -> Shape:
    """The class's shape with so many cards; inside one node the link between nodes is no matter."""
    if cards <= base.per_node:
        return Shape(base.accelerator, cards, 1000, base.memory_gib)
    return Shape(base.accelerator, cards, 1000, base.memory_gib, base.per_node, base.fabric_gb_s)


def _sells(offer: MarketOffer, shape: Shape) -> bool:
    """Whether this offer has the cards, whole or in such a piece, and as many to a node as was reckoned with."""
    if shape.share_milli < 1000:
        return offer.free_cards >= 1 and shape.share_milli % max(offer.share_milli, 1) == 0
    return shape.cards <= min(offer.free_cards, offer.max_cards)


def energy(framed: Frame, sized: Sized) -> float:
    """kWh that the cards draw, before the site's PUE."""
    found = sized.estimate
    joules = found.joules.value if found.joules and not framed.endless else found.watts.value * sized.seconds
    return joules * (IDLE_POWER + (1 - IDLE_POWER) * load(framed, found)) / JOULES_PER_KWH
