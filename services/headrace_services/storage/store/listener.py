"""Hears of what other storage processes commit: by notifications, and by looking once a second in case one was lost."""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

import psycopg

from headrace.rpc.retry import RetryPolicy
from headrace_services.storage.store.hints import ALL_KINDS, Hints, everything
from headrace_services.storage.store.horizon import HORIZON

logger = logging.getLogger(__name__)

CHANNEL = "headrace_storage"
# The server takes less than 8000 bytes.
_LONGEST_PAYLOAD = 7000
_LOOK_SECONDS = 1.0
_START_SECONDS = 2.0
_RECONNECT = RetryPolicy(first_seconds=0.1, longest_seconds=2.0)

# What has come below the horizon since the last look, by run.
_LOOK = """
    SELECT DISTINCT runs.run_id FROM events JOIN runs ON runs.number = events.run_number
    WHERE events.xid >= %s AND events.xid < %s
"""


def encode(sender: str, hints: Hints) -> str:
    """Returns hints as the payload of a notification."""
    payload = json.dumps([sender, sorted(hints.kinds), sorted(hints.run_ids), hints.all_runs])
    return payload if len(payload) < _LONGEST_PAYLOAD else json.dumps([sender, sorted(hints.kinds), [], True])


def decode(payload: str) -> tuple[str, Hints]:
    """Returns who sent a notification, and its hints; everything if it is from a version that writes it differently."""
    try:
        sender, kinds, run_ids, all_runs = json.loads(payload)
        return str(sender), Hints(set(kinds), set(run_ids), bool(all_runs))
    except (ValueError, TypeError):
        return "", everything()


def hang_up(connection: psycopg.Connection[Any]) -> None:
    """Ends a connection while another thread waits for its answer, which a server that stands still never gives."""
    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as ours:
            ours.shutdown(socket.SHUT_RDWR)
    except (OSError, psycopg.Error):
        pass  # it has ended


class Listener:
    """A thread with a connection of its own."""

    def __init__(
        self,
        connect: Callable[[], psycopg.Connection[Any]],
        sender: str,
        publish: Callable[[Hints], None],
    ) -> None:
        """Makes the thread.

        Args:
            connect: Opens its connection.
            sender: Whose notifications to leave out: its own process's.
            publish: Is given what other processes changed.
        """
        self._connect = connect
        self._sender = sender
        self._publish = publish
        self._stopping = threading.Event()
        self._listening = threading.Event()
        self._has_started = False
        self._horizon: int | None = None
        self._connection: psycopg.Connection[Any] | None = None
        self._thread = threading.Thread(target=self._run, name="storage listener", daemon=True)

    def start(self) -> None:
        """Starts the thread, and waits a moment until it listens: then nobody can have missed anything."""
        self._thread.start()
        self._listening.wait(_START_SECONDS)
        self._has_started = True

    def stop(self) -> None:
        self._stopping.set()
        if self._connection is not None:
            hang_up(self._connection)
        self._thread.join(2 * _LOOK_SECONDS)

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                with self._connect() as self._connection:
                    self._follow(self._connection)
                failures = 0
            except psycopg.Error as error:
                if self._stopping.is_set():
                    return
                failures += 1
                logger.warning("listening for changes failed, trying again", extra={"error": str(error).strip()})
                self._stopping.wait(_RECONNECT.delay(failures))

    def _follow(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        self._listening.set()
        if self._has_started:
            # What was announced while nobody listened is lost.
            self._publish(everything())
        while not self._stopping.is_set():
            self._look(connection)
            for notification in connection.notifies(timeout=_LOOK_SECONDS):
                sender, hints = decode(notification.payload)
                if sender != self._sender:
                    self._publish(hints)
                if self._stopping.is_set():
                    break

    def _look(self, connection: psycopg.Connection[Any]) -> None:
        row = connection.execute(HORIZON).fetchone()
        assert row is not None
        before, self._horizon = self._horizon, int(row[0])
        if before is None or before == self._horizon:
            return
        changed = {run_id for (run_id,) in connection.execute(_LOOK, (before, self._horizon))}
        if changed:
            self._publish(Hints(set(ALL_KINDS), changed))
