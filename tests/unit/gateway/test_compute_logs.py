"""Logs of steps as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.execute.capture import FileCapture
from headrace_services.gateway.compute_logs import CHUNK_BYTES, ComputeLogs, read_chunk


def test_what_a_step_captured_is_found(tmp_path: Path) -> None:
    capture = FileCapture(tmp_path)
    with capture.attempt("run", "step", 1) as files:
        assert files is not None
    logs = ComputeLogs(tmp_path)
    assert logs.newest_attempt("run", "step") == 1
    assert logs.path("run", "step", 1, pb.LOG_STREAM_STDOUT) == tmp_path / files.stdout
    assert logs.path("run", "step", 1, pb.LOG_STREAM_STDERR) == tmp_path / files.stderr


def test_the_log_of_a_step_with_a_long_key_is_found(tmp_path: Path) -> None:
    key = "graph." * 60 + "step[x]"
    with FileCapture(tmp_path).attempt("run", key, 2) as files:
        assert files is not None
    logs = ComputeLogs(tmp_path)
    assert logs.newest_attempt("run", key) == 2
    assert logs.newest_attempt("run", key + "x") == 0
    assert logs.path("run", key, 2, pb.LOG_STREAM_STDERR) == tmp_path / files.stderr


def test_the_newest_attempt_is_the_one_with_the_highest_number(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    for name in ("step.1.out", "step.10.out", "step.9.out", "step.other.20.out", "step.11.err", "stepper.30.out"):
        (tmp_path / "run" / name).touch()
    assert ComputeLogs(tmp_path).newest_attempt("run", "step") == 10
    assert ComputeLogs(tmp_path).newest_attempt("run", "step.other") == 20
    assert ComputeLogs(tmp_path).newest_attempt("other", "step") == 0


@pytest.mark.parametrize("step_key", ["../other/step", "a/b", "/etc/passwd", "../../secret"])
def test_a_step_key_is_no_path(tmp_path: Path, step_key: str) -> None:
    assert ComputeLogs(tmp_path).path("run", step_key, 1, pb.LOG_STREAM_STDOUT) is None


def test_a_file_is_read_in_chunks(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_bytes(b"x" * (CHUNK_BYTES + 5))
    assert len(read_chunk(file, 0) or b"") == CHUNK_BYTES
    assert read_chunk(file, CHUNK_BYTES) == b"xxxxx"
    assert read_chunk(file, CHUNK_BYTES + 5) == b""
    assert read_chunk(tmp_path / "nothing", 0) is None
