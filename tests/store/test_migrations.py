"""The schema that migrations make is the schema that the code means, from empty and from every released revision."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from suanshi.db import migrate
from suanshi.db.tables import metadata


def differences(url: str) -> list[object]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    engine.dispose()
    return list(found)


def exclusions(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("select pg_get_constraintdef(oid) from pg_constraint where contype = 'x'"))
        found = [str(row[0]) for row in rows]
    engine.dispose()
    return found


def test_from_empty(server, empty_database) -> None:  # type: ignore[no-untyped-def]
    migrate.upgrade(empty_database)
    assert migrate.current(empty_database) == migrate.revisions()[-1]
    assert differences(empty_database) == []
    # Alembic does not compare exclusion constraints, and this one carries the market.
    assert exclusions(empty_database) == ["EXCLUDE USING gist (card WITH =, share WITH &&, during WITH &&)"]


def test_from_every_released_revision(server, empty_database) -> None:  # type: ignore[no-untyped-def]
    for revision in migrate.revisions():
        migrate.upgrade(empty_database, revision)
        assert migrate.current(empty_database) == revision
    migrate.upgrade(empty_database)
    assert differences(empty_database) == []
