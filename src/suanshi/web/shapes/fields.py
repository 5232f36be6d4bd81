"""The kinds of values a request may hold, each with its limits, so that a wrong unit or a huge number is named and refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from suanshi.kit.money import Money


class Answer(BaseModel):
    """What we send."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Ask(BaseModel):
    """What we are sent: nothing unknown, nothing converted on the quiet ("5" is not 5)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_PRINTED = r"^[^\x00-\x1f\x7f]+$"  # any script, no control characters
_TEXT = r"^[^\x00]*$"  # PostgreSQL stores no NUL, and no text needs one


def _id(prefix: str) -> StringConstraints:
    return StringConstraints(pattern=rf"^{prefix}_[0-9a-z]{{26}}$")


PartyId = Annotated[str, _id("pty")]
KeyId = Annotated[str, _id("key")]
SiteId = Annotated[str, _id("site")]
OfferId = Annotated[str, _id("off")]
QuoteId = Annotated[str, _id("quo")]
OrderId = Annotated[str, _id("ord")]
ClosureId = Annotated[str, _id("clo")]
TopupId = Annotated[str, _id("top")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]
"""The name of a row of a catalogue: an accelerator (`a100-sxm-80g`) or an environment (`python`)."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_PRINTED)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=_PRINTED)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,190}$")]
Password = Annotated[str, StringConstraints(min_length=10, max_length=200, pattern=_TEXT)]
Region = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=_PRINTED)]
Text = Annotated[str, StringConstraints(pattern=_TEXT)]

Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}(\.[0-9]{1,6})?$")]
"""An amount of money as sent to us: yuan in plain decimal text, never a float."""
Yuan = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]{1,6})?$", examples=["12.34"])]
"""An amount of money as we send it."""

Cards = Annotated[int, Field(ge=1, le=4096)]
ShareMilli = Annotated[int, Field(ge=1, le=1000, description="Thousandths of a card; 1000 is a whole card.")]
Seconds = Annotated[int, Field(ge=1, le=366 * 86_400)]
Moment = Annotated[AwareDatetime, Field(strict=False, description="With its zone, as 2026-12-01T09:00:00+08:00.")]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Isolation = Literal["kernel", "soft", "none"]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["CNY"])]


def micro(amount: str) -> int:
    """An `Amount` as whole micro-yuan."""
    return Money.of(amount).micro
