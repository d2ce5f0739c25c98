"""`headrace dev`: everything on one machine."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from rig.cli import run_cli
from rig.dev import NUMBERS, DevInstance, StartDev
from rig.ports import free_port
from rig.processes import is_alive
from rig.results import output_of
from rig.waiting import wait_until

LAST_STEPS = {"process_numbers": "sum_two_sums", "process_numbers_asset": "summed_two_sums"}
SLOW = """
    import time
    import headrace as dg

    @dg.op
    def sleep():
        time.sleep(60)

    @dg.job
    def slow():
        sleep()
"""


def write(path: Path, text: str) -> Path:
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


@pytest.mark.parametrize("job_name", ["process_numbers", "process_numbers_asset"])
def test_the_seed_gives_55(numbers_dev: DevInstance, job_name: str) -> None:
    with numbers_dev.client() as client:
        run = client.wait(client.submit_job(job_name).run_id, timeout=30)
        assert run.succeeded, run.failure
        assert output_of(client, run.run_id, LAST_STEPS[job_name]) == 55


def test_assets_are_materialized_by_name(numbers_dev: DevInstance) -> None:
    with numbers_dev.client() as client:
        made = client.materialize(["generated_numbers"])
        assert client.wait(made.run_id, timeout=30).succeeded
        asset = client.assets.get("generated_numbers")
        newest = client.assets.materializations("generated_numbers")[0]
    assert (asset.group_name, asset.kinds) == ("numbers", ("python",))
    assert asset.materialization_count >= 1
    assert newest.run_id == made.run_id


def test_a_file_that_appears_makes_a_run(start_dev: StartDev, tmp_path: Path) -> None:
    check = tmp_path / "check"
    dev = start_dev("-f", NUMBERS, env={"NUMBERS_CHECK_FILE": str(check)})
    with dev.client() as client:
        assert client.sensors.start("check_file_sensor").state == "running"
        skipped = wait_until(lambda: client.sensors.ticks("check_file_sensor"), what="a tick")[-1]
        assert (skipped.result, skipped.skip_message) == ("skipped", "check file not exists")
        check.touch()
        made = wait_until(lambda: client.list_runs(), what="a run")
        run = client.wait(made[0].run_id, timeout=30)
        assert (run.succeeded, run.origin, run.origin_name) == (True, "sensor", "check_file_sensor")
        repeated = wait_until(
            lambda: [tick for tick in client.sensors.ticks("check_file_sensor") if tick.repeated_run_keys],
            what="the sensor asking again",
        )
        assert repeated[0].repeated_run_keys == ("check_file_exists",)
        assert len(client.list_runs()) == 1


def test_ctrl_c_ends_everything(start_dev: StartDev) -> None:
    dev = start_dev("-f", NUMBERS)
    processes = [dev.process.pid, *(each.pid for each in dev.process.descendants())]
    assert len(processes) > 2
    assert dev.stop() == 0
    wait_until(lambda: not any(is_alive(pid) for pid in processes), what="every process ending")


def test_runs_in_progress_are_ended_with_it(start_dev: StartDev, tmp_path: Path) -> None:
    dev = start_dev("-f", write(tmp_path / "slow.py", SLOW))
    with dev.client() as client:
        run = client.submit_job("slow")
        wait_until(lambda: client.events(run.run_id, kinds=["step_started"]), what="the step starting")
    assert dev.stop() == 0
    assert "canceling 1 run in progress" in dev.process.output()
    again = start_dev("-f", tmp_path / "slow.py")
    with again.client() as client:
        assert client.get_run(run.run_id).state == "canceled"


def test_a_location_that_dies_is_started_again(start_dev: StartDev) -> None:
    dev = start_dev("-f", NUMBERS)
    (location,) = [each for each in dev.process.descendants() if each.ppid() == dev.process.pid]
    location.send_signal(signal.SIGKILL)
    dev.process.wait_for_output(r"its process ended with SIGKILL; starting it again")
    with dev.client() as client:

        def works() -> bool:
            run = client.submit_job("process_numbers")
            return client.wait(run.run_id, timeout=30).succeeded

        wait_until(works, timeout=30, what="a run in the new process")


def test_no_process_outlives_a_killed_dev(start_dev: StartDev) -> None:
    dev = start_dev("-f", NUMBERS)
    children = [each.pid for each in psutil.Process(dev.process.pid).children(recursive=True)]
    dev.process.kill()
    dev.process.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in children), what="the location ending")


def test_a_broken_location_leaves_the_others_alone(start_dev: StartDev, tmp_path: Path) -> None:
    broken = write(tmp_path / "broken.py", "import headrace as dg\n\ndef broken(:\n")
    dev = start_dev("-f", NUMBERS, "-f", broken)
    assert f"{broken}:3: SyntaxError" in dev.process.output()
    with dev.client() as client:
        states = {location.name: location.state for location in client.locations.list()}
        assert states == {"definitions.py": "loaded", "broken.py": "failed"}
        assert client.wait(client.submit_job("process_numbers").run_id, timeout=30).succeeded


def test_a_location_whose_process_cannot_start_is_told_once_and_with_the_remedy(
    start_dev: StartDev, tmp_path: Path
) -> None:
    venv, starts = tmp_path / "venv", tmp_path / "starts"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    bare = write(
        tmp_path / "bare",
        f"""\
        #!/bin/sh
        echo again >> {starts}
        exec {venv}/bin/python "$@"
        """,
    )
    bare.chmod(0o755)
    entries = [{"executable_path": str(bare), "location_name": "bare"}, {"location_name": "numbers"}]
    files = [{"python_file": {"relative_path": str(NUMBERS), **entry}} for entry in entries]
    dev = start_dev("-w", write(tmp_path / "workspace.yaml", json.dumps({"load_from": files})))
    with dev.client() as client:
        known = {each.name: each for each in client.locations.list()}
        assert {name: each.state for name, each in known.items()} == {"bare": "failed", "numbers": "loaded"}
        assert known["bare"].failure.message == f"{bare} has no Headrace: `pip install headrace` there"
    # It is started again and again, in case somebody installs it; that is no news.
    wait_until(lambda: starts.read_text().count("again") > 2, 60, what="further starts")
    assert dev.process.output().count("ModuleNotFoundError") == 1


def test_a_location_that_does_not_answer_is_told(start_dev: StartDev) -> None:
    address = f"127.0.0.1:{free_port()}"
    dev = start_dev("-f", NUMBERS, "--grpc-server", address)
    assert re.search(rf"{address} .*cannot be reached|{address} .*✗", dev.process.output())
    answer = dev.cli("job", "launch", "process_numbers", "--location", address)
    assert answer.code in (4, 5)
    assert address in answer.err
    assert dev.cli("job", "launch", "process_numbers").code == 0


def test_nobody_gets_in_without_the_token(start_dev: StartDev, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "headrace.yaml").write_text("auth:\n  token: {env: TEST_TOKEN}\n")
    dev = start_dev("-f", NUMBERS, env={"TEST_TOKEN": "secret"})
    answer = dev.cli("run", "list")
    assert answer.code == 6
    assert "HEADRACE_TOKEN" in answer.err
    assert dev.cli("job", "launch", "process_numbers", "--token", "secret").code == 0
    url = f"{dev.web}/headrace.api.gateway.v1.RunService/ListRuns"
    for headers, status in (({}, 401), ({"authorization": "Bearer secret"}, 200)):
        request = urllib.request.Request(url, b"{}", {"content-type": "application/json", **headers})
        try:
            found = urllib.request.urlopen(request, timeout=30).status
        except urllib.error.HTTPError as error:
            found = error.code
        assert found == status


def test_a_port_in_use_is_named_with_the_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for flag, other in (("--grpc-port", "--port"), ("--port", "--grpc-port")):
            answer = run_cli("dev", "-f", NUMBERS, "--home", tmp_path / "home", flag, port, other, "0")
            assert answer.code == 5
            assert f"cannot listen on 127.0.0.1:{port}" in answer.err
            assert flag in answer.err
            assert "Traceback" not in answer.err


def test_an_instance_file_that_cannot_be_read_is_named_with_its_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "headrace.yaml").write_text("run_queue:\n  max_concurrent_runs: many\n")
    answer = run_cli("dev", "-f", NUMBERS, "--home", home, "--grpc-port", "0", "--port", "0")
    assert answer.code == 5
    assert "headrace.yaml" in answer.err
    assert "max_concurrent_runs" in answer.err
    assert "Traceback" not in answer.err


def test_code_that_is_not_there_is_named(tmp_path: Path) -> None:
    answer = run_cli("dev", "-f", "nothing.py", "--home", tmp_path / "home", cwd=tmp_path)
    assert answer.code != 0
    assert "nothing.py: there is no such file" in answer.err
