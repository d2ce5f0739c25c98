"""Starting a host and waiting until it has loaded the user's code, for so long and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from headrace.api.types.v1.failure_pb2 import FAILURE_ORIGIN_USER_CODE, Failure
from headrace.wire.text import clip
from headrace_codeloc.code.load_failures import place_in_stack_dump
from headrace_codeloc.evaluate.answers import describe_exit
from headrace_codeloc.front.host_link import HostGoneError, HostLink, NotLoadedError
from headrace_codeloc.front.nursery_link import NurseryLink
from headrace_codeloc.options import LocationOptions

EXIT_CODE_SECONDS = 2.0


class DiedLoadingError(NotLoadedError):
    """The process ended while it loaded the code: another try may succeed."""


class Loader:
    """Starts hosts and members of the pool.

    Args:
        nursery: Forks them.
        options: What they load, and how long it may take.
        on_worker_exit: Called with process id and exit code of workers.
    """

    def __init__(
        self, nursery: NurseryLink, options: LocationOptions, on_worker_exit: Callable[[int, int], None]
    ) -> None:
        self._nursery = nursery
        self._options = options
        self._on_worker_exit = on_worker_exit

    async def exit_code(self, link: HostLink) -> int | None:
        """Returns how a process that has hung up ended; None if nobody tells."""
        try:
            return await asyncio.wait_for(asyncio.shield(link.exit_code), EXIT_CODE_SECONDS)
        except asyncio.TimeoutError:
            return None

    async def load(self, role: str) -> HostLink:
        """Returns a host that has loaded the code.

        Raises:
            NotLoadedError: it has not.
        """
        try:
            hatchling = await self._nursery.fork(role, self._options)
        except (OSError, asyncio.TimeoutError) as error:
            raise DiedLoadingError(Failure(type="HostNotStarted", message=str(error))) from error
        return await self._wait(await HostLink.open(hatchling, self._on_worker_exit))

    async def _wait(self, link: HostLink) -> HostLink:
        try:
            await asyncio.wait_for(asyncio.shield(link.loaded), self._options.load_timeout)
        except asyncio.TimeoutError:
            raise NotLoadedError(await self._hanging(link)) from None
        except HostGoneError:
            raise DiedLoadingError(await self._died(link)) from None
        except BaseException:
            link.kill()
            raise
        return link

    async def _hanging(self, link: HostLink) -> Failure:
        stack = await link.stack()
        link.kill()
        file, line = place_in_stack_dump(stack)
        place = f" It was at {file}, line {line}." if file else ""
        return Failure(
            type="LoadTimeout",
            message=f"The code was still being imported after {self._options.load_timeout:g} s.{place}",
            stack_trace=clip(stack),
            origin=FAILURE_ORIGIN_USER_CODE,
            file=file,
            line=line,
        )

    async def _died(self, link: HostLink) -> Failure:
        how = describe_exit(await self.exit_code(link))
        return Failure(
            type="LoadCrashed",
            message=f"The process that imports the code {how} before it had loaded.",
            origin=FAILURE_ORIGIN_USER_CODE,
            file=self._options.source.python_file,
        )
