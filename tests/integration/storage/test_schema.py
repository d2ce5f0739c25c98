"""The schema: made at once or by migrations, it is the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from headrace.clock import SystemClock
from headrace.errors import FailedPreconditionError, StorageDownError
from headrace.ids import RandomIds
from headrace_services.storage.store import upgrade
from headrace_services.storage.store.opening import open_sqlite
from headrace_services.storage.store.postgres import PostgresDatabase
from rig.postgres import PostgresServer


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Engine]]:
    """Two empty databases."""
    if request.param == "sqlite":
        urls = [f"sqlite:///{tmp_path / name}.db" for name in ("created", "migrated")]
        drop: list[str] = []
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        drop = [server.create_database() for _ in range(2)]
        urls = [url.replace("postgresql:", "postgresql+psycopg:") for url in drop]
    engines = [create_engine(url) for url in urls]
    yield engines
    for engine in engines:
        engine.dispose()
    for url in drop:
        server.drop_database(url)


def description(connection: Connection) -> dict[str, Any]:
    """Everything the database itself says about its tables."""
    if connection.dialect.name == "postgresql":
        columns = connection.execute(
            text(
                "SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name, is_identity "
                "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, ordinal_position"
            )
        )
        indexes = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"))
        options = connection.execute(text("SELECT relname, reloptions FROM pg_class WHERE relname = 'runs'"))
        return {name: list(map(tuple, rows)) for name, rows in zip("cio", (columns, indexes, options), strict=True)}
    inspector = inspect(connection)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(name)],
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted((c["name"] or "", tuple(c["column_names"])) for c in inspector.get_unique_constraints(name)),
            sorted(" ".join(sql.split()) for sql in index_sql(connection, name)),
            table_options(connection, name),
        )
        for name in inspector.get_table_names()
        if not name.startswith(("sqlite_", "alembic_"))
    }


def index_sql(connection: Connection, table: str) -> list[str]:
    return list(
        connection.execute(
            text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql NOT NULL AND tbl_name = :name"),
            {"name": table},
        ).scalars()
    )


def table_options(connection: Connection, table: str) -> tuple[bool, bool]:
    sql = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table}).scalar_one()
    return "AUTOINCREMENT" in sql, "WITHOUT ROWID" in sql


def test_a_new_database_has_the_schema_that_the_migrations_make(engines: list[Engine]) -> None:
    with engines[0].begin() as created, engines[1].begin() as migrated:
        upgrade.upgrade(created, "generation")
        upgrade.migrate(migrated)
        first, second = description(created), description(migrated)
        if created.dialect.name == "postgresql":
            first, second = [
                {key: [row for row in rows if "alembic" not in str(row)] for key, rows in each.items()}
                for each in (first, second)
            ]
        assert first == second
        assert upgrade.version(created) == upgrade.version(migrated) == upgrade.HEAD


def test_the_head_that_storage_looks_for_is_that_of_the_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(upgrade.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == upgrade.HEAD


def test_upgrading_again_changes_nothing(engines: list[Engine]) -> None:
    with engines[0].begin() as connection:
        upgrade.upgrade(connection, "first")
        before = description(connection)
        upgrade.upgrade(connection, "second")
        assert description(connection) == before
        assert connection.execute(text("SELECT value FROM deployment")).scalars().all() == ["first"]


def test_a_database_of_a_newer_version_is_refused(engines: list[Engine]) -> None:
    with engines[0].begin() as connection:
        upgrade.upgrade(connection, "generation")
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(FailedPreconditionError, match=r"newer version.*9999"):
            upgrade.upgrade(connection, "generation")


def test_a_schema_is_left_alone_where_it_may_not_be_changed(engines: list[Engine]) -> None:
    with engines[0].begin() as connection:
        with pytest.raises(FailedPreconditionError, match="should_autocreate_tables"):
            upgrade.upgrade(connection, "generation", may_change=False)
        assert inspect(connection).get_table_names() == []


def test_a_database_file_has_one_owner_at_a_time(tmp_path: Path) -> None:
    path, clock, ids = tmp_path / "headrace.db", SystemClock(), RandomIds()
    first = open_sqlite(path, clock, ids)
    with pytest.raises(Exception, match="another process has the database"):
        open_sqlite(path, clock, ids)
    first.close()
    open_sqlite(path, clock, ids).close()


def test_a_database_file_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, clock, ids = tmp_path / "headrace.db", SystemClock(), RandomIds()
    open_sqlite(path, clock, ids).close()
    with monkeypatch.context() as patch:
        # Tests may be those of root, who may do everything.
        patch.setattr("os.access", lambda *_: False)
        with pytest.raises(StorageDownError, match=f"{path}: this process may not read and write it"):
            open_sqlite(path, clock, ids)
    open_sqlite(path, clock, ids).close()


@pytest.mark.postgres
def test_a_change_of_the_schema_takes_longer_than_a_statement_of_storage_may(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres_server.create_database()
    postgres = PostgresDatabase(url, "1")

    def change_a_large_table(connection: Connection, generation: str) -> None:
        connection.execute(text("SELECT pg_sleep(0.3)"))

    try:
        with postgres.writing([]) as (connection, _):
            connection.execute(text("SET LOCAL statement_timeout = '100ms'"))
            monkeypatch.setattr(upgrade, "_create", change_a_large_table)
            upgrade.upgrade(connection, "generation")
    finally:
        postgres.close()
        postgres_server.drop_database(url)
