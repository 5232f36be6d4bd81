"""The ledger in the database: nothing lost, nothing twice, no wallet below what it promised."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from suanshi.db.engine import Database
from suanshi.kit.money import Money
from suanshi.kit.refusal import Refusal
from suanshi.ledger import books, store
from suanshi.ledger.account import Account, cash, payable, revenue, tax, wallet
from suanshi.ledger.hold import HoldState
from suanshi.ledger.posting import Entry, Posting, transfer

T0 = datetime(2026, 11, 3, 8, tzinfo=UTC)
BUYER, SELLER = wallet("pty_b"), payable("pty_s")


def topup(n: int | str, amount: int, party: str = "pty_b") -> Posting:
    return transfer(f"topup:{n}", "topup", f"top_{n}", T0, cash(), wallet(party), Money(amount))


def sale(n: int | str, amount: int, commission: int, party: str = "pty_b") -> Posting:
    entries = (Entry(wallet(party), Money(-amount)), Entry(SELLER, Money(amount - commission)))
    return Posting(f"order:{n}", "order", f"ord_{n}", T0, (*entries, Entry(revenue(), Money(commission))))


def balance(db: Database, account: Account) -> int:
    found = db.read(books.balances, account)
    return found[0].balance.micro if found else 0


def sound(db: Database) -> bool:
    return db.read(books.proof).ok


def test_a_sale_from_topup_to_capture(db: Database):
    assert db.write(store.post, topup(1, 1000)) is True
    held = db.write(store.hold, "ord_1", "pty_b", Money(600), T0)
    now = db.read(store.wallet_of, "pty_b")
    assert (now.balance, now.held, now.available) == (Money(1000), Money(600), Money(400))
    assert db.write(store.capture, held, sale(1, 450, 36)) is True
    now = db.read(store.wallet_of, "pty_b")
    assert (now.balance, now.held) == (Money(550), Money(0)), "what the capture does not take is free again"
    assert [balance(db, a) for a in (SELLER, revenue(), cash(), BUYER)] == [414, 36, -1000, 550]
    found = db.read(store.get_hold, held)
    assert (found.state, found.captured, found.amount) == (HoldState.CAPTURED, Money(450), Money(600))
    proof = db.read(books.proof)
    assert proof.ok
    assert (proof.postings, proof.entries, proof.sums) == (2, 5, {"CNY": 0})


def test_everything_twice_is_once(db: Database):
    for _ in range(2):
        db.write(store.post, topup(1, 1000))
    held = {db.write(store.hold, "ord_1", "pty_b", Money(600), T0) for _ in range(3)}
    assert len(held) == 1
    assert [db.write(store.capture, *held, sale(1, 450, 36)) for _ in range(2)] == [True, False]
    other = db.write(store.hold, "ord_2", "pty_b", Money(100), T0)
    assert [db.write(store.release, other, T0) for _ in range(2)] == [True, False]
    now = db.read(store.wallet_of, "pty_b")
    assert (now.balance, now.held) == (Money(550), Money(0))
    assert sound(db)


def test_an_empty_wallet_says_how_much_is_missing(db: Database):
    db.write(store.post, topup(1, 1_000_000))
    db.write(store.hold, "ord_1", "pty_b", Money(400_000), T0)
    with pytest.raises(Refusal) as refused:
        db.write(store.hold, "ord_2", "pty_b", Money(900_000), T0)
    assert refused.value.code == "wallet-empty"
    assert refused.value.values["short"] == Money(300_000)
    assert "0.3 CNY is missing" in refused.value.cause("en")
    assert "还差 0.3 CNY" in refused.value.cause("zh")
    with pytest.raises(Refusal, match="wallet-empty"):
        db.write(store.hold, "ord_3", "pty_stranger", Money(1), T0)
    with pytest.raises(Refusal, match="negative"):
        db.write(store.hold, "ord_4", "pty_b", Money(-1), T0)
    assert db.write(store.hold, "ord_5", "pty_stranger", Money(0), T0), "what costs nothing needs no money"
    assert db.read(store.wallet_of, "pty_b").held == Money(400_000)
    assert sound(db)


def test_a_posting_cannot_take_what_is_held_nor_what_is_not_there(db: Database):
    db.write(store.post, topup(1, 1000))
    db.write(store.hold, "ord_1", "pty_b", Money(800), T0)
    for party, amount in (("pty_b", 201), ("pty_stranger", 1)):
        with pytest.raises(Refusal, match="wallet-overdrawn"):
            db.write(
                store.post,
                transfer("x", "fee", "x", T0, wallet(party), cash(), Money(amount)),
            )
    assert db.write(store.post, transfer("y", "fee", "y", T0, BUYER, cash(), Money(200)))
    assert sound(db)


def test_a_capture_stays_within_its_hold_and_its_wallet(db: Database):
    for party in ("pty_b", "pty_c"):
        db.write(store.post, topup(party, 5000, party))
    held = db.write(store.hold, "ord_1", "pty_b", Money(100), T0)
    with pytest.raises(Refusal, match="hold-exceeded"):
        db.write(store.capture, held, sale(1, 101, 1))
    with pytest.raises(Refusal, match="hold-exceeded"):
        db.write(store.capture, held, sale(1, 50, 1, "pty_c"))
    with pytest.raises(ValueError, match="exactly one wallet"):
        db.write(store.capture, held, topup(2, 10))
    db.write(store.release, held, T0)
    with pytest.raises(Refusal, match="hold-closed"):
        db.write(store.capture, held, sale(1, 50, 1))
    with pytest.raises(Refusal, match="not-found"):
        db.write(store.release, "hld_none", T0)
    taken = db.write(store.hold, "ord_2", "pty_b", Money(100), T0)
    db.write(store.capture, taken, sale(2, 50, 1))
    with pytest.raises(Refusal, match="hold-closed"):
        db.write(store.release, taken, T0)
    with pytest.raises(Refusal, match="hold-closed"):
        db.write(store.capture, taken, sale(3, 50, 1))
    assert sound(db)


def test_a_hold_key_means_one_hold(db: Database):
    db.write(store.post, topup(1, 1000))
    db.write(store.hold, "ord_1", "pty_b", Money(100), T0)
    with pytest.raises(ValueError, match="another wallet or amount"):
        db.write(store.hold, "ord_1", "pty_b", Money(200), T0)
    assert db.read(store.wallet_of, "pty_b").held == Money(100)


def test_a_correction_points_at_what_it_corrects(db: Database):
    wrong = topup(1, 1000)
    db.write(store.post, wrong)
    assert db.write(store.post, wrong.undone("correction:1", T0 + timedelta(days=1)))
    moves = db.read(books.movements, BUYER)
    assert [(m.amount.micro, m.corrects) for m in moves] == [(-1000, wrong.id), (1000, None)]
    assert db.read(books.paid, ["top_1", "top_9"]) == {"top_1": Money(0)}
    assert sound(db)


def test_a_batch_is_booked_whole_and_once(db: Database):
    first = [topup(n, 100 + n, f"pty_{n % 3}") for n in range(30)]
    assert db.write(store.post_many, first) == 30
    assert db.write(store.post_many, [*first, topup(99, 5)]) == 1
    assert db.write(store.post_many, []) == 0
    with pytest.raises(Refusal, match="wallet-overdrawn"):
        db.write(store.post_many, [topup(100, 7), transfer("z", "fee", "z", T0, BUYER, cash(), Money(500))])
    assert balance(db, BUYER) == 5
    assert balance(db, cash()) == -sum(100 + n for n in range(30)) - 5
    assert sound(db)


def test_currencies_do_not_mix(db: Database):
    db.write(store.post, transfer("d", "topup", "d", T0, cash("USD"), wallet("pty_b", "USD"), Money(70, "USD")))
    db.write(store.post, topup(1, 5))
    assert db.read(store.wallet_of, "pty_b", "USD").balance == Money(70, "USD")
    with pytest.raises(Refusal, match="wallet-empty"):
        db.write(store.hold, "ord_1", "pty_b", Money(6), T0)
    assert db.read(books.proof).sums == {"CNY": 0, "USD": 0}


def test_folding_changes_no_balance(db: Database):
    db.write(store.post, topup(1, 10_000))
    db.write(store.post_many, [sale(n, 100, 8) for n in range(20)])
    before = db.read(books.all_balances)
    assert db.write(store.fold, 15) == 15
    assert db.read(books.all_balances) == before
    db.write(store.post, sale("more", 100, 8))
    assert db.write(store.fold) == 28
    assert db.write(store.fold) == 0
    assert {b.account.id: b.balance.micro for b in db.read(books.all_balances)} == {
        "cash:operator:CNY": -10_000,
        "payable:pty_s:CNY": 21 * 92,
        "revenue:operator:CNY": 21 * 8,
        "wallet:pty_b:CNY": 10_000 - 2100,
    }
    assert sound(db)


def test_reading_page_by_page(db: Database):
    db.write(
        store.post_many,
        [transfer(f"k{n}", "topup", f"s{n}", T0 + timedelta(hours=n), cash(), BUYER, Money(n + 1)) for n in range(7)],
    )
    seen, cursor = [], None
    while page := db.read(books.movements, BUYER, cursor, 3):
        seen += page
        cursor = page[-1].id
    assert len(seen) == 7
    assert sum(m.amount.micro for m in seen) == 28
    newest = db.read(books.postings, None, 4)
    rest = db.read(books.postings, newest[-1].id, 50)
    assert len({p.id for p in [*newest, *rest]}) == 7
    assert db.read(books.posting, rest[0].id) == rest[0]
    assert db.read(books.posting, "pst_none") is None
    assert db.read(books.balance_before, BUYER, T0 + timedelta(hours=3)) == Money(6)
    within = db.read(books.movements_within, BUYER, T0 + timedelta(hours=3), T0 + timedelta(hours=5))
    assert [m.amount.micro for m in within] == [4, 5]


def test_the_proof_finds_what_somebody_broke_by_hand(db: Database):
    db.write(store.post, topup(1, 1000))
    db.write(store.hold, "ord_1", "pty_b", Money(10), T0)
    db.write(lambda tx: tx.execute(text("UPDATE entry SET amount = amount + 1 WHERE amount > 0")))
    db.write(lambda tx: tx.execute(text("UPDATE hold SET amount = 11")))
    proof = db.read(books.proof)
    assert not proof.ok
    assert proof.sums == {"CNY": 1}
    assert len(proof.unbalanced_postings) == 1
    assert proof.wrong_balances == proof.wrong_holds == ("wallet:pty_b:CNY",)


def test_the_database_itself_keeps_a_wallet_above_what_it_promised(db: Database):
    db.write(store.post, topup(1, 1000))
    db.write(store.hold, "ord_1", "pty_b", Money(10), T0)
    for change in ("balance = 9", "held = 1001", "held = -1"):
        with pytest.raises(IntegrityError):
            db.write(lambda tx, change=change: tx.execute(text(f"UPDATE account SET {change} WHERE kind = 'wallet'")))


def test_sixteen_threads_spending_one_wallet_never_overdraw_it(db: Database):
    db.write(store.post, topup(1, 1000))

    def spend(n: int) -> str:
        try:
            held = db.write(store.hold, f"ord_{n}", "pty_b", Money(30), T0)
        except Refusal as refused:
            return refused.code
        if n % 5 == 0:
            return str(db.write(store.release, held, T0))
        return str(db.write(store.capture, held, sale(n, 20 + n % 11, 2)))

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(spend, range(120)))
    assert set(answers) <= {"True", "wallet-empty"}
    now = db.read(store.wallet_of, "pty_b")
    assert now.held == Money(0)
    assert 0 <= now.balance.micro < 1000, "it was spent, and never below zero"
    assert balance(db, SELLER) + balance(db, revenue()) == 1000 - now.balance.micro
    assert sound(db)


def test_money_in_every_direction_at_once_neither_locks_up_nor_leaks(db: Database):
    parties = [f"pty_{n}" for n in range(4)]
    db.write(store.post_many, [topup(p, 10_000, p) for p in parties])

    def move(n: int) -> None:
        a, b = parties[n % 4], parties[(n + 1 + n % 3) % 4]
        amount = Money(1 + n % 7)
        pair = [transfer(f"t{n}:{i}", "gift", "x", T0, wallet(x), wallet(y), amount) for i, (x, y) in enumerate([(a, b), (b, a)])]
        db.write(store.post_many, pair[:: -1 if n % 2 else 1])
        if n % 10 == 0:
            db.write(store.post, topup(n, 5, a))
            db.write(store.fold, 7)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(move, range(100)))
    assert sum(balance(db, wallet(p)) for p in parties) == 40_000 + 50
    assert balance(db, cash()) == -40_050
    assert sound(db)


def test_many_at_once_with_one_key_do_it_once(db: Database):
    db.write(store.post, topup(1, 1000))
    with ThreadPoolExecutor(16) as pool:
        held = list(pool.map(lambda _: db.write(store.hold, "ord_1", "pty_b", Money(90), T0), range(32)))
        assert len(set(held)) == 1
        done = list(pool.map(lambda _: db.write(store.capture, held[0], sale(1, 80, 3)), range(32)))
        posted = list(pool.map(lambda _: db.write(store.post, topup(2, 7)), range(32)))
    assert done.count(True) == posted.count(True) == 1
    assert balance(db, BUYER) == 1000 - 80 + 7
    assert sound(db)


def test_tax_and_partners_have_accounts_of_their_own():
    assert [a.id for a in (tax(), revenue("USD"), payable("pty_p"))] == [
        "tax:operator:CNY",
        "revenue:operator:USD",
        "payable:pty_p:CNY",
    ]
    assert Account.read("wallet:pty_b:CNY") == BUYER
    for party, currency in (("", "CNY"), ("a:b", "CNY"), ("a", "")):
        with pytest.raises(ValueError, match="no account can be named"):
            wallet(party, currency)
