"""Starts Headrace on the numbers example, runs its two jobs, and prints what they computed.

`DEMO_ONCE=1` ends after the runs: with status 0 if both succeeded, with 1 otherwise.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from rich.console import Console

import headrace
from headrace.cli.following import follow
from headrace.errors import HeadraceError

HERE = Path(__file__).parent
START_SECONDS = 30.0
END_SECONDS = 20.0

console = Console(highlight=False)


def main() -> int:
    once = bool(os.environ.get("DEMO_ONCE"))
    with headrace.Client() as client:
        if is_taken(client.target):
            console.print(f"error: something listens at {client.target} already; end it first", style="red")
            return 1
    with a_home() as home:
        return show(home, once=once)


def a_home() -> AbstractContextManager[str]:
    """The home that HEADRACE_HOME names, or one that is gone when the demo is over."""
    named = os.environ.get("HEADRACE_HOME")
    return nullcontext(named) if named else tempfile.TemporaryDirectory(prefix="headrace-demo-")


def show(home: str, *, once: bool) -> int:
    """Starts the services, runs the jobs, and stays unless it is for once."""
    command = [sys.executable, "-m", "headrace.cli.main", "dev", "-w", str(HERE / "workspace.yaml"), "--home", home]
    # In a session of their own: Ctrl-C is for us, and we end them, once.
    services = subprocess.Popen([*command, *sys.argv[1:]], start_new_session=True)
    try:
        with headrace.Client() as client:
            wait_until_loaded(client, services)
            succeeded = [run_job(client, "process_numbers", result_of_op)]
            succeeded += [run_job(client, "process_numbers_asset", result_of_asset)]
        if once:
            return 0 if all(succeeded) else 1
        console.print("\nThe services go on; try `headrace run list`. Ctrl-C ends them.")
        return services.wait()
    except HeadraceError as error:
        console.print(f"error: {error}", style="red")
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        end(services)


def is_taken(target: str) -> bool:
    """Tells whether somebody listens there: our own services could not, and theirs must not run our jobs."""
    host, _, port = target.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until_loaded(client: headrace.Client, services: subprocess.Popen[bytes]) -> None:
    """Waits until the example's definitions are there."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        if services.poll() is not None:
            raise SystemExit(services.returncode or 1)
        try:
            if any(location.state == "loaded" for location in client.locations.list()):
                return
        except HeadraceError:
            pass  # not up yet
        if time.monotonic() > deadline:
            raise SystemExit(f"Headrace was not ready within {START_SECONDS:g} s")
        time.sleep(0.05)


def run_job(client: headrace.Client, name: str, result_of: Callable[[list[Any]], Any]) -> bool:
    """Runs a job with live progress and prints its result."""
    console.print()
    run = client.submit_job(name)
    succeeded = follow(client.watch(run.run_id), name, json_output=False)
    if succeeded:
        console.print(f"  {name} computed [bold]{result_of(client.events(run.run_id, kinds=['output_stored']))}[/bold]")
    return succeeded


def result_of_op(events: list[Any]) -> Any:
    """Reads the output of the last op from where the I/O manager says it has stored it."""
    return read(next(event for event in events if event.step_key == "sum_two_sums"))


def result_of_asset(events: list[Any]) -> Any:
    """Reads the last asset from where the I/O manager says it has stored it."""
    return read(next(event for event in events if event.step_key == "summed_two_sums"))


def read(stored: Any) -> Any:
    """Reads a stored output; it is our own, so its pickle can be trusted."""
    return pickle.loads(Path(stored.detail["metadata"]["path"]).read_bytes())


def end(services: subprocess.Popen[bytes]) -> None:
    """Ends the services and waits for their end."""
    if services.poll() is None:
        services.send_signal(signal.SIGINT)
    try:
        services.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        services.kill()
        services.wait()


if __name__ == "__main__":
    sys.exit(main())
