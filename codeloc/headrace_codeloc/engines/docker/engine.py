"""Docker as an engine: workloads are containers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from headrace.errors import HeadraceError
from headrace_codeloc.engines.base import Ended, FoundWorkload, HopelessWorkloadError, Labels, Workload
from headrace_codeloc.engines.calls import Threads
from headrace_codeloc.engines.docker.containers import Containers
from headrace_codeloc.engines.docker.settings import DockerSettings
from headrace_codeloc.engines.docker.watching import ContainerEnds
from headrace_codeloc.engines.docker.words import engine_error
from headrace_codeloc.pauses import Pauses, persist

T = TypeVar("T")
logger = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0


class DockerEngine:
    """Talks to the engine through its official client, whose calls block: each has a thread and a deadline."""

    kind = "docker"

    def __init__(self, settings: DockerSettings) -> None:
        self._settings = settings
        self._containers = Containers(settings)
        self._threads = Threads(self.kind)

    async def start(self, workload: Workload) -> bool:
        """Creates and starts a container, unless there is one of the workload's name."""
        settings = self._settings.for_workload(workload)
        if not settings.image:
            raise HopelessWorkloadError(
                "no image is named: serve the code location with --image or HEADRACE_CURRENT_IMAGE, or give the launcher "
                "the key image"
            )
        return await self._do(self._containers.start, workload, settings)

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Signals containers; those that are killed are removed as well."""
        await self._do(lambda: self._containers.stop(selector, kill=kill))

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Returns containers, running or not."""
        return await self._do(self._containers.find, selector)

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Follows the engine's events; what happened while nobody listened shows in the list of containers."""
        pauses = Pauses(_FIRST_PAUSE, _LONGEST_PAUSE)
        ends = ContainerEnds(self._containers, self._do, selector, ended, keeps_failed=self._settings.keep_failed)

        def failed(error: Exception) -> None:
            # Whatever it was, also of those who are told: what was not told is found again.
            logger.warning("containers are not watched for a moment", extra={"problem": str(error)})

        await persist(lambda: ends.follow(pauses.reset), pauses, failed)

    async def close(self) -> None:
        """Closes the client."""
        self._containers.close()
        self._threads.close()

    async def _do(self, act: Callable[..., T], *args: Any) -> T:
        try:
            return await self._threads.do(act, *args)
        except HeadraceError:
            raise
        except Exception as error:
            raise engine_error(error, self._settings.base_url, "do what it was asked") from error
