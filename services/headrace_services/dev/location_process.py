"""The process of one code location: started, listened to, started again when it ends by itself."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from headrace.clock import Clock
from headrace.processes.groups import signal_group
from headrace.workspace import PythonOrigin

logger = logging.getLogger(__name__)

# One that lived this long did not end because of how it was started.
_LIVED_SECONDS = 30.0
# It listens before it loads user code, so this is the start of an interpreter and no more.
_READY_SECONDS = 60.0
_STOP_SECONDS = 7.0
_LONGEST_LINE = 256 * 1024
# Not `-m`: it puts the current directory first, where a `types.py` of the user stands in for the standard library's
# before any line of ours has run.
_PROGRAM = "import sys; del sys.path[0]; from headrace_codeloc.main import main; sys.exit(main())"
_FLAGS = {"file": "--python-file", "module": "--module", "package": "--package-name"}

Say = Callable[[str, str], None]
OnAddress = Callable[[str, str, str], None]


class LocationProcess:
    """Keeps one location running.

    Attributes:
        name: The location.
    """

    def __init__(
        self,
        name: str,
        origin: PythonOrigin,
        *,
        home: Path,
        target: str,
        load_timeout: float,
        on_address: OnAddress,
        say: Say,
        clock: Clock,
    ) -> None:
        """Prepares it.

        Args:
            name: The location.
            origin: What it serves, with which interpreter.
            home: The instance's home, which it inherits.
            target: Where user code finds the gateway.
            load_timeout: Seconds that its code may take to import.
            on_address: Is told the name and the address whenever it listens somewhere else, or, empty, nowhere, and why.
            say: Is given the name and each line that it writes.
            clock: To wait by.
        """
        self.name = name
        self._origin = origin
        self._home = home
        self._target = target
        self._load_timeout = load_timeout
        self._on_address = on_address
        self._say = say
        self._clock = clock
        self._process: asyncio.subprocess.Process | None = None
        self._failures = 0
        self._listens = False
        self._first_words: list[str] = []
        self._said_before: list[str] = []

    def command(self) -> list[str]:
        """Returns the command line."""
        origin = self._origin
        executable = str(origin.executable_path or sys.executable)
        command = [shutil.which(executable) or executable, "-c", _PROGRAM, _FLAGS[origin.kind], origin.target]
        if origin.attribute:
            command += ["--attribute", origin.attribute]
        command += ["--working-directory", str(origin.working_directory), "--location-name", self.name]
        command += ["--load-timeout", str(self._load_timeout), "--port", "0", "--exit-with-parent"]
        command += ["--dagster-compat"] if origin.dagster_compat else []
        return command

    async def start(self) -> None:
        """Starts the process and returns at once; `run` follows it."""
        self._process = await asyncio.create_subprocess_exec(
            *self.command(),
            # Held open for as long as we live: its end is the location's sign to end too.
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "HEADRACE_HOME": str(self._home), "HEADRACE_TARGET": self._target},
            # Ctrl-C in the terminal is for us alone; we end our locations in order.
            start_new_session=True,
            limit=_LONGEST_LINE,
        )

    async def run(self) -> None:
        """Keeps it running until canceled."""
        # Imported when the process is on its way: gRPC, which comes with it, takes as long as the process needs to start.
        from headrace.rpc.retry import RetryPolicy

        restart = RetryPolicy(first_seconds=0.2, longest_seconds=30.0)
        while True:
            started = self._clock.monotonic()
            try:
                if self._process is None:
                    await self.start()
                problem = self._ended(await self._follow())
            except OSError as error:
                problem = f"cannot be started: {self.command()[0]}: {error.strerror}"
            self._tell_once([*self._first_words, f"{problem}; starting it again"])
            self._on_address(self.name, "", problem)
            self._process, self._listens, self._first_words = None, False, []
            self._failures = 1 if self._clock.monotonic() - started > _LIVED_SECONDS else self._failures + 1
            await self._clock.sleep(restart.delay(self._failures))

    async def stop(self) -> None:
        """Ends it: politely first. Workers have groups of their own and are not touched."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except asyncio.TimeoutError:
            logger.warning("a location had to be killed", extra={"location": self.name})
            signal_group(process.pid, signal.SIGKILL)

    async def _follow(self) -> int:
        process = self._process
        assert process is not None and process.stdout is not None and process.stderr is not None
        readers = [
            asyncio.create_task(self._read(process.stdout), name=f"stdout of location {self.name}"),
            asyncio.create_task(self._read(process.stderr), name=f"stderr of location {self.name}"),
        ]
        try:
            return await process.wait()
        finally:
            # What its children still hold open would keep the pipes from ending; what was written is read by now.
            await asyncio.wait(readers, timeout=0.2)
            for reader in readers:
                reader.cancel()

    async def _read(self, stream: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await stream.readline()
            except ValueError:
                continue  # longer than any line worth showing; it was dropped
            if not line:
                return
            self._heard(line.decode(errors="replace").rstrip())

    def _heard(self, line: str) -> None:
        address = _address_in(line)
        if address:
            self._listens = True
            self._on_address(self.name, address, "")
        elif line and self._listens:
            self._say(self.name, line)
        elif line:
            self._first_words.append(line)

    def _ended(self, code: int) -> str:
        problem = f"its process ended with {_ending(code)}"
        if not self._first_words:
            return problem
        last = self._first_words[-1]
        if last.startswith("ModuleNotFoundError: No module named 'headrace"):
            return f"{self.command()[0]} has no Headrace: `pip install headrace` there"
        return f"{problem}: {last}"

    def _tell_once(self, lines: list[str]) -> None:
        """Shows how it ended; one that ends in the same way again and again is not shown again and again."""
        if self._listens or lines != self._said_before:
            for line in lines:
                self._say(self.name, line)
        self._said_before = lines


def _address_in(line: str) -> str:
    """Returns the address in the line that says where the location listens; empty for every other line."""
    if not line.startswith("{"):
        return ""
    try:
        said: Mapping[str, object] = json.loads(line)
    except ValueError:
        return ""
    return str(said.get("address", "")) if said.get("event") == "serving" else ""


def _ending(code: int) -> str:
    return f"exit status {code}" if code >= 0 else signal.Signals(-code).name
