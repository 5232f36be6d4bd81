"""Bills, top-ups and reconciliation runs: kept as issued, confirmed once, one a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from suanshi.db.engine import Database
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal, Text
from suanshi.kit.units import MilliCardSeconds
from suanshi.settlement import period, store
from suanshi.settlement.bill import Bill, BillLine, Portion
from suanshi.settlement.reconcile import Difference
from suanshi.settlement.store import Reconciliation
from suanshi.settlement.topup import Topup, TopupState

T0 = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)  # one second before December begins in Beijing


def bill(n: int = 1, at: datetime = T0) -> Bill:
    used = BillLine("card-time", Text("算力使用时长", "Time used"), Money(90_500), 90_500, Money.of("3.6"))
    least = BillLine("minimum", Text("补足最低消费", "Made up"), Money(9_500))
    return Bill(
        id=f"bil_{n}",
        order=f"ord_{n}",
        buyer="pty_b",
        buyer_name="芜湖<实验室>",
        supplier="pty_s",
        supplier_name="算力中心",
        title="A100 · 整卡",
        site="一号机房",
        accelerator="A100-SXM-80G",
        cards=1,
        share_milli=1000,
        outcome="succeeded",
        started_at=at - timedelta(seconds=91),
        ended_at=at,
        issued_at=at,
        metered=MilliCardSeconds(90_500),
        lines=(used, least),
        total=Money(100_000),
        held=Money(360_000),
        portions=(
            Portion("supplier", Money(90_000)),
            Portion("operator", Money(8_000)),
            Portion("partner", Money(2_000), "pty_p"),
        ),
        shares="2026-11",
    )


def test_a_bill_comes_back_as_issued_and_there_is_one(db: Database):
    db.write(store.add_bill, bill())
    assert db.read(store.bill_of, "ord_1") == bill()
    assert db.read(store.bill_of, "ord_2") is None
    assert db.read(store.bills, ["ord_1", "ord_2"]) == {"ord_1": bill()}
    with pytest.raises(IntegrityError):
        db.write(store.add_bill, replace(bill(), id="bil_other"))


def test_a_month_is_beijings(db: Database):
    db.write(store.add_bill, bill(1, T0))
    db.write(store.add_bill, bill(2, T0 + timedelta(seconds=1)))
    found = {m: [b.order for b in db.read(store.earned, "pty_s", period.month(m))] for m in ("2026-11", "2026-12", "2027-01")}
    assert found == {"2026-11": ["ord_1"], "2026-12": ["ord_2"], "2027-01": []}
    assert db.read(store.earned, "pty_b", period.month("2026-11")) == []


def topup(id_: str, party: str = "pty_b") -> Topup:
    return Topup(id_, party, "实验室", "mem_1", Money.of("12.34"), TopupState.REQUESTED, T0)


def test_a_topup_is_confirmed_once(db: Database):
    for id_, party in (("top_1", "pty_b"), ("top_2", "pty_c"), ("top_3", "pty_b")):
        db.write(store.add_topup, topup(id_, party))
    confirmed = db.write(store.confirm_topup, "top_1", "mem_op", T0)
    assert confirmed == replace(topup("top_1"), state=TopupState.CONFIRMED, confirmed_by="mem_op", confirmed_at=T0)
    assert db.write(store.confirm_topup, "top_1", "mem_other", T0 + timedelta(days=1)) is None
    assert db.read(store.topup, "top_1") == confirmed
    with pytest.raises(Refusal, match="not-found"):
        db.write(store.confirm_topup, "top_9", "mem_op", T0)
    assert [t.id for t in db.read(store.topups, "pty_b")] == ["top_3", "top_1"]
    assert [t.id for t in db.read(store.topups, None, TopupState.REQUESTED)] == ["top_3", "top_2"]
    assert [t.id for t in db.read(store.topups, None, None, "top_3", 1)] == ["top_2"]


@pytest.mark.parametrize("amount", ["0", "-1", "100000000.01", "0.001"])
def test_a_topup_that_cannot_be_is_refused(amount: str):
    with pytest.raises(Refusal) as refused:
        replace(topup("top_1"), amount=Money.of(amount))
    assert refused.value.where == "amount"


def test_a_day_has_one_daily_run_and_as_many_others_as_asked_for(db: Database):
    found = (Difference("ord_1", "unbilled", Text("未出账", "Not billed")),)
    first = Reconciliation("rec_1", date(2026, 11, 3), T0, None, 4, found)
    assert db.read(store.daily, first.day) is None
    assert db.write(store.add_reconciliation, first) == first
    assert db.write(store.add_reconciliation, replace(first, id="rec_2", differences=())) == first
    asked = replace(first, id="rec_3", asked_by="mem_op", differences=())
    assert db.write(store.add_reconciliation, asked) == asked
    assert db.read(store.reconciliations) == [asked, first]
    assert db.read(store.reconciliations, "rec_3", 5) == [first]
