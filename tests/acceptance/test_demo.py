"""The demonstration of the numbers example."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

from rig.ports import free_ports
from rig.processes import SupervisedProcess, Supervisor, is_alive
from rig.waiting import wait_until

DEMO = Path(__file__).parents[2] / "examples/numbers/demo.py"


def start(supervisor: Supervisor, home: Path, once: str) -> SupervisedProcess:
    grpc, web = map(str, free_ports(2))
    env = {"DEMO_ONCE": once, "HEADRACE_HOME": str(home), "HEADRACE_TARGET": f"127.0.0.1:{grpc}"}
    return supervisor.python("demo", DEMO, "--grpc-port", grpc, "--port", web, env=env)


def test_once_it_runs_both_jobs_prints_both_results_and_ends(supervisor: Supervisor, tmp_path: Path) -> None:
    demo = start(supervisor, tmp_path / "home", once="1")
    assert demo.wait(60) == 0
    for job_name in ("process_numbers", "process_numbers_asset"):
        assert f"{job_name} computed 55" in demo.output()


def test_a_run_that_fails_fails_it(supervisor: Supervisor, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "storage").write_text("where outputs would go")
    demo = start(supervisor, home, once="1")
    assert demo.wait(60) == 1
    assert "NotADirectoryError" in demo.output()
    assert "Traceback" not in demo.output()


def test_it_runs_nothing_on_services_of_somebody_else(supervisor: Supervisor, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        target = f"127.0.0.1:{taken.getsockname()[1]}"
        demo = supervisor.python("demo", DEMO, env={"DEMO_ONCE": "1", "HEADRACE_TARGET": target})
        assert demo.wait() == 1
    assert f"something listens at {target} already" in demo.output()


def test_otherwise_the_services_go_on_until_ctrl_c(supervisor: Supervisor, tmp_path: Path) -> None:
    demo = start(supervisor, tmp_path / "home", once="")
    demo.wait_for_output("The services go on", timeout=60)
    services = demo.descendants()
    demo.kill(signal.SIGINT)
    assert demo.wait() == 0
    wait_until(lambda: not any(is_alive(each.pid) for each in services), what="the services ending")
