"""Keeping what steps write where the deployment wants it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Literal

LogStream = Literal["stdout", "stderr"]
STREAMS: tuple[LogStream, ...] = ("stdout", "stderr")


class ComputeLogManager(ABC):
    """Keeps the output of steps; subclass it for a store of your own, and name the class under `compute_logs`.

    One object of it lives in each worker, which stores, and one in the gateway, which reads. Both are made of the same
    `config`.
    """

    @abstractmethod
    def store(self, run_id: str, step_key: str, attempt: int, stream: LogStream, file: Path) -> None:
        """Keeps what an attempt wrote, which is complete; `file` is removed afterwards.

        Called in a thread of the worker. What it raises is told on the worker's own standard error, and the output is
        lost; the run goes on.
        """

    @abstractmethod
    def read(self, run_id: str, step_key: str, attempt: int, stream: LogStream, offset: int) -> bytes | None:
        """Returns what is kept from `offset` on, as much of it as is convenient; None if nothing is kept."""

    @abstractmethod
    def newest_attempt(self, run_id: str, step_key: str) -> int:
        """Returns the newest attempt of a step whose output is kept; 0 if there is none."""
