"""Keeping what steps write where the deployment wants it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import Path
from typing import Literal

LogStream = Literal["stdout", "stderr"]
STREAMS: tuple[LogStream, ...] = ("stdout", "stderr")


class ComputeLogManager(ABC):
    """Keeps the output of steps; subclass it for a store of your own, and name the class under `compute_logs`.

    One object of it lives in each worker, which stores, and one in the gateway, which reads. Both are made of the same
    `config`.

    Attributes:
        upload_interval: Seconds after which `store_so_far` is called for an attempt that has written more; None for never.
        look_interval: Seconds after which somebody who reads along looks for more.
    """

    upload_interval: float | None = None
    look_interval: float = 1.0

    @abstractmethod
    def store(self, run_id: str, step_key: str, attempt: int, stream: LogStream, file: Path) -> None:
        """Keeps what an attempt wrote, which is complete; `file` is removed afterwards.

        Called in a thread of the worker. What it raises becomes a line of the run's log, and the output is lost; the
        run goes on.
        """

    @abstractmethod
    def read(self, run_id: str, step_key: str, attempt: int, stream: LogStream, offset: int) -> bytes | None:
        """Returns what is kept from `offset` on, as much of it as is convenient; None if nothing is kept."""

    @abstractmethod
    def newest_attempt(self, run_id: str, step_key: str) -> int:
        """Returns the newest attempt of a step whose output is kept; 0 if there is none."""

    def store_so_far(self, run_id: str, step_key: str, attempt: int, stream: LogStream, file: Path) -> None:
        """Keeps what an attempt has written until now, in place of what was kept of it before; `file` grows meanwhile."""
        self.store(run_id, step_key, attempt, stream, file)

    def is_complete(self, run_id: str, step_key: str, attempt: int, stream: LogStream) -> bool:
        """Tells whether what is kept is all that an attempt wrote, as far as `store` has said so."""
        return self.read(run_id, step_key, attempt, stream, 0) is not None

    def place_of(self, run_id: str, step_key: str, attempt: int, stream: LogStream) -> str:
        """Says where such output is kept, for people."""
        return type(self).__name__

    def forget(self, before: datetime) -> int:
        """Removes what was stored before that, and returns how many logs it were."""
        return 0
