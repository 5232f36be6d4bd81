"""Statements add up, pages show every cause, and reconciliation finds every disagreement and invents none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal, Text
from suanshi.kit.units import MilliCardSeconds
from suanshi.settlement import page, period
from suanshi.settlement.bill import Bill, BillLine, Portion
from suanshi.settlement.reconcile import Facts, reconcile
from suanshi.settlement.statement import supplier_statement, wallet_statement

T0 = datetime(2026, 11, 3, 8, tzinfo=UTC)


def bill(n: int = 1, total: int = 100_000, kept: int = 8_000, outcome: str = "succeeded", buyer: str = "芜湖<实验室>") -> Bill:
    line = BillLine("card-time", Text("算力使用时长", "Time of cards used"), Money(total), 90_500, Money.of("3.6"))
    return Bill(
        id=f"bil_{n}",
        order=f"ord_{n}",
        buyer="pty_b",
        buyer_name=buyer,
        supplier="pty_s",
        supplier_name="算力中心",
        title="A100 whole card",
        site="一号机房",
        accelerator="A100-SXM-80G",
        cards=1,
        share_milli=250,
        outcome=outcome,
        started_at=T0,
        ended_at=T0 + timedelta(seconds=91),
        issued_at=T0 + timedelta(seconds=92),
        metered=MilliCardSeconds(90_500),
        lines=(line,),
        total=Money(total),
        held=Money(total + 7),
        portions=(Portion("supplier", Money(total - kept)), Portion("operator", Money(kept))),
        shares="2026-11",
    )


_sales = st.lists(st.integers(1, 10**9).flatmap(lambda total: st.tuples(st.just(total), st.integers(0, total))), max_size=8)


@settings(deadline=None, max_examples=100)
@given(_sales)
def test_a_suppliers_statement_adds_up(sales):
    found = supplier_statement("pty_s", "中心", "2026-11", [bill(n, *sale) for n, sale in enumerate(sales)])
    assert found.gross == Money(sum(total for total, _ in sales))
    assert found.gross - found.commission - found.others == found.net
    assert all(e.gross - e.commission - e.others == e.net for e in found.earnings)


def test_currencies_have_statements_of_their_own():
    dollars = replace(bill(), lines=(), total=Money(0, "USD"), portions=(), held=Money(0, "USD"))
    assert supplier_statement("pty_s", "中心", "2026-11", [bill(), dollars]).gross == Money(100_000)
    assert len(supplier_statement("pty_s", "中心", "2026-11", [bill(), dollars], "USD").earnings) == 1


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**9), st.lists(st.integers(-(10**6), 10**6), max_size=8))
def test_a_wallet_statement_runs_from_opening_to_closing(opening, amounts):
    found = wallet_statement("pty_b", "实验室", "2026-11", Money(opening), [(T0, "order", "ord_1", Money(n)) for n in amounts])
    assert found.closing == Money(opening + sum(amounts))
    assert [c.after.micro for c in found.changes] == [opening + sum(amounts[: i + 1]) for i in range(len(amounts))]


@pytest.mark.parametrize("change", [{"total": Money(99)}, {"portions": ()}, {"lines": ()}])
def test_a_bill_that_does_not_add_up_cannot_be_built(change):
    with pytest.raises(ValueError, match="does not add up"):
        replace(bill(), **change)


def test_the_bill_shows_each_cause_in_both_languages_and_escapes_names():
    chinese, english = page.bill_page(bill(), "zh"), page.bill_page(bill(), "en")
    for text in (
        "账单",
        "算力使用时长",
        "90.5 卡秒",
        "¥3.60 /卡时",
        "¥0.10",
        "2026-11-03 16:00:00",
        "芜湖&lt;实验室&gt;",
        "25.0%",
        "成功",
    ):
        assert text in chinese
    for text in ("Bill", "Time of cards used", "90.5 card-seconds", "All-in price", "Succeeded", "Held at purchase"):
        assert text in english
    assert "<实验室>" not in chinese + english
    assert "src=" not in chinese, "the page needs nothing from elsewhere"
    assert "href=" not in chinese


def test_statement_pages():
    earned = supplier_statement("pty_s", "算力中心", "2026-11", [bill(1), bill(2, 50_000, 4_000)])
    found = page.supplier_page(earned, "en")
    assert "¥0.138" in found
    assert "−¥0.012" in found
    assert "本月没有记录" in page.supplier_page(supplier_statement("pty_s", "中心", "2026-10", []), "zh")
    moves = [(T0, "topup", "top_1", Money.of("1234.5")), (T0, "order", "ord_1", Money.of("-0.10"))]
    wallet = page.wallet_page(wallet_statement("pty_b", "实验室", "2026-11", Money(0), moves), "zh")
    assert all(text in wallet for text in ("充值", "订单消费", "¥1,234.50", "−¥0.10", "¥1,234.40"))


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=40), st.sampled_from(["zh", "en"]))
def test_any_name_can_stand_on_a_bill(name, language):
    shown = page.bill_page(bill(buyer=name, outcome="something new"), language)
    assert "something new" in shown
    assert shown.count("<script") == 0


@pytest.mark.parametrize(
    ("micro", "text"), [(0, "¥0.00"), (100_000, "¥0.10"), (1, "¥0.000001"), (-1_234_567_890_000, "−¥1,234,567.89")]
)
def test_money_as_printed(micro, text):
    assert page.money(Money(micro)) == text
    assert page.money(Money(micro, "XAU")) == text.replace("¥", "XAU ")


def test_months():
    for text in ("2026-13", "2026", "Nov", "", "2026-11-01"):
        with pytest.raises(Refusal) as refused:
            period.month(text)
        assert refused.value.where == "month"
    span = period.month("2026-12")
    assert span.end is not None
    assert period.month_of(span.start) == "2026-12"
    assert period.month_of(span.end) == "2027-01"
    assert period.day(period.day_of(T0)).contains(T0)


AGREED = Facts(
    order="ord_1",
    state="settled",
    metered=90_500,
    billed_quantity=90_500,
    rated=Money(100),
    posted=Money(100),
    invoiced=Money(100),
    charged=Money(100),
    hold_open=False,
)
FREE = replace(AGREED, rated=Money(0), posted=None, invoiced=Money(0), charged=Money(0))
REFUSED = Facts("ord_2", "refused", 0, None, None, None, None, Money(0), False)
RUNNING = Facts("ord_3", "running", 5000, None, None, None, None, Money(0), True)


def test_what_agrees_is_no_difference():
    assert reconcile([AGREED, FREE, REFUSED, RUNNING]) == ()


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        (replace(AGREED, metered=90_501), ["metered-billed"]),
        (replace(AGREED, rated=Money(101)), ["rated-billed"]),
        (replace(AGREED, posted=Money(99)), ["posted-billed"]),
        (replace(AGREED, posted=None), ["posted-billed"]),
        (replace(AGREED, charged=Money(0)), ["order-billed"]),
        (replace(AGREED, invoiced=Money(7)), ["rated-billed", "posted-billed", "order-billed"]),
        (replace(AGREED, invoiced=None), ["no-bill"]),
        (replace(AGREED, hold_open=True), ["open-hold"]),
        (replace(AGREED, state=None), ["unknown-order"]),
        (replace(REFUSED, posted=Money(5)), ["refused-charged"]),
        (replace(REFUSED, hold_open=True), ["open-hold"]),
        (replace(RUNNING, state="ended"), ["unbilled"]),
        (replace(RUNNING, posted=Money(5)), ["early-charge"]),
    ],
)
def test_every_disagreement_is_found_and_named(facts, kinds):
    found = reconcile([AGREED, facts])
    assert [d.kind for d in found] == kinds
    assert all(d.order == facts.order and d.text.zh and d.text.en for d in found)
