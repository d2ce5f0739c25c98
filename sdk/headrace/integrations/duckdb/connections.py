"""Connections to DuckDB: one process at a time may write a file, so whoever comes second waits."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from headrace.errors import StoreError
from headrace.integrations.vendor import vendor

WAIT_SECONDS = 60.0
"""How long somebody waits for a file that another process has open."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.5
_LOCKED = "Could not set lock on file"


@contextmanager
def connected(database: str, config: Mapping[str, Any], wait_seconds: float = WAIT_SECONDS) -> Iterator[Any]:
    """Opens a database, and closes it at the end.

    Args:
        database: Its file, or what else DuckDB takes.
        config: Settings of the connection.
        wait_seconds: How long to wait while another process has it open.

    Raises:
        StoreError: it cannot be opened; the message says what to do.
    """
    connection = _open(database, config, wait_seconds)
    try:
        yield connection
    finally:
        connection.close()


def _open(database: str, config: Mapping[str, Any], wait_seconds: float) -> Any:
    duckdb = vendor("duckdb", "duckdb")
    end, pause = time.monotonic() + wait_seconds, _FIRST_PAUSE
    while True:
        try:
            return duckdb.connect(database=database, read_only=False, config=dict(config))
        except duckdb.IOException as error:
            if _LOCKED not in str(error):
                raise StoreError(f"The DuckDB database {database} cannot be opened: {_said(error)}") from error
            if time.monotonic() >= end:
                raise StoreError(
                    f"Another process has the DuckDB database {database} open, and has not closed it within "
                    f"{wait_seconds:g} seconds: {_said(error)}. One process at a time may write to it: end the other one, "
                    "or run steps one after the other with in_process_executor."
                ) from error
        time.sleep(pause * random.uniform(0.5, 1.0))
        pause = min(pause * 2, _LONGEST_PAUSE)


def _said(error: Exception) -> str:
    return " ".join(str(error).split())
