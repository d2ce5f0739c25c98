"""The instance file: Dagster's and ours, what each entry comes to, and what is wrong with it, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from headrace.errors import InvalidConfigError, InvalidFileError
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.integrations.obstore import S3ComputeLogManager
from headrace.settings.document import parse_yaml
from headrace_services.kit.config import (
    InstanceConfig,
    LocalComputeLogs,
    NoComputeLogs,
    PostgresStorage,
    ProcessLauncher,
    SqliteStorage,
    check_startable,
    find_home,
    load_instance,
    parse_instance,
    resolve_report,
)
from headrace_services.kit.config.components import Custom, EngineLauncher

SEED = Path(__file__).parent / "seed_instance.yaml"
ENVIRONMENT = {"DAGSTER_PG_PASSWORD": "s3cr3t"}


def parse(text: str, environ: dict[str, str] | None = None) -> InstanceConfig:
    return parse_instance(parse_yaml(text, "headrace.yaml"), Path("/home/instance"), environ or {})


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidFileError) as caught:
        parse(text)
    return str(caught.value).splitlines()


def plug(slot: str, module: str, name: str, config: str = "{}") -> str:
    return f"{slot}: {{module: {module}, class: {name}, config: {config}}}\n"


@pytest.fixture
def seed() -> InstanceConfig:
    return parse(SEED.read_text())


def test_the_seed_file_loads_as_it_is(seed: InstanceConfig) -> None:
    assert isinstance(seed.storage, PostgresStorage)
    assert isinstance(seed.run_launcher, EngineLauncher)
    assert isinstance(seed.compute_logs, S3ComputeLogManager)
    assert (seed.run_launcher.kind, seed.run_launcher.named) == ("k8s", "dagster_k8s.K8sRunLauncher")
    assert (seed.compute_logs.bucket, seed.compute_logs.prefix) == ("dagster", "compute-log")
    assert seed.compute_logs.secret_access_key.reveal() == "root123!"
    assert (seed.run_queue.kind, seed.run_queue.max_concurrent_runs) == ("queued", -1)
    assert (seed.run_monitoring.enabled, seed.run_monitoring.start_timeout_seconds) == (True, 300)
    assert seed.run_retries.enabled
    assert seed.sensors.num_workers == seed.schedules.num_workers == 4


def test_the_seed_file_names_its_database(seed: InstanceConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_PG_PASSWORD", "p@ss/word")
    assert isinstance(seed.storage, PostgresStorage)
    assert seed.storage.dsn() == "postgresql://postgres:p%40ss%2Fword@postgresql.postgresql:5432/dagster"


def test_the_report_tells_what_the_seed_file_comes_to(seed: InstanceConfig) -> None:
    report = {(line.key, line.verdict): line.text for line in resolve_report(seed)}
    assert "PostgreSQL dagster at postgresql.postgresql:5432" in report["run_storage", "used"]
    assert "dagster_k8s.K8sRunLauncher → workers in k8s" in report["run_launcher", "used"]
    assert "no limit of runs" in report["run_coordinator", "used"]
    assert "nothing is sent anywhere" in report["telemetry", "ignored"]
    assert ("run_coordinator.config.dequeue_use_threads", "ignored") in report
    assert "DAGSTER_PG_PASSWORD is not set" in report["storage.postgres_db.password", "missing"]


def test_every_entry_of_a_file_is_in_the_report(seed: InstanceConfig) -> None:
    entries = parse_yaml(SEED.read_text(), "seed").data
    assert set(entries) <= {line.key for line in resolve_report(seed)}


def test_what_is_not_available_is_refused_at_start_and_not_before(seed: InstanceConfig) -> None:
    with pytest.raises(InvalidConfigError) as caught:
        check_startable(seed)
    message = str(caught.value)
    assert "DAGSTER_PG_PASSWORD is not set" in message


def test_no_secret_shows(seed: InstanceConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_PG_PASSWORD", "s3cr3t")
    url = parse("storage: {postgres: {postgres_url: 'postgresql://ada:hunter2@db:5433/runs'}}\nauth: {token: t0ken}")
    for config in (seed, url):
        shown = f"{config!r} {config} {[str(line) for line in resolve_report(config)]}"
        for secret in ("s3cr3t", "root123!", "hunter2", "t0ken"):
            assert secret not in shown
    assert "PostgreSQL runs at db:5433 as ada" in str(resolve_report(url))


def test_no_secret_shows_in_what_is_wrong() -> None:
    found = problems("storage: {postgres: {postgres_db: 'postgresql://ada:hunter2@db/runs'}}")
    found += problems("storage: {postgres: {postgres_url: 'postgresql://ada:hunter2@db:port/runs'}}")
    assert "hunter2" not in "\n".join(found)


def test_without_a_file_everything_is_a_default(tmp_path: Path) -> None:
    config = load_instance(tmp_path)
    assert config == InstanceConfig(tmp_path)
    assert isinstance(config.storage, SqliteStorage)
    assert isinstance(config.run_launcher, ProcessLauncher)
    assert config.run_queue.max_concurrent_runs == 10
    assert not resolve_report(config)
    check_startable(config)


@pytest.mark.parametrize("name", ["headrace.yaml", "dagster.yaml"])
def test_a_home_may_hold_either_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("run_queue: {max_concurrent_runs: 3}")
    config = load_instance(tmp_path)
    assert (config.file, config.run_queue.max_concurrent_runs) == (tmp_path / name, 3)


def test_a_malformed_file_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "headrace.yaml").write_text("storage:\n  sqlite: [")
    with pytest.raises(InvalidFileError, match=r"headrace\.yaml:2:\d+: not YAML"):
        load_instance(tmp_path)


def test_a_home_must_be_there_unless_it_may_be_made(tmp_path: Path) -> None:
    environ = {"HEADRACE_HOME": str(tmp_path / "new")}
    with pytest.raises(InvalidFileError, match="there is no such directory. Set HEADRACE_HOME"):
        find_home(environ)
    assert find_home(environ, create=True) == tmp_path / "new"
    assert find_home(environ) == tmp_path / "new"
    (tmp_path / "file").touch()
    with pytest.raises(InvalidFileError, match="cannot be the instance's directory"):
        find_home({"HEADRACE_HOME": str(tmp_path / "file")}, create=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("storage: sqlite", SqliteStorage()),
        ("storage: {sqlite: {base_dir: /data}}", SqliteStorage(Path("/data"))),
        (plug("storage", "dagster.core.storage.sqlite_storage", "DagsterSqliteStorage"), SqliteStorage()),
        (
            "storage: {custom: {module: dagster_postgres, class: DagsterPostgresStorage, config: {postgres_url: postgresql://h/x}}}",
            None,
        ),
        (
            plug("run_storage", "dagster._core.storage.runs", "SqliteRunStorage", "{base_dir: /d}"),
            SqliteStorage(Path("/d")),
        ),
    ],
)
def test_storage_has_several_spellings(text: str, expected: Any) -> None:
    storage = parse(text).storage
    assert storage == expected if expected else isinstance(storage, PostgresStorage)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("run_launcher: process", ProcessLauncher),
        (plug("run_launcher", "dagster.core.launcher", "DefaultRunLauncher"), ProcessLauncher),
        (plug("run_launcher", "dagster", "DefaultRunLauncher"), ProcessLauncher),
        (plug("run_launcher", "headrace", "DefaultRunLauncher"), ProcessLauncher),
        ("run_launcher: {docker: {image: a}}", EngineLauncher),
        (plug("run_launcher", "dagster_docker", "DockerRunLauncher", "{image: a, network: b}"), EngineLauncher),
        (plug("run_launcher", "dagster_aws.ecs", "EcsRunLauncher"), EngineLauncher),
        (plug("run_launcher", "dagster_celery_k8s", "CeleryK8sRunLauncher", "{broker: b}"), EngineLauncher),
        ("compute_logs: none", NoComputeLogs),
        ("compute_logs: {local: {base_dir: /logs}}", LocalComputeLogs),
        (plug("compute_logs", "dagster.core.storage.noop_compute_log_manager", "NoOpComputeLogManager"), NoComputeLogs),
        (
            plug("compute_logs", "dagster_aws.s3.compute_log_manager", "S3ComputeLogManager", "{bucket: b}"),
            UploadedLogs,
        ),
        ("compute_logs: {s3: {bucket: b, upload_interval: 30}}", UploadedLogs),
        (
            plug("compute_logs", "dagster_gcp.gcs.compute_log_manager", "GCSComputeLogManager", "{bucket: b}"),
            UploadedLogs,
        ),
        (plug("compute_logs", "dagster_obstore.gcs", "GCSComputeLogManager", "{bucket: b}"), UploadedLogs),
        (
            plug(
                "compute_logs",
                "dagster_azure.blob.compute_log_manager",
                "AzureBlobComputeLogManager",
                "{storage_account: a, container: c, default_azure_credential: {exclude_environment_credential: true}}",
            ),
            UploadedLogs,
        ),
        (
            plug(
                "compute_logs", "dagster_obstore.azure", "ADLSComputeLogManager", "{storage_account: a, container: c}"
            ),
            UploadedLogs,
        ),
    ],
)
def test_a_class_path_or_a_kind_names_a_component(text: str, kind: type) -> None:
    config = parse(text)
    assert isinstance(config.run_launcher if text.startswith("run_launcher") else config.compute_logs, kind)


@pytest.mark.parametrize(
    ("text", "kind", "limit"),
    [
        (plug("run_coordinator", "dagster", "DefaultRunCoordinator"), "immediate", 10),
        (plug("run_coordinator", "dagster", "QueuedRunCoordinator", "{max_concurrent_runs: 2}"), "queued", 2),
        ("run_queue: {max_concurrent_runs: 4}", "queued", 4),
        ("concurrency: {runs: {max_concurrent_runs: 5}}", "queued", 5),
        ("run_coordinator: immediate", "immediate", 10),
    ],
)
def test_the_queue_has_several_spellings(text: str, kind: str, limit: int) -> None:
    queue = parse(text).run_queue
    assert (queue.kind, queue.max_concurrent_runs) == (kind, limit)


def test_tag_limits_are_read_as_users_write_them() -> None:
    text = "run_queue:\n  tag_concurrency_limits:\n" + "".join(
        f"  - {limit}\n"
        for limit in (
            "{key: db, limit: 2}",
            "{key: team, value: data, limit: 1}",
            "{key: tenant, value: {applyLimitPerUniqueValue: true}, limit: 3}",
        )
    )
    limits = parse(text).run_queue.tag_concurrency_limits
    assert [(each.key, each.value, each.per_value, each.limit) for each in limits] == [
        ("db", None, False, 2),
        ("team", "data", False, 1),
        ("tenant", None, True, 3),
    ]


def test_pools_and_retention_are_read() -> None:
    config = parse(
        "concurrency: {pools: {default_limit: 2, granularity: run}}\n"
        "retention:\n  schedule: {purge_after_days: 30}\n  sensor: {purge_after_days: {skipped: 1, failure: 90}}\n"
        "  runs_days: 365"
    )
    assert (config.pools.default_limit, config.pools.granularity) == (2, "run")
    assert config.retention.schedule.success == config.retention.schedule.failure == 30
    assert (config.retention.sensor.skipped, config.retention.sensor.failure, config.retention.sensor.success) == (
        1,
        90,
        -1,
    )
    assert config.retention.runs_days == 365


def test_services_know_where_they_and_their_peers_are() -> None:
    services = parse(
        "services:\n  storage: {listen: '0.0.0.0:4274', address: 'storage.team:4274'}\n"
        "  coordinator: {listen: '0.0.0.0:4271'}\ntls: {insecure: true}"
    ).services
    assert services.of("storage").reachable_at == "storage.team:4274"
    assert services.of("coordinator").reachable_at == "127.0.0.1:4271"
    assert services.of("gateway").reachable_at == "127.0.0.1:4270"
    assert services.of("storage").metrics == "127.0.0.1:9274"


def test_code_locations_may_stand_in_the_same_file() -> None:
    assert parse("load_from: [{python_file: a.py}]").storage == SqliteStorage()


POSTGRES = "{postgres_db: {username: u, password: {env: P}, hostname: HOST, db_name: d}}"


def three_storages(second: str) -> str:
    first = POSTGRES.replace("HOST", "a")
    return (
        plug("run_storage", "dagster_postgres.run_storage", "PostgresRunStorage", first)
        + second
        + plug("schedule_storage", "dagster_postgres.schedule_storage", "PostgresScheduleStorage", first)
    )


def test_the_old_keys_of_storage_must_agree() -> None:
    other = POSTGRES.replace("HOST", "b")
    (found,) = problems(three_storages(plug("event_log_storage", "dagster_postgres", "PostgresEventLogStorage", other)))
    assert found.startswith("headrace.yaml:2:")
    assert "one database, but this differs from run_storage in hostname" in found
    (found,) = problems(three_storages(plug("event_log_storage", "dagster", "SqliteEventLogStorage")))
    assert "not the kind of storage that run_storage has" in found
    (found, *_) = problems(three_storages("") + "storage: sqlite")
    assert "either storage or the three old keys" in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "run_queue: {tag_concurrency_limits: [{key: a}]}",
            "headrace.yaml:1:38: run_queue.tag_concurrency_limits[0].limit: missing: how many runs",
        ),
        ("run_monitorin: {}", "headrace.yaml:1:1: run_monitorin: unknown key; did you mean run_monitoring?"),
        (
            "run_monitoring:\n  enabled: true\n  start_timeout_seconds: soon",
            "headrace.yaml:3:3: run_monitoring.start_timeout_seconds: expected a whole number, got 'soon'",
        ),
        (plug("scheduler", "team.schedulers", "Mine"), "known: DagsterDaemonScheduler"),
        (plug("run_launcher", "dagster_k8s.launcher", "Mine"), "known: "),
        (plug("run_launcher", "dagster_docker", "K8sRunLauncher"), "dagster_docker.K8sRunLauncher is not known here"),
        (plug("compute_logs", "dagster_k8s", "K8sRunLauncher"), "K8sRunLauncher belongs under run_launcher"),
        (plug("compute_logs", "dagster_aws.s3", "S3ComputeLogManager"), "compute_logs.config.bucket: missing"),
        ("compute_logs: {s3: {bucket: b, endpoint: a}}", "unknown key; did you mean endpoint_url?"),
        (
            plug("run_launcher", "dagster_k8s", "K8sRunLauncher", "{job_imag: a}"),
            "unknown key; did you mean job_image?",
        ),
        ("run_launcher: {module: dagster}", "expected module and class"),
        ("run_launcher: {k8s: {}, docker: {}}", "expected one of celery, celery_k8s"),
        ("storage: {oracle: {}}", "storage.oracle: unknown key; known here: mysql, postgres, sqlite"),
        ("storage: {postgres: {}}", "give either postgres_url or postgres_db"),
        ("storage: {postgres: {postgres_db: {hostname: a}}}", "postgres_db.username: missing"),
        ("storage: {postgres: {postgres_url: 'mysql://h/x'}}", "expected postgresql://user:password@host:port/name"),
        (
            "storage: {postgres: {postgres_url: 'postgresql://u:p@h:port/x'}}",
            "headrace.yaml:1:22: storage.postgres.postgres_url",
        ),
        ("run_queue: {max_concurrent_runs: -2}", "must be at least -1, got -2"),
        ("run_queue: {tag_concurrency_limits: [{limit: 1}]}", "tag_concurrency_limits[0].key: missing"),
        (
            "run_queue: {}\nconcurrency: {runs: {max_concurrent_runs: 1}}",
            "run_queue says how runs are taken in already",
        ),
        ("leases: {renew_seconds: 8}", "duration_seconds: must be more than twice renew_seconds (8)"),
        (
            "run_monitoring: {enabled: true, start_timeout_seconds: 20}",
            "must be more than leases.unclaimed_seconds (30)",
        ),
        ("services: {storage: {listen: everywhere}}", "'everywhere' is not an address"),
        ("services: {storag: {}}", "did you mean storage?"),
        ("- a", "expected keys with values, got a list"),
    ],
)
def test_what_is_wrong_is_told_with_what_would_be_right(text: str, message: str) -> None:
    assert any(message in problem for problem in problems(text)), problems(text)


def test_every_setting_says_what_it_means() -> None:
    from dataclasses import fields, is_dataclass

    seen: set[type] = set()

    def walk(settings: Any) -> None:
        if not is_dataclass(settings) or type(settings) in seen:
            return
        seen.add(type(settings))
        for field in fields(settings):
            if field.metadata:
                assert field.metadata["text"].endswith("."), f"{type(settings).__name__}.{field.name}"
            walk(getattr(settings, field.name))

    walk(InstanceConfig(Path()))
    assert len(seen) > 15


def test_classes_that_the_deployment_wrote_are_named_and_their_config_is_not_shown() -> None:
    config = parse(
        plug("run_launcher", "team.launchers", "Nomad", "{token: hunter2}")
        + plug("run_coordinator", "team.policies", "OfficeHours", "{key: hunter2}")
        + "run_queue: {max_concurrent_runs: 3}"
    )
    assert isinstance(config.run_launcher, Custom)
    assert (config.run_launcher.named, config.run_launcher.config) == ("team.launchers.Nomad", {"token": "hunter2"})
    assert config.run_policy is not None
    assert (config.run_policy.class_name, config.run_queue.max_concurrent_runs) == ("OfficeHours", 3)
    report = {line.key: line.text for line in resolve_report(config) if line.verdict == "used"}
    missing = [line.text for line in resolve_report(config) if line.verdict == "missing"]
    assert any("no module team.launchers" in text for text in missing)
    assert "asked about each run" in report["run_coordinator"]
    assert "at most 3 runs" in report["run_queue"]
    assert "hunter2" not in f"{report} {config!r} {config}"


def test_pools_have_limits_by_name_and_one_default() -> None:
    config = parse("concurrency: {pools: {default_limit: 2, granularity: run, limits: {db: 5, api: 0}}}")
    assert (config.pools.default_limit, config.pools.granularity) == (2, "run")
    assert config.pools.limits == {"db": 5, "api": 0}
    (problem,) = problems("concurrency: {pools: {default_limit: 2}, default_op_concurrency_limit: 3}")
    assert "keep one of the two" in problem
    assert "headrace.yaml:1:" in problem
    assert problems("concurrency: {pools: {limits: {db: many}}}")
    assert problems("concurrency: {pools: {limits: {db: -1}}}")


def test_several_launchers_have_names_and_runs_of_their_own() -> None:
    config = parse(
        "run_launchers:\n"
        "  big: {docker: {image: a}, route: {tags: {size: big}, jobs: [train]}}\n"
        "  here: {process: {}, route: {locations: [etl]}}\n"
    )
    big, here = config.run_launchers
    assert (big.name, big.route.jobs, big.route.tags) == ("big", ("train",), {"size": "big"})
    assert isinstance(big.launcher, EngineLauncher)
    assert (here.name, here.route.locations) == ("here", ("etl",))
    assert "is what run_launcher is called" in problems("run_launchers: {process: {docker: {image: a}}}")[0]
    assert "did you mean image?" in problems("run_launchers: {big: {docker: {imag: a}}}")[0]


def test_a_file_where_a_directory_is_to_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    text = "storage: {sqlite: {base_dir: taken/below}}\ncompute_logs: {local: {base_dir: taken}}\n"
    config = parse_instance(parse_yaml(text, "headrace.yaml"), tmp_path, {})
    wrong = {each.key: each.text for each in resolve_report(config) if each.verdict == "wrong"}
    taken = tmp_path / "taken"
    assert wrong == {
        "storage": f"{taken / 'below'} cannot be a directory: {taken} is a file",
        "compute_logs": f"{taken} cannot be a directory: {taken} is a file",
    }
