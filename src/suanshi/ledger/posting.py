"""A posting moves money between accounts; one that would make or lose money cannot be built."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from suanshi.kit.ids import new
from suanshi.kit.money import Money
from suanshi.ledger.account import Account


@dataclass(frozen=True, slots=True)
class Entry:
    """One account's side of a posting: positive is to the owner's good."""

    account: Account
    amount: Money

    def __post_init__(self) -> None:
        if self.account.currency != self.amount.currency:
            raise ValueError(f"{self.amount} cannot stand in {self.account.id}")


@dataclass(frozen=True, slots=True)
class Posting:
    """Entries that sum to zero in each currency, under a `key` that makes posting them twice impossible.

    `cause` says why in one word ("order", "topup"), `subject` names the thing it is about, and a correction points at
    the posting it `corrects`. Raises ValueError for anything that does not balance.
    """

    key: str
    cause: str
    subject: str
    at: datetime
    entries: tuple[Entry, ...]
    corrects: str | None = None
    id: str = field(default_factory=lambda: new("pst"))

    def __post_init__(self) -> None:
        sums: Counter[str] = Counter()
        for entry in self.entries:
            sums[entry.amount.currency] += entry.amount.micro
        if not self.entries or any(sums.values()):
            raise ValueError(f"posting {self.key} does not sum to zero: {dict(sums)}")
        if not all(entry.amount for entry in self.entries):
            raise ValueError(f"posting {self.key} has an entry that moves nothing")
        if len({entry.account for entry in self.entries}) < len(self.entries):
            raise ValueError(f"posting {self.key} names an account twice")

    def of(self, account: Account) -> Money:
        """What this posting does to `account`."""
        found = (entry.amount for entry in self.entries if entry.account == account)
        return next(found, Money(0, account.currency))

    def undone(self, key: str, at: datetime) -> Posting:
        """The correction that takes this posting back: the same entries the other way round, pointing at it."""
        back = tuple(Entry(entry.account, -entry.amount) for entry in self.entries)
        return Posting(key, "correction", self.subject, at, back, corrects=self.id)


def transfer(key: str, cause: str, subject: str, at: datetime, source: Account, target: Account, amount: Money) -> Posting:
    """The simplest posting: `amount` from one account to another."""
    return Posting(key, cause, subject, at, (Entry(source, -amount), Entry(target, amount)))
