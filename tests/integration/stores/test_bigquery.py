"""Data frames as tables of BigQuery, against a server that speaks its protocol."""

from __future__ import annotations

import sys
from typing import Any

import pandas as pd
import pytest

from headrace import (
    AssetExecutionContext,
    AssetIn,
    DailyPartitionsDefinition,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from headrace.errors import InvalidConfigError, MissingExtraError, StoredFileNotFoundError, StoreError
from headrace.integrations.gcp import (
    BigQueryPandasIOManager,
    BigQueryPySparkTypeHandler,
    BigQueryResource,
    bigquery_pandas_io_manager,
    bigquery_resource,
)
from headrace.integrations.gcp.bigquery_client import EMULATOR
from headrace.integrations.gcp.bigquery_trouble import explained
from rig.local_bigquery import PROJECT, BigQueryServer

DAYS = DailyPartitionsDefinition("2024-01-01", end_date="2024-01-05")
COLOURS = StaticPartitionsDefinition(["red", "green"])


@pytest.fixture
def server(bigquery_server: BigQueryServer, monkeypatch: pytest.MonkeyPatch) -> BigQueryServer:
    monkeypatch.setenv(EMULATOR, bigquery_server.endpoint)
    return bigquery_server


@pytest.fixture
def dataset(server: BigQueryServer) -> str:
    return server.create_dataset()


@pytest.fixture
def resources(dataset: str) -> dict[str, Any]:
    return {"io_manager": BigQueryPandasIOManager(project=PROJECT, dataset=dataset, timeout=20.0)}


@asset
def people() -> pd.DataFrame:
    return pd.DataFrame({"name": ["ada", "bob"], "age": [36, 7]})


def test_an_asset_is_a_table_and_is_loaded_as_a_frame(
    server: BigQueryServer, dataset: str, resources: dict[str, Any]
) -> None:
    @asset
    def ages(people: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"total": [int(people["age"].sum())]})

    for _ in range(2):
        result = materialize([people, ages], resources=resources)
    assert server.rows(f"SELECT name, age FROM {dataset}.people ORDER BY age") == [("bob", 7), ("ada", 36)]
    assert server.rows(f"SELECT total FROM {dataset}.ages") == [(43,)]
    metadata = result.asset_materializations_for_node("people")[0].metadata
    assert metadata["row_count"].value == 2
    assert metadata["query"].value == f"SELECT * FROM `{PROJECT}.{dataset}.people`"


def test_an_input_may_name_columns(resources: dict[str, Any]) -> None:
    @asset(ins={"people": AssetIn(metadata={"columns": ["age"]})})
    def ages(people: pd.DataFrame) -> None:
        assert list(people.columns) == ["age"]

    assert materialize([people, ages], resources=resources).success


def test_a_partition_is_its_rows(server: BigQueryServer, dataset: str, resources: dict[str, Any]) -> None:
    amounts = iter(range(1, 10))

    @asset(partitions_def=DAYS, metadata={"partition_expr": "TIMESTAMP(day)"})
    def sales(context: AssetExecutionContext) -> pd.DataFrame:
        return pd.DataFrame({"day": pd.to_datetime([context.partition_key]), "amount": [next(amounts)]})

    @asset(partitions_def=DAYS, metadata={"partition_expr": "TIMESTAMP(day)"})
    def doubled(sales: pd.DataFrame) -> pd.DataFrame:
        return sales.assign(amount=sales["amount"] * 2)

    for day in ("2024-01-01", "2024-01-02", "2024-01-01"):
        materialize([sales], resources=resources, partition_key=day)
    materialize([sales, doubled], selection=[doubled], resources=resources, partition_key="2024-01-02")
    assert server.rows(f"SELECT amount FROM {dataset}.sales ORDER BY amount") == [(2,), (3,)]
    assert server.rows(f"SELECT amount FROM {dataset}.doubled") == [(4,)]


def test_a_partition_by_key_is_its_rows(server: BigQueryServer, dataset: str, resources: dict[str, Any]) -> None:
    @asset(partitions_def=COLOURS, metadata={"partition_expr": "colour"})
    def shades(context: AssetExecutionContext) -> pd.DataFrame:
        return pd.DataFrame({"colour": [context.partition_key]})

    for colour in ("red", "green", "red"):
        materialize([shades], resources=resources, partition_key=colour)
    assert server.rows(f"SELECT colour FROM {dataset}.shades ORDER BY colour") == [("green",), ("red",)]


def test_the_older_style_makes_the_dataset_that_a_key_names(server: BigQueryServer) -> None:
    name = server.create_dataset() + "_new"

    @asset(key_prefix=name)
    def prefixed() -> pd.DataFrame:
        return pd.DataFrame({"x": [1]})

    materialize([prefixed], resources={"io_manager": bigquery_pandas_io_manager.configured({"project": PROJECT})})
    assert server.rows(f"SELECT x FROM {name}.prefixed") == [(1,)]


@pytest.mark.parametrize("style", ["model", "older"])
def test_a_resource_is_a_client(server: BigQueryServer, dataset: str, style: str) -> None:
    @asset(required_resource_keys={"bigquery"})
    def by_hand(context: AssetExecutionContext) -> None:
        statement = f"CREATE TABLE {dataset}.by_hand AS SELECT 1 AS x"
        if style == "older":
            context.resources.bigquery.query(statement).result()
        else:
            with context.resources.bigquery.get_client() as client:
                client.query(statement).result()

    older = bigquery_resource.configured({"project": PROJECT})
    materialize([by_hand], resources={"bigquery": older if style == "older" else BigQueryResource(project=PROJECT)})
    assert server.rows(f"SELECT x FROM {dataset}.by_hand") == [(1,)]


def test_a_table_that_is_not_there_is_named(dataset: str, resources: dict[str, Any]) -> None:
    @asset
    def ages(people: pd.DataFrame) -> None: ...

    with pytest.raises(
        StoredFileNotFoundError, match=rf"There is no table {PROJECT}\.{dataset}\.people: it has not been"
    ):
        materialize([people, ages], selection=[ages], resources=resources)


def test_credentials_that_are_none_are_told_without_showing_them() -> None:
    manager = BigQueryPandasIOManager(project=PROJECT, gcp_credentials="bm90IGEga2V5")
    with pytest.raises(InvalidConfigError, match="gcp_credentials: this is no key of a service account") as caught:
        materialize([people], resources={"io_manager": manager})
    assert "bm90IGEga2V5" not in str(caught.value)


def test_a_frame_of_spark_needs_spark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(MissingExtraError, match=r"pyspark cannot be imported here .*: install headrace\[pyspark\]\."):
        _ = BigQueryPySparkTypeHandler().supported_types


def test_what_bigquery_answers_is_told_with_what_to_do() -> None:
    from google.api_core import exceptions

    def message(error: Exception) -> str:
        with pytest.raises((StoreError, StoredFileNotFoundError)) as caught:
            with explained("read", "p.d.t"):
                raise error
        return str(caught.value)

    quota = exceptions.Forbidden("Exceeded", errors=[{"reason": "quotaExceeded"}])
    assert message(quota).startswith("The quota of BigQuery is used up, so it did not read p.d.t: try again later")
    assert message(exceptions.Forbidden("Access Denied")).startswith(
        "The credentials are not allowed to read p.d.t: give"
    )
    assert message(exceptions.BadRequest("Syntax error")) == "BigQuery did not read p.d.t: Syntax error"
    assert message(exceptions.Unauthorized("no")).startswith("BigQuery does not accept the credentials: correct them")
    assert message(ConnectionError("refused")).startswith("BigQuery cannot be reached to read p.d.t: check the network")
