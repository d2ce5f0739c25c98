"""Code that says `import dagster` in a location, and in every process that comes of it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from rig.dev import DevInstance, StartDev
from rig.waiting import wait_until

CODE = """
    import dagster as dg

    @dg.op
    def speak() -> str:
        from dagster._core.definitions.events import AssetKey
        return AssetKey(["a", "b"]).to_user_string()

    @dg.op
    def hear(word: str):
        import dagster
        if word != "a/b":
            raise dagster.Failure(word)

    @dg.job
    def forked():
        hear(speak())

    @dg.job(executor_def=dg.multiprocess_executor.configured({"start_method": {"spawn": {}}}))
    def spawned():
        hear(speak())

    @dg.sensor(job=forked, minimum_interval_seconds=1)
    def watching():
        from dagster import SkipReason
        yield SkipReason("nothing there")

    defs = dg.Definitions(jobs=[forked, spawned], sensors=[watching])
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    file = tmp_path / "code.py"
    file.write_text(textwrap.dedent(CODE), encoding="utf-8")
    return file


def assert_works(dev: DevInstance) -> None:
    with dev.client() as client:
        runs = [client.submit_job(name).run_id for name in ("forked", "spawned")]
        client.sensors.start("watching")
        ticks = wait_until(lambda: client.sensors.ticks("watching"), what="a tick")
        assert [client.wait(run, timeout=40).state for run in runs] == ["succeeded", "succeeded"]
    assert ticks[0].skip_message == "nothing there"


def test_a_flag_serves_every_location(start_dev: StartDev, code: Path) -> None:
    assert_works(start_dev("--dagster-compat", "-f", code))


def test_a_workspace_says_it_of_one_location(start_dev: StartDev, code: Path, tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text("import dagster", encoding="utf-8")
    workspace = tmp_path / "workspace.yaml"
    workspace.write_text(
        "load_from:\n"
        "- python_file: {relative_path: code.py, dagster_compat: true}\n"
        "- python_file: {relative_path: plain.py}\n",
        encoding="utf-8",
    )
    dev = start_dev("-w", workspace)
    assert_works(dev)
    with dev.client() as client:
        plain = next(each for each in client.locations.list() if each.name == "plain.py")
    assert "No module named 'dagster'" in plain.failure.message
