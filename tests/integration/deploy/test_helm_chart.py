"""The Helm chart: what it renders is valid, fits together, and is an instance file that services take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from headrace_codeloc.engines.known import ENGINES
from headrace_services.kit.config.components import EngineLauncher, PostgresStorage
from headrace_services.kit.config.instance import load_instance
from rig.helm import CHART, helm, rendered

LOCATION = {
    "name": "etl",
    "image": "registry.example/etl:7",
    "arguments": ["-m", "etl.definitions"],
    "env": [{"name": "MODE", "value": "fast"}],
    "containerContext": {"k8s": {"resources": {"limits": {"memory": "2Gi"}}}},
}
LEAST: dict[str, Any] = {}
EVERYTHING: dict[str, Any] = {
    "auth": {
        "secretName": "headrace-auth",
        "callers": {"team-a": {"role": "launcher", "secretKey": "a", "locations": ["etl"]}},
    },
    "imagePullSecrets": [{"name": "login"}],
    "codeLocations": [LOCATION],
    "gateway": {"ingress": {"enabled": True, "host": "data.example", "className": "nginx", "tlsSecretName": "web"}},
    "instance": {"run_queue": {"max_concurrent_runs": 50}},
    "runLauncher": {"resources": {"limits": {"memory": "1Gi"}}},
    "tolerations": [{"key": "data", "operator": "Exists"}],
}
PLAIN: dict[str, Any] = {"tls": {"mode": "none"}, "codeLocations": [LOCATION]}
ALL = pytest.mark.parametrize("values", [LEAST, EVERYTHING, PLAIN], ids=["least", "everything", "plain"])


def _one(objects: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    (found,) = [each for each in objects if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def test_lint_finds_nothing() -> None:
    answer = helm("lint", "--strict", CHART)
    assert answer.returncode == 0, answer.stdout


@ALL
def test_objects_are_valid(values: dict[str, Any]) -> None:
    for version in ("1.29", "1.33", kubernetes_validate.latest_version()):
        for each in rendered(values):
            kubernetes_validate.validate(each, version, strict=True)


@ALL
def test_the_instance_file_is_one_that_services_take(values: dict[str, Any], tmp_path: Path) -> None:
    text = _one(rendered(values), "ConfigMap", "r-headrace-instance")["data"]["headrace.yaml"]
    (tmp_path / "headrace.yaml").write_text(text)
    # Only storage has the database's address: the others must take the file without it.
    instance = load_instance(tmp_path)
    assert isinstance(instance.storage, PostgresStorage)
    assert isinstance(instance.run_launcher, EngineLauncher)
    settings = ENGINES["k8s"].settings().of(instance.run_launcher.config, "run_launcher.k8s")
    assert settings.service_account_name == "r-headrace-worker"  # type: ignore[attr-defined]


@ALL
def test_names_that_are_used_are_there(values: dict[str, Any]) -> None:
    objects = rendered(values)
    made = {(each["kind"], each["metadata"]["name"]) for each in objects}
    outside = {("Secret", "headrace-database"), ("Secret", "headrace-auth"), ("Secret", "login")}
    instance = yaml.safe_load(_one(objects, "ConfigMap", "r-headrace-instance")["data"]["headrace.yaml"])
    hosts = [each["address"].partition(":")[0] for each in instance["services"].values() if isinstance(each, dict)]
    hosts += [each["grpc_server"]["host"] for each in instance["load_from"]]
    assert {("Service", host) for host in hosts} <= made
    for deployment in (each for each in objects if each["kind"] == "Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        for volume in pod.get("volumes", ()):
            if "secret" in volume:
                assert ("Secret", volume["secret"]["secretName"]) in made | outside
            if "configMap" in volume:
                assert ("ConfigMap", volume["configMap"]["name"]) in made
        if "serviceAccountName" in pod:
            assert ("ServiceAccount", pod["serviceAccountName"]) in made


def test_only_storage_sees_the_database_and_only_the_launcher_the_cluster() -> None:
    deployments = [each for each in rendered(EVERYTHING) if each["kind"] == "Deployment"]
    with_database = [each["metadata"]["name"] for each in deployments if "HEADRACE_DATABASE_URL" in str(each)]
    assert with_database == ["r-headrace-storage"]
    with_token = [
        each["metadata"]["name"]
        for each in deployments
        if each["spec"]["template"]["spec"].get("automountServiceAccountToken", True)
    ]
    assert with_token == ["r-headrace-launcher"]


def test_callers_have_a_role_and_a_token_that_every_service_knows(tmp_path: Path) -> None:
    objects = rendered(EVERYTHING)
    file = _one(objects, "ConfigMap", "r-headrace-instance")["data"]["headrace.yaml"]
    (tmp_path / "headrace.yaml").write_text(file)
    (name, caller), *others = load_instance(tmp_path).auth.callers.items()
    assert (name, caller.role, caller.locations, others) == ("team-a", "launcher", ("etl",), [])
    for service in ("storage", "coordinator", "scheduler", "launcher", "gateway"):
        deployment = _one(objects, "Deployment", f"r-headrace-{service}")
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        source = {"secretKeyRef": {"name": "headrace-auth", "key": "a"}}
        assert {"name": caller.token.env, "valueFrom": source} in container["env"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"tls": {"mode": "sometimes"}}, "/tls/mode"),
        ({"tls": {"mode": "secret"}}, "/tls/secretName"),
        ({"codeLocations": [{"name": "Etl!", "image": "a", "arguments": ["-m", "x"]}]}, "/codeLocations/0/name"),
        ({"services": {"storage": {"replica": 1}}}, "replica"),
        ({"auth": {"callers": {"a": {"role": "boss", "secretKey": "a"}}}}, "/auth/callers/a/role"),
    ],
)
def test_wrong_values_are_refused_by_their_place(values: dict[str, Any], said: str) -> None:
    answer = helm("template", "r", CHART, "-f", "-", stdin=yaml.safe_dump(values))
    assert answer.returncode != 0
    assert said in answer.stderr.replace(".", "/")
