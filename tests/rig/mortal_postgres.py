"""A PostgreSQL server of one test's own, which may be frozen, shut down at once, and started again."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from rig.ports import free_port
from rig.postgres import DURABLE, PostgresServer, as_unprivileged, initialize
from rig.processes import SupervisedProcess, Supervisor
from rig.waiting import wait_until


@dataclass
class MortalPostgres:
    """The server; what it has committed outlives every end of it."""

    supervisor: Supervisor
    directory: Path
    server: PostgresServer = field(default_factory=lambda: PostgresServer(free_port()))

    def __post_init__(self) -> None:
        self._home, self._command = initialize(self.directory, self.server.port, {**DURABLE, "max_connections": "40"})
        self._process: SupervisedProcess | None = None

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.running

    def start(self) -> None:
        """Starts it, and recovers what a shutdown left behind."""
        self._process = self.supervisor.start("postgres", as_unprivileged(self._command), cwd=self._home)
        wait_until(self.answers, 30, what="PostgreSQL taking connections")

    def shut_down(self) -> None:
        """Ends it at once, in the middle of everything."""
        assert self._process is not None
        self._process.kill(signal.SIGQUIT)
        self._process.wait()

    def freeze(self) -> None:
        """Has all of its processes stand still; nobody who is connected notices anything but silence."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Has them go on."""
        self._signal(signal.SIGCONT)

    def terminate_backends(self) -> int:
        """Ends the connection of everybody else, and returns how many there were."""
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            row = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ).fetchone()
        assert row is not None
        return int(row[0])

    @contextmanager
    def no_connection_left(self) -> Iterator[int]:
        """Takes every connection while the block lasts, those that others had included; says how many these are."""
        taken: list[psycopg.Connection[Any]] = []
        self.terminate_backends()
        try:
            while True:
                taken.append(psycopg.connect(self.server.url("postgres"), connect_timeout=2))
        except psycopg.OperationalError:
            yield len(taken)
        finally:
            for connection in taken:
                connection.close()

    @contextmanager
    def stuck_writer(self, database_url: str) -> Iterator[None]:
        """Has somebody hold all runs in a transaction that does not end while the block lasts."""
        with psycopg.connect(database_url) as connection, connection.transaction():
            connection.execute("LOCK TABLE runs IN EXCLUSIVE MODE")
            yield

    def answers(self) -> bool:
        """Tells whether it takes connections."""
        try:
            psycopg.connect(self.server.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        for process in (psutil.Process(self._process.pid), *self._process.descendants()):
            # A backend may have ended since it was found.
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)


@pytest.fixture
def mortal_postgres(supervisor: Supervisor) -> Iterator[MortalPostgres]:
    """A running server that the test may end."""
    # Not below the test's own directory: the server's account may not look into that.
    with tempfile.TemporaryDirectory(prefix="headrace-postgres-") as directory:
        Path(directory).chmod(0o755)
        postgres = MortalPostgres(supervisor, Path(directory))
        postgres.start()
        yield postgres
        if postgres.running:
            postgres.thaw()
            postgres.shut_down()
