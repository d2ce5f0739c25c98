from __future__ import annotations

import psycopg
import pytest

from rig.postgres import PostgresServer


@pytest.mark.parametrize("_repetition", range(3))
def test_every_test_has_an_empty_database_of_its_own(postgres_url: str, _repetition: int) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE only_mine (id int)")
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("only_mine",)]


def test_a_database_can_be_a_copy_of_another(postgres_server: PostgresServer, postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE copied (id int)")
    copy = postgres_server.create_database(template=postgres_url.rpartition("/")[2])
    with psycopg.connect(copy) as connection:
        assert connection.execute("SELECT count(*) FROM copied").fetchone() == (0,)
    postgres_server.drop_database(copy)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(copy)
