"""Output of steps in buckets of a real S3 server, through both of the libraries that reach it."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from headrace.errors import StoreError
from headrace.integrations.aws.compute_logs import S3ComputeLogManager
from headrace.integrations.objects.compute_logs import UploadedLogs
from headrace.integrations.obstore import S3ComputeLogManager as ObstoreS3ComputeLogManager
from headrace_codeloc.worker.kept_attempt import KeptAttempt
from rig.seaweedfs import ACCESS_KEY, READER_KEY, READER_SECRET, REGION, SECRET_KEY, WRITER_KEY, WRITER_SECRET, S3Server

Open = Callable[..., UploadedLogs]


@pytest.fixture(params=["boto3", "obstore"])
def open_logs(request: pytest.FixtureRequest, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Open:
    def through_boto3(bucket: str, key: str = ACCESS_KEY, secret: str = SECRET_KEY, **more: Any) -> UploadedLogs:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        return S3ComputeLogManager(bucket=bucket, endpoint_url=s3_server.endpoint, **more)

    def through_obstore(bucket: str, key: str = ACCESS_KEY, secret: str = SECRET_KEY, **more: Any) -> UploadedLogs:
        return ObstoreS3ComputeLogManager(
            bucket=bucket,
            endpoint=s3_server.endpoint,
            allow_http=True,
            region=REGION,
            access_key_id=key,
            secret_access_key=secret,
            **more,
        )

    return through_boto3 if request.param == "boto3" else through_obstore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "written"


def test_an_attempt_leaves_one_object_for_each_stream(
    open_logs: Open, s3_server: S3Server, s3_bucket: str, file: Path
) -> None:
    logs = open_logs(s3_bucket, prefix="logs")
    file.write_text("said")
    logs.store_so_far("run", "step", 2, "stdout", file)
    assert s3_server.keys(s3_bucket) == ["logs/storage/run/compute_logs/step.2.out.partial"]
    file.write_text("said more")
    logs.store("run", "step", 2, "stdout", file)
    assert s3_server.keys(s3_bucket) == ["logs/storage/run/compute_logs/step.2.out"]
    assert s3_server.read(s3_bucket, "logs/storage/run/compute_logs/step.2.out") == b"said more"


def test_what_was_written_so_far_is_read_from_any_offset(open_logs: Open, s3_bucket: str, file: Path) -> None:
    logs = open_logs(s3_bucket)
    assert logs.read("run", "step", 1, "stderr", 0) is None
    file.write_text("warned")
    logs.store_so_far("run", "step", 1, "stderr", file)
    assert logs.read("run", "step", 1, "stderr", 0) == b"warned"
    assert logs.read("run", "step", 1, "stderr", 4) == b"ed"
    assert logs.read("run", "step", 1, "stderr", 6) == b""
    assert not logs.is_complete("run", "step", 1, "stderr")
    file.write_text("warned twice")
    logs.store("run", "step", 1, "stderr", file)
    assert logs.read("run", "step", 1, "stderr", 6) == b" twice"
    assert logs.is_complete("run", "step", 1, "stderr")


def test_a_file_that_grows_while_it_is_stored_is_stored_as_far_as_it_was(
    open_logs: Open, s3_bucket: str, file: Path
) -> None:
    logs = open_logs(s3_bucket)
    file.write_bytes(b"x" * 12_000_000)
    logs.store("run", "large", 1, "stdout", file)
    assert logs.bucket_store.get("dagster/storage/run/compute_logs/large.1.out") == b"x" * 12_000_000


def test_the_newest_attempt_is_found_among_steps_of_similar_names(open_logs: Open, s3_bucket: str, file: Path) -> None:
    logs = open_logs(s3_bucket)
    file.touch()
    for step, attempt in (("step", 1), ("step", 10), ("step", 9), ("step.other", 20), ("stepper", 30)):
        logs.store("run", step, attempt, "stdout", file)
    assert logs.newest_attempt("run", "step") == 10
    assert logs.newest_attempt("run", "step.other") == 20
    assert logs.newest_attempt("other", "step") == 0


def test_empty_output_may_be_left_out(open_logs: Open, s3_server: S3Server, s3_bucket: str, file: Path) -> None:
    file.touch()
    open_logs(s3_bucket, skip_empty_files=True).store("run", "step", 1, "stdout", file)
    assert s3_server.keys(s3_bucket) == []
    open_logs(s3_bucket).store("run", "step", 1, "stdout", file)
    assert len(s3_server.keys(s3_bucket)) == 1


def test_readers_may_get_a_link_in_place_of_the_output(open_logs: Open, s3_bucket: str, file: Path) -> None:
    logs = open_logs(s3_bucket, show_url_only=True)
    file.write_text("said")
    logs.store("run", "step", 1, "stdout", file)
    told = (logs.read("run", "step", 1, "stdout", 0) or b"").decode()
    with urllib.request.urlopen(told.rpartition(" ")[2].strip(), timeout=10) as answer:
        assert answer.read() == b"said"


def test_old_output_is_forgotten_and_nothing_else(
    open_logs: Open, s3_server: S3Server, s3_bucket: str, file: Path
) -> None:
    logs = open_logs(s3_bucket)
    file.write_text("said")
    logs.store("run", "step", 1, "stdout", file)
    s3_server.client().put_object(Bucket=s3_bucket, Key="dagster/storage/run/step/result", Body=b"value")
    now = datetime.now(timezone.utc)
    assert logs.forget(now - timedelta(days=1)) == 0
    assert logs.forget(now + timedelta(days=1)) == 1
    assert s3_server.keys(s3_bucket) == ["dagster/storage/run/step/result"]


def test_what_keeps_it_from_being_stored_is_told_once(open_logs: Open, s3_bucket: str, tmp_path: Path) -> None:
    logs = open_logs(s3_bucket, READER_KEY, READER_SECRET)
    attempt = KeptAttempt(logs, tmp_path, "run", "step", 1)
    (tmp_path / "run").mkdir()
    file = tmp_path / "run" / "step.1.out"
    file.write_text("said")
    (told,) = attempt.store_so_far(0.0)
    assert told.startswith(
        "stdout of this attempt cannot be stored while it is written: StoreError: The credentials are"
    )
    assert f"not allowed to write s3://{s3_bucket}/dagster/storage/run/compute_logs/step.1.out.partial" in told
    file.write_text("said more")
    assert list(attempt.store_so_far(0.0)) == []
    (lost,) = attempt.store()
    assert lost.startswith(
        "stdout of this attempt could not be stored and is lost: StoreError: The credentials are not"
    )
    assert not file.exists()


def test_what_keeps_it_from_being_read_is_told(open_logs: Open, s3_server: S3Server) -> None:
    logs = open_logs("no-such-bucket", WRITER_KEY, WRITER_SECRET)
    expected = f"There is no bucket 'no-such-bucket' at {s3_server.endpoint}: create it, or correct the name."
    with pytest.raises(StoreError) as caught:
        logs.read("run", "step", 1, "stdout", 0)
    assert str(caught.value) == expected


def test_a_growing_log_takes_a_small_share_of_the_time(open_logs: Open, s3_bucket: str, tmp_path: Path) -> None:
    attempt = KeptAttempt(open_logs(s3_bucket), tmp_path, "run", "step", 1)
    (tmp_path / "run").mkdir()
    file = tmp_path / "run" / "step.1.out"
    file.write_text("said")
    assert list(attempt.store_so_far(60.0)) == []
    file.write_text("said more")
    assert list(attempt.store_so_far(60.0)) == []
    key = "dagster/storage/run/compute_logs/step.1.out"
    logs = open_logs(s3_bucket)
    assert logs.bucket_store.get(f"{key}.partial") == b"said"
    assert list(attempt.store()) == []
    assert logs.bucket_store.get(key) == b"said more"
    # Whoever comes late with less changes nothing.
    file.write_text("less")
    assert list(attempt.store_so_far(0.0)) == []
    assert logs.bucket_store.get(key) == b"said more"
