"""The accounts of the double-entry ledger: whose money stands where."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from suanshi.kit.money import Money

OPERATOR = "operator"


class AccountKind(StrEnum):
    """A balance is what the platform owes the account's owner; `cash` is the world outside, so it falls as money comes in."""

    WALLET = "wallet"  # a party's own money, spendable
    PAYABLE = "payable"  # earned by a supplier or partner, not yet paid out
    REVENUE = "revenue"  # the operator's commission
    TAX = "tax"  # collected for the tax office
    CASH = "cash"  # the bank: what came in is negative


@dataclass(frozen=True, slots=True)
class Account:
    """An account is named by what it is, so nobody has to look it up: `wallet:pty_x:CNY`."""

    kind: AccountKind
    party: str
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if not self.party or ":" in self.party or not self.currency.isalpha():
            raise ValueError(f"no account can be named {self.kind}:{self.party}:{self.currency}")

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.party}:{self.currency}"

    @classmethod
    def read(cls, id_: str) -> Account:
        kind, party, currency = id_.split(":")
        return cls(AccountKind(kind), party, currency)


def wallet(party: str, currency: str = "CNY") -> Account:
    return Account(AccountKind.WALLET, party, currency)


def payable(party: str, currency: str = "CNY") -> Account:
    return Account(AccountKind.PAYABLE, party, currency)


def revenue(currency: str = "CNY") -> Account:
    return Account(AccountKind.REVENUE, OPERATOR, currency)


def tax(currency: str = "CNY") -> Account:
    return Account(AccountKind.TAX, OPERATOR, currency)


def cash(currency: str = "CNY") -> Account:
    return Account(AccountKind.CASH, OPERATOR, currency)


@dataclass(frozen=True, slots=True)
class Wallet:
    """A party's money: `held` is promised to open orders, `available` is free to spend."""

    balance: Money
    held: Money

    @property
    def available(self) -> Money:
        return self.balance - self.held
