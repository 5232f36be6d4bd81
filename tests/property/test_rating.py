"""Rating: the parts make the whole, the ceiling holds, nothing is charged for nothing."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal
from suanshi.kit.units import BasisPoints, MilliCardSeconds
from suanshi.rating.charge import Charge, Terms, ceiling, charge
from suanshi.rating.line import WORDS, Cause, Line
from suanshi.rating.plan import CardSecond, read_plan
from suanshi.rating.share import Receiver, Shares

FEN = 10_000


@st.composite
def _terms(draw: st.DrawFn) -> Terms:
    points = draw(st.lists(st.integers(0, 2500), min_size=4, max_size=4))
    shares = Shares(
        "2026-11",
        BasisPoints(points[0]),
        BasisPoints(points[1]),
        (("pty_a", BasisPoints(points[2])), ("pty_b", BasisPoints(points[3]))),
    )
    price, minimum = draw(st.integers(0, 10**11)), draw(st.integers(0, 10**7))
    return Terms(CardSecond(Money(price)), Money(minimum), shares)


_used = st.integers(0, 10**10).map(MilliCardSeconds)


@settings(deadline=None, max_examples=200)
@given(_terms(), _used, st.booleans(), st.none() | st.integers(0, 10**12).map(Money))
def test_lines_and_parts_make_the_whole(terms, used, chargeable, at_most):
    bill = charge(terms, used, chargeable, at_most)
    assert sum(line.amount.micro for line in bill.lines) == bill.total.micro
    assert sum(part.amount.micro for part in bill.parts) == bill.total.micro
    assert all(part.amount.micro > 0 for part in bill.parts)
    if not chargeable:
        assert not bill.total
    elif at_most is None:
        exact = Fraction(terms.plan.price.micro * used, 3_600_000)
        assert bill.total.micro == max(terms.minimum.micro, int(exact + Fraction(1, 2)))
    else:
        assert bill.total <= at_most


@settings(deadline=None, max_examples=200)
@given(_terms(), st.integers(1, 512), st.integers(1, 1000), st.integers(1, 10**6), st.data())
def test_use_within_what_was_asked_never_costs_more_than_the_ceiling(terms, cards, share, seconds, data):
    most = cards * share * seconds
    used = data.draw(st.integers(0, most))
    more = data.draw(st.integers(used, most))
    costs = [charge(terms, MilliCardSeconds(n)).total for n in (used, more)]
    assert costs[0] <= costs[1] <= ceiling(terms, cards, share, seconds)


@settings(deadline=None, max_examples=100)
@given(_terms())
def test_terms_survive_being_kept(terms):
    assert Terms.read(json.loads(json.dumps(terms.snapshot()))) == terms


def test_a_bill_a_person_can_check():
    terms = Terms.per_card_hour(Money.of("3.60"), Money.of("0.01"), BasisPoints(800))
    bill = charge(terms, MilliCardSeconds(90_500))  # 90.5 seconds of one card
    assert bill.total == Money.of("0.0905")
    assert {part.receiver: part.amount for part in bill.parts} == {
        Receiver.SUPPLIER: Money.of("0.08326"),
        Receiver.OPERATOR: Money.of("0.00724"),
    }
    assert [line.cause for line in bill.lines] == [Cause.CARD_TIME]


def test_each_cause_is_shown():
    terms = Terms.per_card_hour(Money.of("3.60"), Money.of("0.01"), BasisPoints(800))
    short = charge(terms, MilliCardSeconds(1000))
    assert [(line.cause, line.amount.micro) for line in short.lines] == [(Cause.CARD_TIME, 1000), (Cause.MINIMUM, 9000)]
    over = charge(terms, MilliCardSeconds(100_000), at_most=Money.of("0.09"))
    assert [(line.cause, line.amount.micro) for line in over.lines] == [(Cause.CARD_TIME, 100_000), (Cause.CEILING, -FEN)]
    lost = charge(terms, MilliCardSeconds(100_000), chargeable=False)
    assert [line.cause for line in lost.lines] == [Cause.CARD_TIME, Cause.NOT_CHARGEABLE]
    assert lost.parts == ()
    assert set(WORDS) == set(Cause)


@pytest.mark.parametrize(
    ("cards", "share", "seconds", "field"),
    [
        (0, 1000, 60, "cards"),
        (-8, 1000, 60, "cards"),
        (1, 0, 60, "share_milli"),
        (1, 1001, 60, "share_milli"),
        (1, 1000, 0, "seconds"),
        (1, 1000, -5, "seconds"),
        (10**9, 1000, 10**15, "seconds"),
    ],
)
def test_quantities_that_cannot_be_are_refused(cards, share, seconds, field):
    terms = Terms.per_card_hour(Money.of("3.60"), Money.of("0.01"), BasisPoints(800))
    with pytest.raises(Refusal) as refused:
        ceiling(terms, cards, share, seconds)
    assert refused.value.where == field


@pytest.mark.parametrize(
    "build",
    [
        lambda: CardSecond(Money(-1)),
        lambda: Terms(CardSecond(Money(1)), Money(-1), Shares("1")),
        lambda: Terms(CardSecond(Money(1)), Money(1, "USD"), Shares("1")),
        lambda: Shares("1", BasisPoints(-1)),
        lambda: Shares("1", BasisPoints(9000), BasisPoints(1001)),
        lambda: Shares("1", partners=(("pty_a", BasisPoints(1)), ("pty_a", BasisPoints(2)))),
        lambda: read_plan({"kind": "by-the-moon"}),
    ],
)
def test_terms_that_cannot_be_are_refused(build):
    with pytest.raises(Refusal):
        build()


@pytest.mark.parametrize(("total", "line"), [(5, 4), (-1, -1)])
def test_a_charge_that_does_not_add_up_cannot_be_built(total, line):
    parts = Shares("1").split(Money(total))
    with pytest.raises(ValueError, match=r"add up|never negative"):
        Charge((Line(Cause.CARD_TIME, Money(line)),), Money(total), parts, "1")
