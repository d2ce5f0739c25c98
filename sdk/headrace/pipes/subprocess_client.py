"""Code in a process beside this one."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from headrace.errors import ExecutionInterruptedError
from headrace.execute.contexts.context import OpExecutionContext
from headrace.pipes.client import PipesClient, PipesClientCompletedInvocation
from headrace.pipes.errors import PipesExecutionError
from headrace.pipes.injectors import PipesContextInjector, PipesTempFileContextInjector
from headrace.pipes.readers import PipesMessageReader, PipesTempFileMessageReader
from headrace.pipes.session import open_pipes_session


class PipesSubprocessClient(PipesClient):
    """Starts a command, and takes what it reports.

    Args:
        env: Environment variables of the process, besides those of this one.
        cwd: Where it runs; where this one does when left out.
        context_injector: Hands over the context; through a temporary file when left out.
        message_reader: Takes messages; from a temporary file when left out.
        forward_termination: Whether a run that is canceled interrupts the process.
        forward_stdio: Whether what the process prints becomes part of the step's log.
        termination_timeout_seconds: How long it may take to end; then it is killed.
    """

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        context_injector: PipesContextInjector | None = None,
        message_reader: PipesMessageReader | None = None,
        forward_termination: bool = True,
        forward_stdio: bool = True,
        termination_timeout_seconds: float = 20,
    ) -> None:
        self.env = dict(env or {})
        self.cwd = cwd
        self.context_injector = context_injector or PipesTempFileContextInjector()
        self.message_reader = message_reader or PipesTempFileMessageReader()
        self.forward_termination = forward_termination
        self.forward_stdio = forward_stdio
        self.termination_timeout_seconds = termination_timeout_seconds

    def run(  # type: ignore[override]
        self,
        *,
        context: OpExecutionContext,
        command: str | Sequence[str],
        extras: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
    ) -> PipesClientCompletedInvocation:
        """Starts a command, takes its messages, and returns when it has ended.

        Args:
            context: The context of the op or asset.
            command: As `subprocess.Popen` takes it.
            extras: Anything more that the process shall know; it must be JSON.
            env: More environment variables.
            cwd: Where it runs, instead of where the client says.

        Raises:
            PipesExecutionError: the process ended with an exit code other than 0.
        """
        with open_pipes_session(context, self.context_injector, self.message_reader, extras) as session:
            process = subprocess.Popen(
                command,
                cwd=cwd or self.cwd,
                env={**os.environ, **session.get_bootstrap_env_vars(), **self.env, **(env or {})},
                stdout=None if self.forward_stdio else subprocess.DEVNULL,
                stderr=None if self.forward_stdio else subprocess.DEVNULL,
            )
            code = self._wait(process)
        if code != 0:
            raise PipesExecutionError(f"The external process failed with code {code}.")
        return PipesClientCompletedInvocation(session)

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        try:
            return process.wait()
        except ExecutionInterruptedError:
            if self.forward_termination:
                self._interrupt(process)
            raise

    def _interrupt(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(self.termination_timeout_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
