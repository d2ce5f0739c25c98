"""The instance file without its secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.api.gateway.v1 import deployment_service_pb2 as pb
from headrace_services.gateway.instance_view import HIDDEN, InstanceView, without_secrets
from headrace_services.kit.config import load_instance
from headrace_services.kit.config.instance import load_instance_file

SECRETS = """
storage:
  postgres:
    postgres_url: postgresql://someone:hunter2@db:5432/headrace
    postgres_db: {username: someone, password: hunter2, hostname: db}
compute_logs:
  config: {access_key_id: hunter2, secret_access_key: hunter2, bucket: logs, connection_string: "x://a:hunter2@b"}
auth:
  token: hunter2
run_launcher:
  config: {env_secrets: [hunter2], credential: {value: hunter2}}
"""


def test_no_secret_is_shown_wherever_it_stands() -> None:
    shown = without_secrets(SECRETS)
    assert "hunter2" not in shown
    assert shown.count(HIDDEN) >= 7
    assert "hostname: db" in shown
    assert "bucket: logs" in shown


@pytest.mark.parametrize("text", ["password: {env: DB_PASSWORD}", "secret_name: postgres", "token_file: /run/token"])
def test_where_a_secret_comes_from_is_no_secret(text: str) -> None:
    assert HIDDEN not in without_secrets(text)


@pytest.mark.parametrize("text", ["", "# nothing yet"])
def test_an_empty_file_is_shown_empty(text: str) -> None:
    assert without_secrets(text) == ""


def test_entries_say_what_they_come_to(tmp_path: Path) -> None:
    file = tmp_path / "headrace.yaml"
    file.write_text(
        "run_queue: {max_concurrent_runs: 7}\ntelemetry: {enabled: true}\nconcurrency: {pools: {default_limit: 3}}"
    )
    view = InstanceView(load_instance_file(file))
    answer = view.answer()
    assert {entry.key: entry.verdict for entry in answer.entries} == {
        "run_queue": pb.INSTANCE_VERDICT_USED,
        "telemetry": pb.INSTANCE_VERDICT_IGNORED,
        "concurrency.pools": pb.INSTANCE_VERDICT_USED,
    }
    assert answer.file_path == str(file)
    assert (view.limits().max_concurrent_runs, view.limits().default_pool_limit) == (7, 3)


def test_without_a_file_everything_is_a_default(tmp_path: Path) -> None:
    view = InstanceView(load_instance(tmp_path))
    assert (view.answer().file_path, view.answer().file_text) == ("", "")
    assert not view.limits().HasField("default_pool_limit")
