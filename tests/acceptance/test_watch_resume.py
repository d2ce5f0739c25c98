"""Whoever follows a run does not notice that the gateway was started again."""

from __future__ import annotations

import textwrap
import threading
from pathlib import Path

import pytest

from headrace.client import RunEvent
from rig.cluster import StartCluster
from rig.waiting import wait_until

STEPPED = """
    import time
    import headrace as dg

    @dg.op
    def tell(context):
        for number in range(40):
            context.log.info("line %d", number)
            print("line", number, flush=True)
            time.sleep(0.1)

    @dg.job(executor_def=dg.in_process_executor)
    def talk():
        tell()
"""


@pytest.mark.proves("P4", fault="F1", of="gateway")
def test_a_watch_and_a_log_go_on_after_the_gateway_was_killed(start_cluster: StartCluster, tmp_path: Path) -> None:
    definitions = tmp_path / "talk.py"
    definitions.write_text(textwrap.dedent(STEPPED))
    cluster = start_cluster(definitions)
    seen: list[RunEvent] = []
    log: list[bytes] = []
    with cluster.client() as client:
        run = client.submit_job("talk")

        def read_log() -> None:
            log.extend(client.logs(run.run_id, "tell", follow=True))

        reader = threading.Thread(target=read_log)
        reader.start()
        watcher = threading.Thread(target=lambda: seen.extend(client.watch(run.run_id)))
        watcher.start()
        wait_until(lambda: len(log) > 3, timeout=30, what="the first lines")
        cluster.restart("gateway")
        watcher.join(60)
        reader.join(60)
        assert not watcher.is_alive()
        assert not reader.is_alive()
        assert client.get_run(run.run_id).succeeded
    assert [event.sequence for event in seen] == list(range(1, len(seen) + 1))
    assert sum(event.kind == "log_recorded" for event in seen) == 40
    assert b"".join(log).decode().splitlines() == [f"line {number}" for number in range(40)]
