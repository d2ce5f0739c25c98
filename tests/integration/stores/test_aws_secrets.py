"""Secrets and parameters of AWS, against a server that speaks its protocols."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

import headrace as dg
from headrace.errors import StoreError
from headrace.integrations.aws import (
    ParameterStoreResource,
    ParameterStoreTag,
    SecretsManagerResource,
    SecretsManagerSecretsResource,
    SSMResource,
    parameter_store_resource,
    secretsmanager_resource,
    secretsmanager_secrets_resource,
    ssm_resource,
)
from rig.ecs import REGION
from rig.moto import start_moto
from rig.ports import free_port
from rig.processes import Supervisor


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """How the server is reached, with secrets and parameters in it."""
    supervisor = Supervisor(tmp_path_factory.mktemp("aws"))
    try:
        at = {
            "endpoint_url": start_moto(supervisor),
            "region_name": REGION,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }
        secrets = SecretsManagerResource(**at).get_client()
        secrets.create_secret(Name="DB", SecretString="opensesame", Tags=[{"Key": "shop", "Value": ""}])
        secrets.create_secret(Name="API", SecretString="hunter2")
        secrets.create_secret(Name="KEY", SecretBinary=b"\x00")
        parameters = SSMResource(**at).get_client()
        for number in range(12):
            parameters.put_parameter(Name=f"/shop/limits/{number}", Value=str(number), Type="String")
        parameters.put_parameter(
            Name="TOKEN", Value="hidden", Type="SecureString", Tags=[{"Key": "shop", "Value": "1"}]
        )
        parameters.put_parameter(Name="OTHER", Value="other", Type="String", Tags=[{"Key": "shop", "Value": "2"}])
        yield at
    finally:
        supervisor.close()


def test_secrets_are_fetched_by_name_and_by_tag(aws: dict[str, Any]) -> None:
    resource = SecretsManagerSecretsResource(**aws, secrets=["API"], secrets_tag="shop")
    assert resource.fetch_secrets() == {"API": "hunter2", "DB": "opensesame"}
    assert resource.fetch_secrets(secrets=["DB"], secrets_tag="") == {"DB": "opensesame"}
    arn = SecretsManagerResource(**aws).get_client().describe_secret(SecretId="DB")["ARN"]
    assert SecretsManagerSecretsResource(**aws, secrets=[arn]).fetch_secrets() == {"DB": "opensesame"}


def test_secrets_are_variables_for_as_long_as_is_said(aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB", "before")

    @dg.asset
    def table(secrets: SecretsManagerSecretsResource) -> str:
        with secrets.secrets_in_environment():
            return os.environ["DB"] + os.environ["API"]

    resource = SecretsManagerSecretsResource(**aws, secrets=["DB", "API"])
    assert dg.materialize([table], resources={"secrets": resource}).output_for_node("table") == "opensesamehunter2"
    assert os.environ["DB"] == "before"
    assert "API" not in os.environ


def test_parameters_are_fetched_by_name_tag_and_path(aws: dict[str, Any]) -> None:
    resource = ParameterStoreResource(
        **aws, parameter_tags=[ParameterStoreTag(key="shop", values=["1"])], with_decryption=True
    )
    assert resource.fetch_parameters() == {"TOKEN": "hidden"}
    both = [ParameterStoreTag(key="shop")]
    assert resource.fetch_parameters(parameter_tags=both) == {"TOKEN": "hidden", "OTHER": "other"}
    names = [f"/shop/limits/{number}" for number in range(12)]
    expected = {name: name.rpartition("/")[2] for name in names}
    assert resource.fetch_parameters(parameters=names, parameter_tags=[]) == expected
    assert resource.fetch_parameters(parameter_tags=[], parameter_paths=["/shop"]) == expected
    with resource.parameters_in_environment():
        assert os.environ["TOKEN"] == "hidden"
    assert "TOKEN" not in os.environ


def test_the_older_style_gives_clients_and_values(aws: dict[str, Any]) -> None:
    seen: dict[str, Any] = {}

    @dg.op(required_resource_keys={"sm", "secrets", "ssm", "parameters"})
    def look(context: dg.OpExecutionContext) -> None:
        resources = context.resources
        seen["client"] = resources.sm.get_secret_value(SecretId="DB")["SecretString"]
        seen["parameter"] = resources.ssm.get_parameter(Name="OTHER")["Parameter"]["Value"]
        seen["values"] = {**resources.secrets, **resources.parameters}
        seen["variable"] = os.environ["OTHER"]

    @dg.job(
        resource_defs={
            "sm": secretsmanager_resource.configured(aws),
            "secrets": secretsmanager_secrets_resource.configured({**aws, "secrets": ["API"]}),
            "ssm": ssm_resource.configured(aws),
            "parameters": parameter_store_resource.configured(
                {
                    **aws,
                    "parameters": ["OTHER"],
                    "parameter_tags": [{"key": "shop", "values": ["2"]}],
                    "add_to_environment": True,
                }
            ),
        }
    )
    def looks() -> None:
        look()

    assert looks.execute_in_process().success
    values = {"API": "hunter2", "OTHER": "other"}
    assert seen == {"client": "opensesame", "parameter": "other", "values": values, "variable": "other"}
    assert "OTHER" not in os.environ


def test_what_is_not_there_says_what_to_do(aws: dict[str, Any]) -> None:
    with pytest.raises(
        StoreError, match=r"AWS did not read secret 'nobody': .*; create it, or correct its name and the"
    ):
        SecretsManagerSecretsResource(**aws, secrets=["nobody"]).fetch_secrets()
    with pytest.raises(StoreError, match=r"Secret 'KEY' is binary and no text: read it with the client"):
        SecretsManagerSecretsResource(**aws, secrets=["KEY"]).fetch_secrets()
    with pytest.raises(StoreError, match=r"There is no parameter nobody: create it, or correct"):
        ParameterStoreResource(**aws, parameters=["nobody", "OTHER"]).fetch_parameters()


def test_who_asks_without_credentials_or_of_nobody_is_told_so(
    aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path_factory.mktemp("nobody") / "credentials"))
    anonymous = {name: aws[name] for name in ("endpoint_url", "region_name")}
    with pytest.raises(StoreError, match="no credentials were found; set them on the resource"):
        SecretsManagerSecretsResource(**anonymous, secrets=["DB"]).fetch_secrets()
    away = {**aws, "endpoint_url": f"http://127.0.0.1:{free_port()}", "max_attempts": 1}
    with pytest.raises(StoreError, match=r"AWS cannot be asked to read the parameters OTHER: Could not connect"):
        ParameterStoreResource(**away, parameters=["OTHER"]).fetch_parameters()
