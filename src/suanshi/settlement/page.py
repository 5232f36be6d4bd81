"""Bills and statements as pages to print, in Chinese or English: every charge with its cause, the price with all in it."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from suanshi.kit.money import Money, yuan
from suanshi.kit.refusal import Language
from suanshi.settlement.bill import Bill
from suanshi.settlement.period import ZONE
from suanshi.settlement.statement import SupplierStatement, WalletStatement
from suanshi.settlement.wording import causes, outcomes, words

_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "HKD": "HK$"}


def bill_page(bill: Bill, language: Language) -> str:
    """One order's bill."""
    return _render("bill.html", language, bill=bill)


def supplier_page(statement: SupplierStatement, language: Language) -> str:
    """A month of a supplier's earnings."""
    return _render("supplier.html", language, statement=statement)


def wallet_page(statement: WalletStatement, language: Language) -> str:
    """A month of a wallet."""
    return _render("wallet.html", language, statement=statement)


def money(amount: Money) -> str:
    """ "¥1,234.50": two decimals, more where they count."""
    sign = "−" if amount.micro < 0 else ""
    whole, _, part = yuan(abs(amount.micro)).partition(".")
    return f"{sign}{_SIGNS.get(amount.currency, amount.currency + ' ')}{int(whole):,}.{part:0<2}"


def moment(at: datetime | None) -> str:
    """Beijing time to the second."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}" if at else "—"


def card_seconds(milli: int) -> str:
    """Thousandths of a card-second as card-seconds: 90500 -> "90.5"."""
    whole, part = divmod(milli, 1000)
    return f"{whole:,}.{part:03d}".rstrip("0").rstrip(".")


def hours(milli: int) -> str:
    """Thousandths of a card-second as card-hours, to four decimals: for reading; the charge is by the second."""
    return f"{milli / 3_600_000:,.4f}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("suanshi.settlement"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(money=money, moment=moment, card_seconds=card_seconds, hours=hours)
    return made


def _render(template: str, language: Language, **values: object) -> str:
    texts = {"t": words(language), "causes": causes(language), "outcomes": outcomes(language)}
    return _environment().get_template(template).render(language=language, **texts, **values)
