"""Which folders of Dagster's tests are run, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping

EXCLUDED: Mapping[str, str] = {
    "api_tests": "the messages between Dagster's processes",
    "cli_tests": "Dagster's command line",
    "components_tests": "Components, which Headrace does not have",
    "core_tests/host_representation_tests": "how Dagster's web server sees code",
    "core_tests/instance_tests": "Dagster's storage classes behind the instance",
    "core_tests/run_coordinator_tests": "Dagster's queue",
    "core_tests/serdes_tests": "how Dagster stores objects",
    "core_tests/snap_tests": "snapshots that Dagster stores",
    "core_tests/workspace_tests": "how Dagster's web server finds code",
    "daemon_sensor_tests": "Dagster's daemon",
    "daemon_tests": "Dagster's daemon",
    "declarative_automation_tests/daemon_tests": "Dagster's daemon",
    "declarative_automation_tests/legacy_tests": "auto-materialize policies, superseded in Dagster too",
    "declarative_automation_tests/perf_tests": "how fast Dagster is",
    "execution_tests/pipes_tests": "Pipes, which Headrace does not have",
    "general_tests/asset_graph_differ_tests": "branch deployments of Dagster's cloud",
    "general_tests/compat_tests": "databases that older versions of Dagster wrote",
    "general_tests/grpc_tests": "the messages between Dagster's processes",
    "general_tests/py3_tests": "Dagster's helpers for itself",
    "general_tests/seven_tests": "Dagster's helpers for itself",
    "general_tests/utils_tests": "Dagster's helpers for itself",
    "launcher_tests": "Dagster's launcher",
    "model_tests": "Dagster's helpers for itself",
    "scheduler_tests": "Dagster's daemon",
    "storage_tests": "Dagster's storage classes",
    "utils_tests": "Dagster's helpers for itself",
}
"""Folder → what it tests."""

# In these excluded folders, modules that test what users call.
_INCLUDED = tuple(
    f"storage_tests/test_{name}"
    for name in ("asset_value_loader", "fs_io", "input_manager", "io_manager", "local_file_manager", "no_io", "upath")
)


INTERNAL_ATTRIBUTES = frozenset({"event_log_storage", "run_storage", "schedule_storage"})
"""Attributes of an instance that lead to Dagster's storage classes."""

SUPERSEDED = (
    "AutoMaterializePolicy",
    "AutoMaterializeRule",
    "LegacyFreshnessPolicy",
    "as_auto_materialize_policy",
    "auto_materialize_policy",
    "legacy_freshness_policy",
)
"""What Dagster has kept for older code alone, and Headrace leaves out."""


def is_run(path: str) -> bool:
    """Whether a module of tests is run, by its path below the folder of all tests."""
    if path.startswith(_INCLUDED):
        return True
    return not any(path.startswith(f"{folder}/") for folder in EXCLUDED)


def area_of(path: str) -> str:
    """Returns the row of the table that a module belongs to."""
    folders = path.split("/")[:-1]
    return "/".join(folders[:2]) if folders else "others"
