"""What Celery workers do: the tasks, and the commands that end them."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_shutdown
from celery.worker.control import control_command, inspect_command

from headrace_codeloc.engines.base import Labels, WorkloadEnd
from headrace_codeloc.engines.celery.app import EXECUTE, EXECUTE_IN_KUBERNETES, FIND, STOP, ends_queue
from headrace_codeloc.engines.celery.ends import end_of, not_started, to_message
from headrace_codeloc.engines.celery.placed import Place, make_place, remove_place
from headrace_codeloc.worker.exit_codes import EXIT_REFUSED

_LOG_BYTES = 8_000


def add_tasks(app: Celery) -> None:
    """Gives an app the tasks."""
    app.task(execute, name=EXECUTE, bind=True, ignore_result=True)
    app.task(execute_in_kubernetes, name=EXECUTE_IN_KUBERNETES, bind=True, ignore_result=True)
    control_command(name=STOP, args=[("selector", dict), ("kill", bool)])(stop)
    inspect_command(name=FIND, args=[("selector", dict)])(find)
    worker_init.connect(_make_place, weak=False)
    worker_shutdown.connect(_remove_place, weak=False)


def execute(task: Any, name: str, command: Sequence[str], environment: Mapping[str, str], labels: Labels) -> None:
    """Starts a worker's process, waits for its end, and tells of it."""
    end = _run(Place(), name, command, environment, labels)
    if end is not None:
        tell(task.app, end)


def execute_in_kubernetes(
    task: Any, config: Mapping[str, Any], workload: Mapping[str, Any], wait_seconds: float
) -> None:
    """Starts a worker as a Kubernetes Job, waits for its end, and tells of it."""
    # Only Celery workers that are asked for it need the client of Kubernetes.
    from headrace_codeloc.engines.celery_k8s.jobs import run_job

    tell(task.app, asyncio.run(run_job(config, workload, wait_seconds)))


def tell(app: Celery, end: WorkloadEnd) -> None:
    """Sends an end to who watches."""
    queue = ends_queue(end.labels)
    with app.producer_pool.acquire(block=True) as producer:
        producer.publish(
            to_message(end),
            routing_key=queue.name,
            exchange="",
            declare=[queue],
            serializer="json",
            retry=True,
            retry_policy={"max_retries": 20, "interval_start": 0.2, "interval_step": 0.5, "interval_max": 5.0},
        )


def stop(state: Any, selector: Labels, kill: bool) -> dict[str, str]:
    """Ends what this worker started."""
    Place().stop(selector, kill=kill)
    return {"ok": "told"}


def find(state: Any, selector: Labels) -> list[dict[str, Any]]:
    """Returns what runs here."""
    return [{"name": each["name"], "labels": each["labels"]} for each in Place().find(selector)]


def _run(
    place: Place, name: str, command: Sequence[str], environment: Mapping[str, str], labels: Labels
) -> WorkloadEnd | None:
    log = place.log(name)
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        place.began(name, labels, process.pid)
        code = process.wait()
        if code == EXIT_REFUSED:
            # The order was repeated, and its worker is another process: that one's end counts.
            return None
        return end_of(name, labels, code, _tail(log))
    except OSError as error:
        return not_started(name, labels, str(error))
    finally:
        place.ended(name)


def _tail(log: Path) -> str:
    """Returns the last that was written; not all of it, which may be more than there is memory."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _LOG_BYTES))
        return file.read(_LOG_BYTES).decode(errors="replace")


def _make_place(**_: Any) -> None:
    make_place()


def _remove_place(**_: Any) -> None:
    remove_place()
