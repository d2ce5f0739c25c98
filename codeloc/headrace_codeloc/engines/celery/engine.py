"""Tasks of Celery."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from celery import Celery
from kombu import Connection

from headrace_codeloc.engines.base import Ended, FoundWorkload, Labels, Workload
from headrace_codeloc.engines.calls import Threads
from headrace_codeloc.engines.celery.app import EXECUTE, FIND, STOP, ends_queue, make_app, sent_priority
from headrace_codeloc.engines.celery.ends import from_message
from headrace_codeloc.engines.celery.receiving import EndsReceiver
from headrace_codeloc.engines.celery.settings import CelerySettings
from headrace_codeloc.engines.celery.words import broker_error, start_error
from headrace_codeloc.pauses import Pauses, persist

logger = logging.getLogger(__name__)

_THREADS = 4
_REPLY_SECONDS = 1.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


class CeleryEngine:
    """Sends tasks, and hears of their ends over the broker.

    A broker cannot say what waits in its queues: a task that is sent twice begins twice, and the second process finds its
    order claimed. What waits is not found either, only what runs.
    """

    kind = "celery"

    def __init__(self, settings: CelerySettings) -> None:
        self._settings = settings
        self._broker = settings.broker_url()
        self._app: Celery = make_app(settings)
        self._threads = Threads(self.kind, _THREADS)

    async def start(self, workload: Workload) -> bool:
        """Sends the task that starts a process."""
        kwargs = {
            "name": workload.name,
            "command": list(workload.command),
            "environment": {**workload.environment, **workload.secrets},
            "labels": dict(workload.labels),
        }
        await self.send(EXECUTE, self._settings.for_workload(workload), workload.name, kwargs)
        return True

    async def send(self, task: str, settings: CelerySettings, name: str, kwargs: Mapping[str, Any]) -> None:
        """Sends the task for a workload of that name."""
        try:
            await self._threads.do(self._send, task, name, kwargs, settings)
        except Exception as error:
            raise start_error(error, self._broker) from error

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Has Celery workers end processes; what still waits in a queue finds its order refused."""
        arguments = {"selector": dict(selector), "kill": kill}
        try:
            await self._threads.do(lambda: self._app.control.broadcast(STOP, arguments=arguments))
        except Exception as error:
            raise broker_error(error, self._broker) from error

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Asks Celery workers what they run."""
        arguments = {"selector": dict(selector)}
        try:
            answers = await self._threads.do(
                lambda: self._app.control.broadcast(FIND, arguments=arguments, reply=True, timeout=_REPLY_SECONDS)
            )
        except Exception as error:
            raise broker_error(error, self._broker) from error
        found = [
            each
            for answer in answers or ()
            for listed in answer.values()
            if isinstance(listed, list)
            for each in listed
        ]
        return [FoundWorkload(each["name"], each["labels"], True) for each in found]

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Takes ends from the queue that tasks send them to; what nobody takes stays there for a day."""
        pauses = Pauses(_FIRST_PAUSE, _LONGEST_PAUSE)

        async def receive() -> None:
            receiver = EndsReceiver(self._connection, ends_queue(selector))
            try:
                async for message in receiver.messages():
                    pauses.reset()
                    end = from_message(message.body)
                    if all(end.labels.get(name) == value for name, value in selector.items()):
                        await ended(end)
                    await message.acknowledge()
            finally:
                await receiver.close()

        def failed(error: Exception) -> None:
            logger.warning("ends cannot be received", extra={"problem": str(broker_error(error, self._broker))})

        await persist(receive, pauses, failed)

    async def close(self) -> None:
        """Closes the connections."""
        # Connections to send with belong to a pool that all of the process shares.
        await self._threads.do(self._app.close)
        self._threads.close()

    def _send(self, task: str, name: str, kwargs: Mapping[str, Any], settings: CelerySettings) -> None:
        self._app.send_task(
            task,
            kwargs=kwargs,
            # What logs and monitors show: the arguments hold tokens.
            argsrepr="()",
            kwargsrepr=f"{{'name': {name!r}}}",
            task_id=name,
            queue=settings.queue or settings.default_queue,
            priority=sent_priority(settings, self._broker),
        )

    def _connection(self) -> Connection:
        connection: Connection = self._app.connection_for_read()
        return connection
