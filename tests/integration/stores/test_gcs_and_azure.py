"""Values and output of steps in Google Cloud Storage and in Azure, against a server each that speaks their protocol."""

from __future__ import annotations

import json
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from headrace import (
    AssetExecutionContext,
    AssetIn,
    ConfigurableResource,
    Definitions,
    StaticPartitionsDefinition,
    asset,
    materialize,
)
from headrace.errors import InvalidConfigError, MissingExtraError, ResourceInitError, StoreError
from headrace.integrations.azure import (
    ADLS2Key,
    ADLS2PickleIOManager,
    ADLS2Resource,
    AzureBlobComputeLogManager,
    AzureBlobStorageKeyCredential,
    AzureBlobStorageResource,
    adls2_pickle_io_manager,
    adls2_resource,
)
from headrace.integrations.azure.compute_logs import ClientSecret
from headrace.integrations.gcp import GCSComputeLogManager, GCSPickleIOManager, GCSResource, gcs_pickle_io_manager
from headrace.integrations.gcp import gcs_resource as older_gcs_resource
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.integrations.obstore import ADLSComputeLogManager
from headrace.integrations.obstore import GCSComputeLogManager as ObstoreGCSComputeLogManager
from headrace.settings import Secret
from rig.azurite import ACCOUNT, KEY, AzureServer
from rig.fake_gcs import GcsServer

COLOURS = StaticPartitionsDefinition(["red", "green"])


@asset
def numbers() -> list[int]:
    return [1, 2, 3]


@asset
def total(numbers: list[int]) -> int:
    return sum(numbers)


@asset(partitions_def=COLOURS, key_prefix="shades")
def shade(context: AssetExecutionContext) -> str:
    return context.partition_key.upper()


@asset(ins={"shade": AssetIn(key_prefix="shades")})
def shades(shade: Mapping[str, str]) -> list[str]:
    return sorted(shade.values())


def make_everything(resources: dict[str, Any]) -> None:
    """Makes values with and without partitions, and reads all of them."""
    assert materialize([numbers, total], resources=resources).output_for_node("total") == 6
    for key in COLOURS.get_partition_keys():
        materialize([shade], resources=resources, partition_key=key)
    result = materialize([shade, shades], selection=[shades], resources=resources)
    assert result.output_for_node("shades") == ["GREEN", "RED"]


KEYS = [f"dagster/{name}" for name in ("numbers", "shades", "shades/shade/green", "shades/shade/red", "total")]


@pytest.fixture
def gcs(gcs_server: GcsServer, monkeypatch: pytest.MonkeyPatch) -> GCSResource:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs_server.endpoint)
    return GCSResource(project="tests")


@pytest.fixture
def adls2(azure_server: AzureServer) -> ADLS2Resource:
    return ADLS2Resource(storage_account=ACCOUNT, credential=ADLS2Key(key=KEY), endpoint=azure_server.endpoint)


def test_values_go_to_gcs(gcs: GCSResource, gcs_server: GcsServer, gcs_bucket: str) -> None:
    make_everything({"io_manager": GCSPickleIOManager(gcs=gcs, gcs_bucket=gcs_bucket)})
    assert gcs_server.keys(gcs_bucket) == KEYS
    assert pickle.loads(gcs_server.read(gcs_bucket, "dagster/numbers")) == [1, 2, 3]


def test_the_older_style_stores_in_gcs_too(gcs: GCSResource, gcs_server: GcsServer, gcs_bucket: str) -> None:
    resources = {
        "io_manager": gcs_pickle_io_manager.configured({"gcs_bucket": gcs_bucket, "gcs_prefix": "old"}),
        "gcs": older_gcs_resource.configured({"project": "tests"}),
    }
    result = Definitions([numbers, total], resources=resources).get_implicit_global_asset_job_def().execute_in_process()
    assert result.output_for_node("total") == 6
    assert gcs_server.keys(gcs_bucket) == ["old/numbers", "old/total"]


def test_values_go_to_azure(adls2: ADLS2Resource, azure_server: AzureServer, azure_container: str) -> None:
    make_everything({"io_manager": ADLS2PickleIOManager(adls2=adls2, adls2_file_system=azure_container)})
    assert azure_server.keys(azure_container) == KEYS
    assert pickle.loads(azure_server.read(azure_container, "dagster/numbers")) == [1, 2, 3]


def test_the_older_style_stores_in_azure_too(azure_server: AzureServer, azure_container: str) -> None:
    account = {"storage_account": ACCOUNT, "credential": {"key": KEY}, "endpoint": azure_server.endpoint}
    resources = {
        "io_manager": adls2_pickle_io_manager.configured({"adls2_file_system": azure_container}),
        "adls2": adls2_resource.configured(account),
    }
    result = Definitions([numbers, total], resources=resources).get_implicit_global_asset_job_def().execute_in_process()
    assert result.output_for_node("total") == 6
    assert azure_server.keys(azure_container) == ["dagster/numbers", "dagster/total"]


@pytest.mark.parametrize("kind", ["adls2", "blob"])
def test_an_asset_may_use_the_client_of_blobs(
    kind: str, adls2: ADLS2Resource, azure_server: AzureServer, azure_container: str
) -> None:
    blob = AzureBlobStorageResource(
        account_url=azure_server.endpoint, credential=AzureBlobStorageKeyCredential(key=KEY)
    )

    class Clients(ConfigurableResource[Any]):
        adls2: ADLS2Resource
        blob: AzureBlobStorageResource

    @asset
    def note(clients: Clients) -> None:
        with clients.adls2.blob_client if kind == "adls2" else clients.blob.get_client() as client:
            client.get_blob_client(azure_container, "note").upload_blob(b"hello")

    materialize([note], resources={"clients": Clients(adls2=adls2, blob=blob)})
    assert azure_server.read(azure_container, "note") == b"hello"


def test_a_wrong_key_of_azure_is_told(azure_server: AzureServer, azure_container: str) -> None:
    wrong = ADLS2Resource(storage_account=ACCOUNT, credential=ADLS2Key(key="d3Jvbmc="), endpoint=azure_server.endpoint)
    manager = ADLS2PickleIOManager(adls2=wrong, adls2_file_system=azure_container)
    with pytest.raises(StoreError) as caught:
        materialize([numbers], resources={"io_manager": manager})
    # Azure itself says that the key is wrong; this server, that whoever has it may not.
    assert str(caught.value) == (
        f"The credentials are not allowed to write az://{azure_container}/dagster/numbers: give them that right on the "
        "container, or use others."
    )


def test_missing_credentials_of_google_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    manager = GCSPickleIOManager(gcs=GCSResource(project="tests"), gcs_bucket="bucket")
    with pytest.raises(ResourceInitError) as caught:
        materialize([numbers], resources={"io_manager": manager})
    assert str(caught.value.user_exception).startswith(
        "No credentials for Google Cloud Storage were found: set GOOGLE_"
    )


def keep_and_read(logs: UploadedLogs, file: Path) -> None:
    """Keeps output as a worker does, and reads it as a gateway does that has been told the same."""
    reader = type(logs)(**json.loads(json.dumps(logs.to_config())))
    file.write_text("said")
    logs.store_so_far("run", "step", 1, "stdout", file)
    assert (reader.newest_attempt("run", "step"), reader.read("run", "step", 1, "stdout", 1)) == (1, b"aid")
    assert not reader.is_complete("run", "step", 1, "stdout")
    file.write_text("said more")
    logs.store("run", "step", 1, "stdout", file)
    assert reader.read("run", "step", 1, "stdout", 4) == b" more"
    assert reader.is_complete("run", "step", 1, "stdout")


OUTPUT = "dagster/storage/run/compute_logs/step.1.out"


@pytest.mark.parametrize("kind", [GCSComputeLogManager, ObstoreGCSComputeLogManager])
def test_output_goes_to_gcs(
    kind: Any, gcs: GCSResource, gcs_server: GcsServer, gcs_bucket: str, tmp_path: Path
) -> None:
    keep_and_read(kind(bucket=gcs_bucket), tmp_path / "file")
    assert gcs_server.keys(gcs_bucket) == [OUTPUT]


def test_output_goes_to_azure(azure_server: AzureServer, azure_container: str, tmp_path: Path) -> None:
    place = {"storage_account": ACCOUNT, "container": azure_container, "endpoint": azure_server.endpoint}
    keep_and_read(AzureBlobComputeLogManager(**place, access_key_or_sas_token=Secret(value=KEY)), tmp_path / "file")
    assert azure_server.keys(azure_container) == [OUTPUT]


def test_output_goes_to_azure_with_the_settings_of_obstore(
    azure_server: AzureServer, azure_container: str, tmp_path: Path
) -> None:
    place = {"storage_account": ACCOUNT, "container": azure_container, "endpoint": azure_server.endpoint}
    keep_and_read(ADLSComputeLogManager(**place, access_key_id=Secret(value=KEY)), tmp_path / "file")
    assert azure_server.keys(azure_container) == [OUTPUT]


def test_an_application_s_secret_reaches_the_worker() -> None:
    secret = ClientSecret(client_id="app", client_secret=Secret(value="hidden"), tenant_id="tenant")
    logs = AzureBlobComputeLogManager(storage_account="a", container="c", secret_credential=secret)
    assert "hidden" not in repr(logs)
    same = AzureBlobComputeLogManager(**json.loads(json.dumps(logs.to_config())))
    assert same == logs
    twice = replace(logs, access_key_or_sas_token=Secret(value=KEY))
    assert "give one of it" in twice.check()["access_key_or_sas_token"]


def test_what_is_no_key_of_a_service_account_is_told_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    logs = GCSComputeLogManager(bucket="b", json_credentials_envvar="GCS_KEY")
    with pytest.raises(InvalidConfigError, match="the environment variable GCS_KEY is not set"):
        logs.open_store()
    for wrong in ("{not json}", "@@hidden@@", '{"type": "hidden"}'):
        monkeypatch.setenv("GCS_KEY", wrong)
        with pytest.raises(InvalidConfigError, match="GCS_KEY: this .* is no key|GCS_KEY: this is no key") as caught:
            logs.open_store()
        assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("library", "logs", "extra"),
    [
        ("google.cloud", GCSComputeLogManager(bucket="b"), "gcp"),
        ("obstore", ADLSComputeLogManager(storage_account="a", container="c"), "azure"),
    ],
)
def test_a_library_that_is_not_installed_is_named_with_its_extra(
    library: str, logs: UploadedLogs, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (library, f"{library}.storage", f"{library}.store"):
        monkeypatch.setitem(__import__("sys").modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"cannot be imported here .*: install headrace\[{extra}\]\."):
        logs.open_store()
