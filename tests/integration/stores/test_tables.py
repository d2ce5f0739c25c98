"""Data frames as tables of DuckDB, with pandas and with Polars: one I/O manager, a handler for each."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from headrace import (
    AssetExecutionContext,
    AssetIn,
    BackfillPolicy,
    DailyPartitionsDefinition,
    Definitions,
    In,
    MultiPartitionKey,
    MultiPartitionsDefinition,
    Out,
    StaticPartitionsDefinition,
    TimeWindow,
    asset,
    job,
    materialize,
    op,
)
from headrace.errors import InvariantViolationError, StoredFileNotFoundError, StoreError
from headrace.integrations.duckdb import (
    DuckDBIOManager,
    DuckDBPandasIOManager,
    DuckDBPandasTypeHandler,
    DuckDBPolarsIOManager,
    DuckDBPolarsTypeHandler,
    DuckDBResource,
    build_duckdb_io_manager,
    duckdb_pandas_io_manager,
)
from headrace.integrations.duckdb.connections import connected
from headrace.integrations.tables import TablePartitionDimension, TableSlice
from rig.waiting import wait_until

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05")
COLOURS = StaticPartitionsDefinition(["red", "green", "o'blue"])
FRAMES: dict[str, Callable[[dict[str, list[Any]]], Any]] = {"pandas": pd.DataFrame, "polars": pl.DataFrame}
MANAGERS = {"pandas": DuckDBPandasIOManager, "polars": DuckDBPolarsIOManager}


@pytest.fixture
def database(tmp_path: Path) -> str:
    return str(tmp_path / "tables.duckdb")


@pytest.fixture(params=FRAMES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def resources(kind: str, database: str) -> dict[str, Any]:
    return {"io_manager": MANAGERS[kind](database=database, schema="main")}


def rows(database: str, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(database, read_only=True) as connection:
        return connection.execute(query).fetchall()


def people(kind: str, **columns: list[Any]) -> Any:
    @asset(name="people")
    def made() -> Any:
        return FRAMES[kind](columns or {"name": ["ada", "bob"], "age": [36, 7]})

    return made


def test_an_asset_is_a_table_and_is_loaded_as_a_frame(kind: str, resources: dict[str, Any], database: str) -> None:
    @asset
    def ages(people: Any) -> Any:
        assert isinstance(people, pd.DataFrame if kind == "pandas" else pl.DataFrame)
        return FRAMES[kind]({"total": [int(people["age"].sum())]})

    result = materialize([people(kind), ages], resources=resources)
    assert rows(database, "SELECT * FROM main.people ORDER BY age") == [("bob", 7), ("ada", 36)]
    assert rows(database, "SELECT * FROM main.ages") == [(43,)]
    metadata = result.asset_materializations_for_node("people")[0].metadata
    assert metadata["row_count"].value == 2
    assert [column.name for column in metadata["dataframe_columns"].value.columns] == ["name", "age"]
    assert metadata["query"].value == 'SELECT * FROM "main"."people"'


def test_another_value_replaces_the_table_with_its_columns(kind: str, resources: dict[str, Any], database: str) -> None:
    materialize([people(kind)], resources=resources)
    materialize([people(kind, name=["eve"], height=[170.5])], resources=resources)
    assert rows(database, "SELECT * FROM main.people") == [("eve", 170.5)]


def test_an_input_may_name_columns(kind: str, resources: dict[str, Any]) -> None:
    @asset(ins={"people": AssetIn(metadata={"columns": ["age"]})})
    def ages(people: Any) -> None:
        assert list(people.columns) == ["age"]

    assert materialize([people(kind), ages], resources=resources).success


def test_a_partition_of_time_is_its_rows(kind: str, resources: dict[str, Any], database: str) -> None:
    calls: list[str] = []

    @asset(partitions_def=DAYS, metadata={"partition_expr": "CAST(day AS TIMESTAMP)"})
    def sales(context: AssetExecutionContext) -> Any:
        calls.append(context.partition_key)
        return FRAMES[kind]({"day": [context.partition_key] * 2, "amount": [len(calls), 1]})

    @asset(partitions_def=DAYS)
    def day_total(sales: Any) -> Any:
        return FRAMES[kind]({"total": [int(sales["amount"].sum())]})

    @asset
    def days(sales: Any) -> int:
        return len(sales)

    pickled = {"io_manager": resources["io_manager"]}
    for day in ("2024-01-01", "2024-01-02", "2024-01-01"):
        materialize([sales], resources=resources, partition_key=day)
    assert rows(database, "SELECT day, sum(amount) FROM main.sales GROUP BY day ORDER BY day") == [
        ("2024-01-01", 4),
        ("2024-01-02", 3),
    ]
    with pytest.raises(InvariantViolationError, match="partition_expr"):
        materialize([sales, day_total], selection=[day_total], resources=pickled, partition_key="2024-01-02")


def test_a_range_of_partitions_is_stored_and_loaded_at_once(
    kind: str, resources: dict[str, Any], database: str
) -> None:
    @asset(
        partitions_def=DAYS,
        metadata={"partition_expr": "CAST(day AS TIMESTAMP)"},
        backfill_policy=BackfillPolicy.single_run(),
    )
    def sales(context: AssetExecutionContext) -> Any:
        return FRAMES[kind]({"day": list(context.partition_keys)})

    @asset
    def count(sales: Any) -> Any:
        return FRAMES[kind]({"days": [len(sales)]})

    tags = {"dagster/asset_partition_range_start": "2024-01-02", "dagster/asset_partition_range_end": "2024-01-04"}
    materialize([sales], resources=resources, tags=tags)
    assert rows(database, "SELECT day FROM main.sales ORDER BY day") == [(f"2024-01-0{day}",) for day in (2, 3, 4)]
    materialize([sales, count], selection=[count], resources=resources)
    assert rows(database, "SELECT * FROM main.count") == [(3,)]


def test_partitions_by_key_and_in_two_dimensions(kind: str, resources: dict[str, Any], database: str) -> None:
    both = MultiPartitionsDefinition({"colour": COLOURS, "day": DAYS})

    @asset(partitions_def=both, metadata={"partition_expr": {"colour": "colour", "day": "CAST(day AS TIMESTAMP)"}})
    def shades(context: AssetExecutionContext) -> Any:
        key = context.partition_key
        assert isinstance(key, MultiPartitionKey)
        return FRAMES[kind]({"colour": [key.keys_by_dimension["colour"]], "day": [key.keys_by_dimension["day"]]})

    for colour in ("red", "o'blue", "red"):
        key = MultiPartitionKey({"colour": colour, "day": "2024-01-01"})
        materialize([shades], resources=resources, partition_key=key)
    assert rows(database, "SELECT colour FROM main.shades ORDER BY colour") == [("o'blue",), ("red",)]


def test_the_schema_is_what_is_said_closest(kind: str, database: str) -> None:
    io_manager = MANAGERS[kind](database=database)
    frame = FRAMES[kind]({"x": [1]})

    @asset(key_prefix=["deep", "sales"])
    def prefixed() -> Any:
        return frame

    @asset(key_prefix="sales", metadata={"schema": "named"})
    def told() -> Any:
        return frame

    @op(out={"counted": Out(metadata={"schema": "ops"})})
    def count() -> Any:
        return frame

    @op(ins={"frame": In(metadata={"columns": ["x"]})}, out=Out(io_manager_key="values"))
    def read(frame: Any) -> int:
        return len(frame)

    @job
    def counting() -> None:
        read(count())

    materialize([prefixed, told, people(kind)], resources={"io_manager": io_manager})
    from headrace import mem_io_manager

    defs = Definitions(jobs=[counting], resources={"io_manager": io_manager, "values": mem_io_manager})
    assert defs.resolve_job_def("counting").execute_in_process().output_for_node("read") == 1
    tables = rows(database, "SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2")
    assert tables == [("named", "told"), ("ops", "counted"), ("public", "people"), ("sales", "prefixed")]


def test_one_manager_may_have_several_handlers(database: str) -> None:
    class Both(DuckDBIOManager):
        @staticmethod
        def type_handlers() -> list[Any]:
            return [DuckDBPandasTypeHandler(), DuckDBPolarsTypeHandler()]

    @asset
    def lazily(people: pl.LazyFrame) -> pl.LazyFrame:
        return people.filter(pl.col("age") > 10)

    @asset
    def again(lazily: pd.DataFrame) -> None:
        assert list(lazily["name"]) == ["ada"]

    @asset
    def untyped(lazily) -> None: ...  # type: ignore[no-untyped-def]

    resources = {"io_manager": Both(database=database)}
    assert materialize([people("pandas"), lazily, again], resources=resources).success
    with pytest.raises(
        InvariantViolationError, match=r"Input 'lazily' has no type annotation, and Both can load several"
    ):
        materialize([people("pandas"), lazily, untyped], selection=[untyped], resources=resources)


@pytest.mark.parametrize("built", [False, True])
def test_the_older_style_stores_in_the_same_way(database: str, built: bool) -> None:
    made = build_duckdb_io_manager([DuckDBPandasTypeHandler()], pd.DataFrame) if built else duckdb_pandas_io_manager
    resources = {"io_manager": made.configured({"database": database, "schema": "old"})}

    @asset
    def older(people: Any) -> Any:
        return people[people["age"] > 10]

    materialize([people("pandas"), older], resources=resources)
    assert rows(database, "SELECT name FROM old.older") == [("ada",)]


def test_a_resource_opens_the_same_database(database: str) -> None:
    @asset
    def by_hand(duckdb: DuckDBResource) -> None:
        with duckdb.get_connection() as connection:
            connection.execute("CREATE TABLE by_hand AS SELECT 1 AS x")

    materialize([by_hand], resources={"duckdb": DuckDBResource(database=database)})
    assert rows(database, "SELECT x FROM by_hand") == [(1,)]


def test_a_value_of_another_type_is_refused_with_those_that_are_taken(resources: dict[str, Any], kind: str) -> None:
    @asset
    def number() -> int:
        return 1

    with pytest.raises(InvariantViolationError) as caught:
        materialize([number], resources=resources)
    types = "pandas.DataFrame" if kind == "pandas" else "polars.DataFrame, polars.LazyFrame"
    assert (
        f"Output 'result' is of type int, which {MANAGERS[kind].__name__} can neither store nor load: it takes {types}"
        in str(caught.value)
    )


def test_a_table_that_is_not_there_is_named(kind: str, resources: dict[str, Any], database: str) -> None:
    @asset
    def ages(people: Any) -> None: ...

    with pytest.raises(StoredFileNotFoundError) as caught:
        materialize([people(kind), ages], selection=[ages], resources=resources)
    assert str(caught.value).startswith(
        f'There is no table "main"."people" in {database}: it has not been produced yet'
    )


def test_a_value_that_does_not_fit_leaves_what_was_there(kind: str, resources: dict[str, Any], database: str) -> None:
    columns = ["colour"]

    @asset(partitions_def=COLOURS, metadata={"partition_expr": "colour"})
    def shades(context: AssetExecutionContext) -> Any:
        return FRAMES[kind]({name: [context.partition_key] for name in columns})

    materialize([shades], resources=resources, partition_key="red")
    columns.append("unheard_of")
    with pytest.raises(InvariantViolationError, match=r'The rows do not fit table "main"."shades"'):
        materialize([shades], resources=resources, partition_key="red")
    assert rows(database, "SELECT * FROM main.shades") == [("red",)]


@contextlib.contextmanager
def held_by_another_process(database: str, ready: Path) -> Iterator[subprocess.Popen[bytes]]:
    code = f"import duckdb, sys; c = duckdb.connect({database!r}); open({str(ready)!r}, 'w'); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        wait_until(ready.exists, what="the other process")
        try:
            yield process
        finally:
            process.kill()


def test_who_comes_second_waits_for_the_first(database: str, tmp_path: Path) -> None:
    with held_by_another_process(database, tmp_path / "ready") as other:
        with pytest.raises(StoreError, match=r"Another process has the DuckDB database .* open, and has not closed it"):
            with connected(database, {}, wait_seconds=0.1):
                pass
        assert other.stdin is not None
        other.stdin.close()
        begin = time.monotonic()
        with connected(database, {}) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert time.monotonic() - begin < 10


def test_steps_in_processes_of_their_own_take_turns(database: str, tmp_path: Path) -> None:
    code = f"""
        import pandas as pd
        from headrace import Definitions, asset, define_asset_job, execute_job, instance_for_test, reconstructable
        from headrace.integrations.duckdb import DuckDBPandasIOManager

        def table(number):
            @asset(name=f"table_{{number}}")
            def made():
                return pd.DataFrame({{"x": [number]}})
            return made

        def make_job():
            return Definitions(
                assets=[table(number) for number in range(6)],
                jobs=[define_asset_job("all_tables", "*")],
                resources={{"io_manager": DuckDBPandasIOManager(database={database!r})}},
            ).resolve_job_def("all_tables")

        if __name__ == "__main__":
            with instance_for_test() as instance:
                result = execute_job(reconstructable(make_job), instance, raise_on_error=True)
                assert result.success
    """
    (tmp_path / "six_tables.py").write_text(textwrap.dedent(code))
    done = subprocess.run(
        [sys.executable, "six_tables.py"],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert rows(database, "SELECT count(*) FROM information_schema.tables") == [(6,)]


def test_windows_apart_are_told_apart() -> None:
    windows = [DAYS.time_window_for_partition_key(key) for key in ("2024-01-01", "2024-01-03")]
    condition = TableSlice("t", "s", partition_dimensions=[TablePartitionDimension("day", windows)]).condition
    assert condition == (
        "((day >= '2024-01-01 00:00:00' AND day < '2024-01-02 00:00:00') OR "
        "(day >= '2024-01-03 00:00:00' AND day < '2024-01-04 00:00:00'))"
    )
    one = TableSlice("t", "s", partition_dimensions=[TablePartitionDimension("day", TimeWindow(*windows[0]))])
    assert one.where == " WHERE day >= '2024-01-01 00:00:00' AND day < '2024-01-02 00:00:00'"
    assert TableSlice("t", "s", partition_dimensions=[TablePartitionDimension("day", [])]).where == " WHERE 1 = 0"
