"""Logs of steps: as files, and as a deployment's own manager keeps them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from headrace.api.gateway.v1 import run_service_pb2 as pb
from headrace.errors import LogUnreadableError, StoreError
from headrace.execute.capture import FileCapture
from headrace.io.compute_log_manager import ComputeLogManager, LogStream
from headrace_services.gateway.compute_logs import CHUNK_BYTES, LocalLogs, ManagedLogs

OUT, ERR = pb.LOG_STREAM_STDOUT, pb.LOG_STREAM_STDERR


def test_what_a_step_captured_is_found(tmp_path: Path) -> None:
    with FileCapture(tmp_path).attempt("run", "step", 1):
        os.write(1, b"said")
        os.write(2, b"warned")
    logs = LocalLogs(tmp_path)
    assert logs.newest_attempt("run", "step") == 1
    assert logs.read("run", "step", 1, OUT, 0) == b"said"
    assert logs.read("run", "step", 1, ERR, 4) == b"ed"


def test_the_log_of_a_step_with_a_long_key_is_found(tmp_path: Path) -> None:
    key = "graph." * 60 + "step[x]"
    with FileCapture(tmp_path).attempt("run", key, 2):
        os.write(2, b"warned")
    logs = LocalLogs(tmp_path)
    assert logs.newest_attempt("run", key) == 2
    assert logs.newest_attempt("run", key + "x") == 0
    assert logs.read("run", key, 2, ERR, 0) == b"warned"


def test_the_newest_attempt_is_the_one_with_the_highest_number(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    for name in ("step.1.out", "step.10.out", "step.9.out", "step.other.20.out", "step.11.err", "stepper.30.out"):
        (tmp_path / "run" / name).touch()
    assert LocalLogs(tmp_path).newest_attempt("run", "step") == 10
    assert LocalLogs(tmp_path).newest_attempt("run", "step.other") == 20
    assert LocalLogs(tmp_path).newest_attempt("other", "step") == 0


@pytest.mark.parametrize("step_key", ["../other/step", "a/b", "/etc/passwd", "../../secret"])
def test_a_step_key_is_no_path(tmp_path: Path, step_key: str) -> None:
    assert LocalLogs(tmp_path).read("run", step_key, 1, OUT, 0) is None


def test_a_file_is_read_in_chunks(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "step.1.out").write_bytes(b"x" * (CHUNK_BYTES + 5))
    logs = LocalLogs(tmp_path)
    assert len(logs.read("run", "step", 1, OUT, 0)) == CHUNK_BYTES
    assert logs.read("run", "step", 1, OUT, CHUNK_BYTES) == b"xxxxx"
    assert logs.read("run", "step", 1, OUT, CHUNK_BYTES + 5) == b""
    assert logs.read("run", "other", 1, OUT, 0) is None


class Drawer(ComputeLogManager):
    """Keeps everything in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, int, str], bytes] = {}

    def store(self, run_id: str, step_key: str, attempt: int, stream: LogStream, file: Path) -> None:
        self.kept[run_id, step_key, attempt, stream] = file.read_bytes()

    def read(self, run_id: str, step_key: str, attempt: int, stream: LogStream, offset: int) -> bytes | None:
        found = self.kept.get((run_id, step_key, attempt, stream))
        return None if found is None else found[offset:]

    def newest_attempt(self, run_id: str, step_key: str) -> int:
        return max((number for run, step, number, _ in self.kept if (run, step) == (run_id, step_key)), default=0)


def test_what_a_manager_keeps_is_read_in_chunks(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * (CHUNK_BYTES + 5))
    drawer = Drawer()
    drawer.store("run", "step", 2, "stderr", tmp_path / "log")
    logs = ManagedLogs(drawer)
    assert logs.newest_attempt("run", "step") == 2
    assert len(logs.read("run", "step", 2, ERR, 0)) == CHUNK_BYTES
    assert logs.read("run", "step", 2, ERR, CHUNK_BYTES) == b"xxxxx"
    assert logs.read("run", "step", 2, OUT, 0) is None


class Broken(Drawer):
    """Says why nothing can be read."""

    def read(self, run_id: str, step_key: str, attempt: int, stream: LogStream, offset: int) -> bytes | None:
        raise StoreError("There is no bucket 'logs' at S3: create it, or correct the name.")

    def newest_attempt(self, run_id: str, step_key: str) -> int:
        raise OSError("the network is down")


def test_what_cannot_be_read_is_told_with_its_cause() -> None:
    logs = ManagedLogs(Broken())
    with pytest.raises(LogUnreadableError) as caught:
        logs.read("run", "step", 1, OUT, 0)
    assert str(caught.value) == (
        "the output of step 'step' of run run cannot be read: There is no bucket 'logs' at S3: create it, or correct the name."
    )
    with pytest.raises(LogUnreadableError, match="cannot be read: OSError: the network is down"):
        logs.newest_attempt("run", "step")
    with pytest.raises(LogUnreadableError):
        logs.is_complete("run", "step", 1, ERR)


def test_a_manager_that_knows_no_parts_has_all_that_it_has(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"all")
    drawer = Drawer()
    logs = ManagedLogs(drawer)
    assert not logs.is_complete("run", "step", 1, OUT)
    drawer.store("run", "step", 1, "stdout", tmp_path / "log")
    assert logs.is_complete("run", "step", 1, OUT)
    assert logs.place_of("run", "step", 1, OUT) == "Drawer"
