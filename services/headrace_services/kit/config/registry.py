"""Which class path of an instance file stands for which of our components.

Instance files name classes, of Dagster's packages or of ours. Those are names in this table and nothing else: nothing is
imported for them. Any other class is one that the deployment wrote, where it may.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Component:
    """A class that files may name.

    Attributes:
        slot: The key of the file that it belongs under.
        kind: What it is here.
        packages: The packages that have it.
        extra: What will install it; empty where it is available.
        keys: What its config may say, where it is not available.
        settings: The class of ours that its config makes, as `module:name`, where that is imported when it is named.
    """

    slot: str
    kind: str
    packages: tuple[str, ...]
    extra: str = ""
    keys: tuple[str, ...] = ()
    settings: str = ""


def _later(slot: str, kind: str, package: str, extra: str, keys: str) -> Component:
    return Component(slot, kind, (package, "headrace"), extra, tuple(keys.split()))


def _here(slot: str, kind: str, *packages: str) -> Component:
    return Component(slot, kind, ("dagster", "headrace", *packages))


def _logs(kind: str, package: str, settings: str) -> Component:
    return Component("compute_logs", kind, (package, "headrace"), settings=f"headrace.integrations.{settings}")


_CORE, _POSTGRES, _MYSQL = "dagster", "dagster_postgres", "dagster_mysql"
_MYSQL_KEYS = "mysql_url mysql_db should_autocreate_tables"

COMPONENTS: dict[str, tuple[Component, ...]] = {
    "DefaultRunLauncher": (_here("run_launcher", "process"),),
    "ProcessRunLauncher": (_here("run_launcher", "process"),),
    "K8sRunLauncher": (_here("run_launcher", "k8s", "dagster_k8s"),),
    "CeleryK8sRunLauncher": (_here("run_launcher", "celery_k8s", "dagster_celery_k8s"),),
    "CeleryRunLauncher": (_here("run_launcher", "celery", "dagster_celery"),),
    "DockerRunLauncher": (_here("run_launcher", "docker", "dagster_docker"),),
    "EcsRunLauncher": (_here("run_launcher", "ecs", "dagster_aws"),),
    "LocalComputeLogManager": (_here("compute_logs", "local"),),
    "NoOpComputeLogManager": (_here("compute_logs", "none"),),
    "S3ComputeLogManager": (
        _logs("s3", "dagster_aws", "aws.compute_logs:S3ComputeLogManager"),
        _logs("obstore_s3", "dagster_obstore", "obstore.s3:S3ComputeLogManager"),
    ),
    "AzureBlobComputeLogManager": (_logs("azure", "dagster_azure", "azure.compute_logs:AzureBlobComputeLogManager"),),
    "ADLSComputeLogManager": (_logs("obstore_azure", "dagster_obstore", "obstore.azure:ADLSComputeLogManager"),),
    "GCSComputeLogManager": (
        _logs("gcs", "dagster_gcp", "gcp.compute_logs:GCSComputeLogManager"),
        _logs("obstore_gcs", "dagster_obstore", "obstore.gcs:GCSComputeLogManager"),
    ),
    "QueuedRunCoordinator": (_here("run_coordinator", "queued"),),
    "DefaultRunCoordinator": (_here("run_coordinator", "immediate"),),
    "DagsterDaemonScheduler": (_here("scheduler", "scheduler"),),
    "LocalArtifactStorage": (_here("local_artifact_storage", "local"),),
    "DagsterSqliteStorage": (_here("storage", "sqlite"),),
    "DagsterPostgresStorage": (_here("storage", "postgres", _POSTGRES),),
    "DagsterMySQLStorage": (_later("storage", "mysql", _MYSQL, "mysql", _MYSQL_KEYS),),
    "SqliteRunStorage": (_here("run_storage", "sqlite"),),
    "PostgresRunStorage": (_here("run_storage", "postgres", _POSTGRES),),
    "MySQLRunStorage": (_later("run_storage", "mysql", _MYSQL, "mysql", _MYSQL_KEYS),),
    "SqliteEventLogStorage": (_here("event_log_storage", "sqlite"),),
    "ConsolidatedSqliteEventLogStorage": (_here("event_log_storage", "sqlite"),),
    "PostgresEventLogStorage": (_here("event_log_storage", "postgres", _POSTGRES),),
    "MySQLEventLogStorage": (_later("event_log_storage", "mysql", _MYSQL, "mysql", _MYSQL_KEYS),),
    "SqliteScheduleStorage": (_here("schedule_storage", "sqlite"),),
    "PostgresScheduleStorage": (_here("schedule_storage", "postgres", _POSTGRES),),
    "MySQLScheduleStorage": (_later("schedule_storage", "mysql", _MYSQL, "mysql", _MYSQL_KEYS),),
}


CUSTOM = "custom"
# What a deployment may have a class of its own for: see `headrace_services.kit.extend`.
_OWN = ("run_launcher", "run_coordinator", "compute_logs")
_PACKAGES = frozenset(package for options in COMPONENTS.values() for each in options for package in each.packages)


def component(slot: str, module: str, name: str) -> Component | str:
    """Returns what a class path stands for under a key, or what is wrong with it."""
    candidates = COMPONENTS.get(name, ())
    package = module.partition(".")[0]
    for candidate in candidates:
        if package in candidate.packages and candidate.slot == slot:
            return candidate
    if any(package in candidate.packages for candidate in candidates):
        return f"{name} belongs under {candidates[0].slot}, not here"
    if slot in _OWN and package not in _PACKAGES:
        return Component(slot, CUSTOM, (package,))
    known = sorted(each for each, options in COMPONENTS.items() if options[0].slot == slot)
    return f"{module}.{name} is not known here; known: {', '.join(known)}"


def kinds(slot: str) -> dict[str, Component]:
    """Returns the components of a key by their kind, for the short way to write them."""
    found: dict[str, Component] = {}
    for options in COMPONENTS.values():
        for option in options:
            if option.slot == slot:
                found.setdefault(option.kind, option)
    return found
