"""Having schedules, sensors and plans evaluated by whoever may run the user's code."""

from __future__ import annotations

import asyncio
import time

from headrace.errors import HeadraceError, LocationUnreachableError
from headrace.rpc.deadlines import HOP_RESERVE_SECONDS, time_left
from headrace_codeloc.evaluate.answers import crash_answer, timeout_answer
from headrace_codeloc.front.host_link import STACK_SECONDS, HostGoneError, HostLink
from headrace_codeloc.front.hosts import Hosts
from headrace_codeloc.front.pool import Pool

DEFAULT_SECONDS = 60.0
_SLACK_SECONDS = 5.0
"""What the host may take beyond the deadline to say that it has passed."""


class Evaluator:
    """Evaluates in a child of the host, or in a member of the pool where the host must not be forked."""

    def __init__(self, hosts: Hosts, pool: Pool, most_at_once: int) -> None:
        self._hosts = hosts
        self._pool = pool
        self._slots = asyncio.Semaphore(most_at_once)

    async def evaluate(self, method: str, request: bytes, *, start_method: str) -> bytes:
        """Returns the response of a method to a request, both serialized.

        Raises:
            HeadraceError: the call is to end with this error.
        """
        left = time_left()
        seconds = DEFAULT_SECONDS if left is None else max(left - HOP_RESERVE_SECONDS, 0.05)
        if start_method == "fork":
            return await self._in_child(method, request, seconds)
        return await self._in_member(method, request, seconds)

    async def _in_child(self, method: str, request: bytes, seconds: float) -> bytes:
        host = await self._hosts.current()
        call = host.call("evaluate", request, method=method, seconds=seconds)
        try:
            return (await asyncio.wait_for(call, seconds + _SLACK_SECONDS)).body
        except (HostGoneError, asyncio.TimeoutError) as error:
            raise LocationUnreachableError("the process that holds the code has died; it is being restarted") from error

    async def _in_member(self, method: str, request: bytes, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds - STACK_SECONDS
        try:
            member, generation = await asyncio.wait_for(self._member(), max(deadline - time.monotonic(), 0.0))
        except asyncio.TimeoutError:
            return timeout_answer(method, seconds, "It waited for a free process all the time.").body
        reusable = False
        try:
            call = member.call("evaluate", request, method=method)
            answer = await asyncio.wait_for(call, max(deadline - time.monotonic(), 0.0))
            reusable = True
            return answer.body
        except HeadraceError:
            reusable = True
            raise
        except asyncio.TimeoutError:
            return timeout_answer(method, seconds, await member.stack()).body
        except HostGoneError:
            return crash_answer(method, await self._pool.exit_code(member)).body
        finally:
            self._slots.release()
            if reusable:
                self._pool.give_back(member, generation)
            else:
                member.kill()

    async def _member(self) -> tuple[HostLink, int]:
        await self._slots.acquire()
        try:
            return await self._pool.borrow()
        except BaseException:
            self._slots.release()
            raise
