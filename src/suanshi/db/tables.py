"""The one list of tables, and the column types that every room's `store` uses."""

from __future__ import annotations

from typing import Any

from sqlalchemy import TIMESTAMP, BigInteger, Column, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Moment = TIMESTAMP(timezone=True)
Micro = BigInteger  # micro-yuan, or any other whole quantity of 64 bits
Json = JSONB


def key(name: str = "id") -> Column[str]:
    """A primary key made by `kit.ids`."""
    return Column(name, Text, primary_key=True)


def moment(name: str, **options: Any) -> Column[Any]:
    return Column(name, Moment, nullable=options.pop("nullable", False), **options)
