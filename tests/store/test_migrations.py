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


def constraints(url: str) -> set[tuple[str, str]]:
    """Every constraint by its name and definition: Alembic compares neither checks nor exclusions."""
    engine = create_engine(url)
    with engine.connect() as connection:
        named = "select conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace"
        rows = connection.execute(text(f"{named} and contype <> 'n' and conname not like 'alembic%'"))
        found = {(str(name), str(definition)) for name, definition in rows}
    engine.dispose()
    return found


def test_from_empty(server, empty_database) -> None:  # type: ignore[no-untyped-def]
    migrate.upgrade(empty_database)
    assert migrate.current(empty_database) == migrate.revisions()[-1]
    assert differences(empty_database) == []
    carries_the_market = ("no_piece_held_twice", "EXCLUDE USING gist (card WITH =, share WITH &&, during WITH &&)")
    assert carries_the_market in constraints(empty_database)


def test_every_constraint_that_the_code_means_is_there(server, empty_database) -> None:  # type: ignore[no-untyped-def]
    migrate.upgrade(empty_database)
    meant = server.fresh("template0")
    engine = create_engine(meant)
    with engine.begin() as tx:
        tx.execute(text("create extension btree_gist"))
        metadata.create_all(tx)
    engine.dispose()
    assert constraints(empty_database) == constraints(meant)
    server.drop(meant)


def test_from_every_released_revision(server, empty_database) -> None:  # type: ignore[no-untyped-def]
    for revision in migrate.revisions():
        migrate.upgrade(empty_database, revision)
        assert migrate.current(empty_database) == revision
    migrate.upgrade(empty_database)
    assert differences(empty_database) == []
