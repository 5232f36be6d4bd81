"""Money is conserved: no posting can make it, and no sequence of operations can either."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suanshi.db.engine import Database
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal
from suanshi.ledger import books, store
from suanshi.ledger.account import cash, payable, revenue, tax, wallet
from suanshi.ledger.posting import Entry, Posting, transfer

T0 = datetime(2026, 11, 3, 8, tzinfo=UTC)
ACCOUNTS = [wallet("pty_a"), wallet("pty_b"), payable("pty_s"), revenue(), tax(), cash()]
_amounts = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6)


@settings(deadline=None, max_examples=200)
@given(_amounts)
def test_only_what_sums_to_zero_can_be_a_posting(amounts):
    entries = tuple(Entry(account, Money(n)) for account, n in zip(ACCOUNTS, amounts, strict=False))
    if sum(amounts) == 0 and all(amounts):
        posting = Posting("k", "test", "x", T0, entries)
        back = posting.undone("k2", T0)
        assert all((posting.of(a) + back.of(a)).micro == 0 for a in ACCOUNTS)
        assert back.corrects == posting.id
    else:
        with pytest.raises(ValueError, match=r"sum to zero|moves nothing"):
            Posting("k", "test", "x", T0, entries)


@pytest.mark.parametrize(
    "entries",
    [
        (),
        ((wallet("a"), Money(5)), (wallet("b", "USD"), Money(-5, "USD"))),
        ((wallet("a"), Money(5)), (wallet("a"), Money(-5))),
    ],
)
def test_other_impossible_postings(entries):
    with pytest.raises(ValueError, match="posting k"):
        Posting("k", "test", "x", T0, tuple(Entry(*entry) for entry in entries))


def test_an_entry_has_the_currency_of_its_account():
    with pytest.raises(ValueError, match="cannot stand in"):
        Entry(wallet("a"), Money(5, "USD"))


_party = st.sampled_from(["pty_a", "pty_b"])
_operation = st.one_of(
    st.tuples(st.just("topup"), _party, st.integers(1, 1000)),
    st.tuples(st.just("hold"), _party, st.integers(0, 800)),
    st.tuples(st.just("capture"), st.integers(0, 5), st.integers(1, 900)),
    st.tuples(st.just("release"), st.integers(0, 5), st.just(0)),
    st.tuples(st.just("fee"), _party, st.integers(1, 500)),
    st.tuples(st.just("undo"), st.integers(0, 5), st.just(0)),
    st.tuples(st.just("fold"), st.integers(1, 5), st.just(0)),
)


class _Model:
    """What the books should say, kept in two dictionaries, and a run number that keeps examples apart."""

    runs = 0

    def __init__(self, db: Database) -> None:
        _Model.runs += 1
        self.db, self.run = db, _Model.runs
        self.balance: dict[str, int] = {"pty_a": 0, "pty_b": 0}
        self.open: dict[str, tuple[str, int]] = {}
        self.posted: list[Posting] = []
        self.holds: list[str] = []

    def name(self, party: str) -> str:
        return f"{party}_{self.run}"

    def free(self, party: str) -> int:
        return self.balance[party] - sum(amount for owner, amount in self.open.values() if owner == party)

    def key(self) -> str:
        return f"{self.run}:{len(self.posted)}:{len(self.holds)}"

    def book(self, posting: Posting, party: str, change: int, allowed: bool) -> None:
        try:
            assert self.db.write(store.post, posting)
            assert allowed, f"{posting} should have been refused"
        except Refusal as refused:
            assert not allowed, refused
            return
        assert self.db.write(store.post, posting) is False
        self.posted.append(posting)
        self.balance[party] += change

    def topup(self, party: str, amount: int) -> None:
        posting = transfer(self.key(), "topup", party, T0, cash(), wallet(self.name(party)), Money(amount))
        self.book(posting, party, amount, allowed=True)

    def fee(self, party: str, amount: int) -> None:
        posting = transfer(self.key(), "fee", party, T0, wallet(self.name(party)), revenue(), Money(amount))
        self.book(posting, party, -amount, allowed=amount <= self.free(party))

    def hold(self, party: str, amount: int) -> None:
        try:
            id_ = self.db.write(store.hold, self.key(), self.name(party), Money(amount), T0)
        except Refusal as refused:
            assert refused.values["short"] == Money(amount - self.free(party))
            assert amount > self.free(party)
            return
        assert amount <= self.free(party)
        self.open[id_] = (party, amount)
        self.holds.append(id_)

    def capture(self, n: int, amount: int) -> None:
        if not self.holds:
            return
        id_ = self.holds[n % len(self.holds)]
        party, held = self.open.get(id_, ("pty_a", -1))
        taken = (Entry(wallet(self.name(party)), Money(-amount)), Entry(payable("pty_s"), Money(amount)))
        posting = Posting(f"capture:{id_}", "order", id_, T0, taken)
        try:
            done = self.db.write(store.capture, id_, posting)
        except Refusal:
            assert amount > held
            return
        assert done == (id_ in self.open)
        if done:
            assert amount <= held
            del self.open[id_]
            self.balance[party] -= amount
            self.posted.append(posting)

    def release(self, n: int, _: int) -> None:
        if self.holds:
            id_ = self.holds[n % len(self.holds)]
            try:
                assert self.db.write(store.release, id_, T0) == (id_ in self.open)
            except Refusal as refused:
                assert refused.code == "hold-closed"
            self.open.pop(id_, None)

    def undo(self, n: int, _: int) -> None:
        if not self.posted:
            return
        posting = self.posted[n % len(self.posted)]
        for party in self.balance:
            change = -posting.of(wallet(self.name(party))).micro
            if change:
                self.book(posting.undone(self.key() + ":undo", T0), party, change, allowed=-change <= self.free(party))

    def fold(self, limit: int, _: int) -> None:
        self.db.write(store.fold, limit)

    def check(self) -> None:
        for party, balance in self.balance.items():
            found = self.db.read(store.wallet_of, self.name(party))
            assert (found.balance.micro, found.available.micro) == (balance, self.free(party))
        proof = self.db.read(books.proof)
        assert proof.ok, proof


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(_operation, min_size=3, max_size=20))
def test_no_sequence_of_operations_makes_or_loses_money(db: Database, operations):
    model = _Model(db)
    for name, which, amount in operations:
        getattr(model, name)(which, amount)
    model.check()
