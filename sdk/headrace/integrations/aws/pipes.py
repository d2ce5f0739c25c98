"""Code in a task of Amazon ECS."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from headrace.errors import StoreError
from headrace.execute.contexts.context import OpExecutionContext
from headrace.integrations.aws.clients import Credentials, make_client
from headrace.integrations.aws.explained import explained
from headrace.integrations.endings import by_exit_code, plain
from headrace.pipes.client import PipesClient, PipesClientCompletedInvocation
from headrace.pipes.errors import PipesExecutionError
from headrace.pipes.injectors import PipesContextInjector, PipesEnvContextInjector
from headrace.pipes.readers import PipesMessageReader
from headrace.pipes.session import PipesSession, open_pipes_session
from headrace.pipes.stream_reader import PipesStreamMessageReader

_ASK_SECONDS, _MOST_QUESTIONS = 6.0, 1_000_000
_LOOK_SECONDS = 1.0
_LAST_WORDS_SECONDS = 20.0
"""How long what a task has printed may take to come after its end."""


class PipesCloudWatchMessageReader(PipesStreamMessageReader):
    """Takes messages out of what a container prints, as CloudWatch Logs has it.

    Args:
        client: A boto3 client of CloudWatch Logs; one with the environment's credentials when left out.
    """

    def __init__(self, client: Any | None = None) -> None:
        super().__init__()
        self._given = client

    @property
    def client(self) -> Any:
        """The client."""
        self._given = self._given or make_client("logs", Credentials())
        return self._given


class PipesECSClient(PipesClient):
    """Starts a task of Amazon ECS, takes what its code reports, and waits for its end.

    What a task prints is read where its container's log driver `awslogs` puts it.

    Args:
        client: A boto3 client of ECS; one with the environment's credentials when left out.
        context_injector: Hands over the context; in an environment variable when left out.
        message_reader: Takes messages; out of what the task prints when left out.
        forward_termination: Whether the task is stopped when the step is canceled.
    """

    def __init__(
        self,
        client: Any | None = None,
        context_injector: PipesContextInjector | None = None,
        message_reader: PipesMessageReader | None = None,
        forward_termination: bool = True,
    ) -> None:
        self._given = client
        self.context_injector = context_injector or PipesEnvContextInjector()
        self.message_reader = message_reader or PipesCloudWatchMessageReader()
        self.forward_termination = forward_termination

    @property
    def client(self) -> Any:
        """The client."""
        self._given = self._given or make_client("ecs", Credentials())
        return self._given

    def run(  # type: ignore[override]
        self,
        *,
        context: OpExecutionContext,
        run_task_params: Mapping[str, Any],
        extras: Mapping[str, Any] | None = None,
        pipes_container_name: str | None = None,
        waiter_config: Mapping[str, Any] | None = None,
    ) -> PipesClientCompletedInvocation:
        """Starts a task, takes its messages, and returns when it has stopped.

        Args:
            context: The context of the op or asset.
            run_task_params: What `run_task` takes.
            extras: Anything more that the code shall know; it must be JSON.
            pipes_container_name: The container that reports; the first of the task definition when left out.
            waiter_config: `Delay`, in seconds, and `MaxAttempts`: how often it is asked whether the task has stopped.

        Raises:
            PipesExecutionError: the task failed, or could not be started.
            StoreError: AWS refuses, or cannot be reached.
        """
        asked = waiter_config or {}
        delay, most = float(asked.get("Delay", _ASK_SECONDS)), int(asked.get("MaxAttempts", _MOST_QUESTIONS))
        with open_pipes_session(context, self.context_injector, self.message_reader, extras) as session:
            containers = self._containers(str(run_task_params["taskDefinition"]))
            reports = pipes_container_name or str(containers[0]["name"])
            task = self._start(_with_variables(run_task_params, containers, session.get_bootstrap_env_vars()))
            try:
                session.report_launched({"task_arn": task["taskArn"]})
                log = next((each for each in containers if each["name"] == reports), {}).get("logConfiguration") or {}
                with self._read(session, log, reports, task):
                    task = self._stopped(task, delay, most)
            except BaseException:
                if self.forward_termination:
                    self._stop(task)
                raise
        _check(task)
        return PipesClientCompletedInvocation(session)

    def _containers(self, definition: str) -> list[Mapping[str, Any]]:
        with explained(f"describe task definition {definition}"):
            found = self.client.describe_task_definition(taskDefinition=definition)
        return list(found["taskDefinition"]["containerDefinitions"])

    def _start(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        with explained(f"start a task of {params['taskDefinition']}"):
            answer = self.client.run_task(**params)
        if not answer.get("tasks"):
            reasons = "; ".join(str(each.get("reason")) for each in answer.get("failures") or ()) or "no reason given"
            raise PipesExecutionError(f"ECS has not started a task of {params['taskDefinition']}: {reasons}.")
        task: Mapping[str, Any] = answer["tasks"][0]
        return task

    def _stop(self, task: Mapping[str, Any]) -> None:
        with explained(f"stop task {task['taskArn']}"):
            self.client.stop_task(cluster=task["clusterArn"], task=task["taskArn"], reason="the step has ended")

    def _stopped(self, task: Mapping[str, Any], delay: float, most: int) -> Mapping[str, Any]:
        for _ in range(most):
            with explained(f"describe task {task['taskArn']}"):
                answer = self.client.describe_tasks(cluster=task["clusterArn"], tasks=[task["taskArn"]])
            found: Mapping[str, Any] = next(iter(answer["tasks"]), {"lastStatus": "STOPPED", "containers": []})
            if found["lastStatus"] == "STOPPED":
                return {**task, **found}
            time.sleep(delay)
        raise PipesExecutionError(f"Task {task['taskArn']} did not stop within {delay * most:g} s.")

    @contextmanager
    def _read(
        self, session: PipesSession, log: Mapping[str, Any], container: str, task: Mapping[str, Any]
    ) -> Iterator[None]:
        """Takes messages while a task goes on, and for a moment longer."""
        options = log.get("options") or {}
        reader = self.message_reader
        if not isinstance(reader, PipesCloudWatchMessageReader) or "awslogs-stream-prefix" not in options:
            yield
            return
        task_id = str(task["taskArn"]).rpartition("/")[2]
        stream = f"{options['awslogs-stream-prefix']}/{container}/{task_id}"
        over = threading.Event()
        pieces = _printed(reader.client, options["awslogs-group"], stream, over, session)
        failed: list[Exception] = []

        def read() -> None:
            try:
                reader.consume(pieces)
            except Exception as error:
                failed.append(error)

        thread = threading.Thread(target=read, name="headrace-cloudwatch", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(2 * _LAST_WORDS_SECONDS)
        if failed:
            raise PipesExecutionError(f"What the task printed could not be read: {failed[0]}") from failed[0]


def _printed(
    client: Any, group: str, stream: str, over: threading.Event, session: PipesSession
) -> Iterator[tuple[str, bytes]]:
    """Yields what a stream of CloudWatch Logs has, until it is over and no more comes."""
    query, ends = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}, 0.0
    while True:
        was_over = over.wait(_LOOK_SECONDS)
        try:
            with explained(f"read the log stream {stream} of {group}"):
                answer = client.get_log_events(**query)
        except StoreError as error:
            if not isinstance(error.__cause__, client.exceptions.ResourceNotFoundException):
                raise
            answer = {"events": ()}  # nothing was printed yet
        for event in answer["events"]:
            yield "stderr", f"{event['message']}\n".encode()
        query["nextToken"] = answer.get("nextForwardToken", query.get("nextToken"))
        query = {name: value for name, value in query.items() if value is not None}
        ends = ends or (time.monotonic() + _LAST_WORDS_SECONDS if was_over else 0.0)
        if was_over and not answer["events"]:
            if session.message_handler.received_closed_message or time.monotonic() > ends:
                return
            time.sleep(_LOOK_SECONDS)


def _with_variables(
    params: Mapping[str, Any], containers: list[Mapping[str, Any]], variables: Mapping[str, str]
) -> Mapping[str, Any]:
    """Returns what `run_task` takes, with variables for each container: any may have to find the session."""
    overrides = dict(params.get("overrides") or {})
    said = {each["name"]: each for each in overrides.get("containerOverrides", ())}
    made = [{"name": name, "value": value} for name, value in variables.items()]
    overrides["containerOverrides"] = [
        {
            **said.get(name, {"name": name}),
            "environment": [*said.get(name, {}).get("environment", ()), *made],
        }
        for name in (str(each["name"]) for each in containers)
    ]
    return {**params, "overrides": overrides}


def _check(task: Mapping[str, Any]) -> None:
    for container in task["containers"]:
        code = container.get("exitCode")
        why = plain(container.get("reason")) or plain(task.get("stoppedReason"))
        what = f"Container {container['name']} of task {task['taskArn']}"
        if code is None:
            raise PipesExecutionError(f"{what} never ended by itself{f': {why}' if why else ''}.")
        if code != 0:
            raise PipesExecutionError(f"{by_exit_code(what, code, plain(container.get('reason')))[1]}.")
