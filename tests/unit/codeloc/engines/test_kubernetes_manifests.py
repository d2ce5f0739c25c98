"""Jobs as they are made from settings, checked with the schemas that Kubernetes publishes for each version."""

from __future__ import annotations

import json
from typing import Any

import kubernetes_validate
import pytest

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import RUN_ID, STEP_KEY, Layer, Workload
from headrace_codeloc.engines.kubernetes import SETTINGS
from headrace_codeloc.engines.kubernetes.manifests import job_manifest, label_value, secret_manifest

VERSIONS = [each for each in kubernetes_validate.utils.all_versions() if int(each.split(".")[1]) >= 28]
BASE = {"job_image": "registry/etl:3", "job_namespace": "data"}
EVERYTHING = {
    **BASE,
    "image_pull_policy": "Always",
    "image_pull_secrets": [{"name": "login"}],
    "service_account_name": "worker",
    "env_config_maps": ["settings"],
    "env_secrets": ["passwords"],
    "env_vars": ["MODE=fast", "FROM_HERE"],
    "env": [{"name": "NODE", "value_from": {"field_ref": {"field_path": "spec.nodeName"}}}],
    "volume_mounts": [{"mount_path": "/data", "name": "data", "read_only": True}],
    "volumes": [{"name": "data", "persistent_volume_claim": {"claim_name": "data"}}],
    "labels": {"team": "etl"},
    "resources": {"requests": {"cpu": "250m", "memory": "64Mi"}, "limits": {"nvidia.com/gpu": "1"}},
    "scheduler_name": "volcano",
    "security_context": {"run_as_user": 1000, "allow_privilege_escalation": False},
    "run_k8s_config": {
        "container_config": {
            "image_pull_policy": "IfNotPresent",
            "termination_message_policy": "FallbackToLogsOnError",
        },
        "pod_template_spec_metadata": {"annotations": {"cluster-autoscaler.kubernetes.io/safe_to_evict": "false"}},
        "pod_spec_config": {
            "node_selector": {"disk_type": "ssd"},
            "tolerations": [{"key": "spot", "operator": "Exists"}],
            "affinity": {
                "node_affinity": {
                    "required_during_scheduling_ignored_during_execution": {
                        "node_selector_terms": [
                            {"match_expressions": [{"key": "a", "operator": "In", "values": ["b"]}]}
                        ]
                    }
                }
            },
            "host_pid": False,
            "dns_config": {"options": [{"name": "ndots", "value": "2"}]},
            "termination_grace_period_seconds": 120,
        },
        "job_metadata": {"annotations": {"team": "etl"}},
        "job_spec_config": {"ttl_seconds_after_finished": 60, "active_deadline_seconds": 3600},
    },
}


def _workload(layers: list[Layer] | None = None, step: str = "", image: str = "") -> Workload:
    labels = {RUN_ID: "01a", **({STEP_KEY: step} if step else {})}
    return Workload("headrace-run-01a", ["headrace", "work"], {"A": "1"}, {"TOKEN": "x"}, image, labels, layers or [])


def _job(config: dict[str, Any], workload: Workload | None = None) -> dict[str, Any]:
    workload = workload or _workload()
    settings = SETTINGS.of(config, "run_launcher.config").for_workload(workload)
    return job_manifest(settings, workload, environ={"FROM_HERE": "yes"})


def _container(job: dict[str, Any]) -> dict[str, Any]:
    return job["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("config", [BASE, EVERYTHING], ids=["least", "everything"])
def test_manifests_are_valid_for_every_version(version: str, config: dict[str, Any]) -> None:
    kubernetes_validate.validate(_job(config), version, strict=True)
    kubernetes_validate.validate(secret_manifest(_workload(), "uid"), version, strict=True)


def test_everything_that_can_be_said_is_there() -> None:
    job = _job(EVERYTHING)
    pod, container = job["spec"]["template"]["spec"], _container(job)
    assert job["spec"]["ttlSecondsAfterFinished"] == 60
    assert job["spec"]["backoffLimit"] == 0
    assert job["metadata"]["annotations"]["team"] == "etl"
    assert pod["nodeSelector"] == {"disk_type": "ssd"}
    assert pod["serviceAccountName"] == "worker"
    assert pod["restartPolicy"] == "Never"
    assert container["imagePullPolicy"] == "IfNotPresent"
    assert container["securityContext"] == {"runAsUser": 1000, "allowPrivilegeEscalation": False}
    assert {each["name"]: each.get("value") for each in container["env"]} == {
        "MODE": "fast",
        "FROM_HERE": "yes",
        "NODE": None,
        "A": "1",
        "TOKEN": None,
        "HEADRACE_POD_NAME": None,
        "HEADRACE_POD_UID": None,
        "HEADRACE_POD_NAMESPACE": None,
    }
    assert container["resources"]["limits"] == {"nvidia.com/gpu": "1"}


def test_each_place_has_the_last_word_on_those_before() -> None:
    location = Layer("container_context.k8s", {"image_pull_policy": "Never", "env_vars": ["B=2"], "labels": {"x": "l"}})
    tag = SETTINGS.layer_of_tags(
        {
            "dagster-k8s/config": json.dumps(
                {
                    "container_config": {"resources": {"limits": {"cpu": "2"}}},
                    "pod_template_spec_metadata": {"annotations": {"a": "tag"}},
                    "job_spec_config": {"ttl_seconds_after_finished": 7},
                }
            )
        }
    )
    config = {
        **BASE,
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
        "labels": {"x": "launcher", "y": "launcher"},
    }
    job = _job(config, _workload([location, Layer("tag", tag)], image="registry/location:9"))
    container = _container(job)
    assert container["image"] == "registry/location:9"
    assert container["imagePullPolicy"] == "Never"
    assert container["resources"] == {"limits": {"cpu": "2", "memory": "1Gi"}}
    assert job["spec"]["ttlSecondsAfterFinished"] == 7
    assert (job["metadata"]["labels"]["x"], job["metadata"]["labels"]["y"]) == ("l", "launcher")
    assert job["spec"]["template"]["metadata"]["annotations"]["a"] == "tag"
    assert container["env"][0] == {"name": "B", "value": "2"}


def test_shallow_replaces_what_deep_puts_together() -> None:
    under = {"run_k8s_config": {"pod_spec_config": {"node_selector": {"a": "1"}, "tolerations": [{"key": "x"}]}}}
    over = {"pod_spec_config": {"node_selector": {"b": "2"}, "tolerations": [{"key": "y"}]}}

    def pod(merge: str) -> Any:
        said = {"run_k8s_config": {**over, "merge_behavior": merge}}
        return _job({**BASE, **under}, _workload([Layer("location", said)]))["spec"]["template"]["spec"]

    assert pod("DEEP")["nodeSelector"] == {"a": "1", "b": "2"}
    assert pod("DEEP")["tolerations"] == [{"key": "x"}, {"key": "y"}]
    assert pod("SHALLOW")["nodeSelector"] == {"b": "2"}
    assert pod("SHALLOW")["tolerations"] == [{"key": "y"}]


def test_one_step_may_have_more_than_others() -> None:
    config = {
        **BASE,
        "step_k8s_config": {"container_config": {"resources": {"limits": {"cpu": "1"}}}},
        "per_step_k8s_config": {"train": {"container_config": {"resources": {"limits": {"cpu": "8"}}}}},
    }
    assert _container(_job(config, _workload(step="train")))["resources"]["limits"] == {"cpu": "8"}
    assert _container(_job(config, _workload(step="load")))["resources"]["limits"] == {"cpu": "1"}
    assert "resources" not in _container(_job(config))


def test_users_cannot_take_the_place_of_what_the_worker_needs() -> None:
    layer = Layer("tag", {"config": {"container_config": {"env": [{"name": "TOKEN", "value": "mine"}]}}})
    env = {each["name"]: each for each in _container(_job(BASE, _workload([layer])))["env"]}
    assert "value" not in env["TOKEN"]


def test_a_launcher_may_limit_what_others_say() -> None:
    config = {
        **BASE,
        "only_allow_user_defined_k8s_config_fields": {"container_config": {"resources": True}, "namespace": True},
        "only_allow_user_defined_env_vars": ["MODE"],
    }
    allowed = Layer(
        "container_context.k8s of 'etl'", {"resources": {"limits": {"cpu": "1"}}, "env_vars": ["MODE=1", "PATH=/"]}
    )
    env = [each["name"] for each in _container(_job(config, _workload([allowed], image="registry/location:9")))["env"]]
    assert "MODE" in env
    assert "PATH" not in env
    refused = Layer("container_context.k8s of 'etl'", {"volumes": [{"name": "root", "host_path": {"path": "/"}}]})
    with pytest.raises(
        InvalidConfigError, match=r"container_context\.k8s of 'etl' sets pod_spec_config\.volumes, which only_allow"
    ):
        _job(config, _workload([refused]))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"job_imag": "x"}, "run_launcher.config.job_imag: unknown key; did you mean job_image?"),
        ({"run_k8s_config": {"pod_spec": {}}}, "run_launcher.config.run_k8s_config.pod_spec: unknown key"),
        (
            {"image_pull_policy": "Sometimes"},
            "run_launcher.config.image_pull_policy: input should be 'Always', 'IfNotPresent' or",
        ),
        ({"env_vars": ["NOT_SET"], "job_image": "x"}, "env_vars names NOT_SET, which is not set here"),
        ({}, "no image is named for the pod"),
    ],
)
def test_wrong_configuration_is_told_by_its_place(config: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidConfigError) as caught:
        _job(config)
    assert message in str(caught.value)


def test_a_location_cannot_say_what_is_the_launchers() -> None:
    layer = Layer("container_context.k8s of 'etl'", {"kubeconfig_file": "/root/.kube/config"})
    with pytest.raises(InvalidConfigError, match=r"kubeconfig_file: only the launcher or executor itself can say this"):
        _job(BASE, _workload([layer]))


def test_a_tag_that_is_no_json_is_told() -> None:
    with pytest.raises(InvalidConfigError, match="tag dagster-k8s/config is no JSON"):
        SETTINGS.layer_of_tags({"dagster-k8s/config": "{"})


@pytest.mark.parametrize("value", ["plain", "a" * 200, "with space/slash", "-dash-", "", "ünï", "a" * 63])
def test_labels_are_what_kubernetes_takes(value: str) -> None:
    made = label_value(value)
    assert len(made) <= 63
    assert made == "" or (made[0].isalnum() and made[-1].isalnum())
    assert label_value(value + "x") != made
