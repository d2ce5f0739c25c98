"""Ways to hear from the other side."""

from __future__ import annotations

import os
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any, Protocol

from headrace.pipes.injectors import Params
from headrace.pipes.protocol import parse_message

_POLL_SECONDS = 0.05
_JOIN_SECONDS = 10.0


class TakesMessages(Protocol):
    """What a reader hands messages to; see `PipesMessageHandler`."""

    def handle_message(self, message: Mapping[str, Any]) -> None:
        """Takes one message."""


class PipesMessageReader(ABC):
    """Takes messages from where the other side writes them, and hands them to a handler."""

    @abstractmethod
    def read_messages(self, handler: TakesMessages) -> AbstractContextManager[Params]:
        """Reads while a session lasts; gives the parameters by which the other side finds where to write."""

    def on_opened(self, opened_payload: Params) -> None:  # noqa: B027 (few readers need it)
        """Is told what the other side says when it begins."""

    def on_launched(self, launched_payload: Params) -> None:  # noqa: B027 (few readers need it)
        """Is told what is known once the other side has been started."""

    def no_messages_debug_text(self) -> str:
        """What to look at when nothing was ever heard from the other side."""
        return f"{type(self).__name__} tried to read messages."


class PipesFileMessageReader(PipesMessageReader):
    """Reads messages from a file as they are appended.

    Args:
        path: The file; it is emptied first.
        include_stdio_in_messages: Whether the other side sends its standard streams as messages.
        cleanup_file: Whether the file is removed afterwards.
    """

    def __init__(self, path: str, include_stdio_in_messages: bool = False, cleanup_file: bool = True) -> None:
        self._path = path
        self._include_stdio = include_stdio_in_messages
        self._cleanup = cleanup_file

    @contextmanager
    def read_messages(self, handler: TakesMessages) -> Iterator[Params]:
        """See `PipesMessageReader`."""
        with open(self._path, "w+", encoding="utf-8") as file:
            ended = threading.Event()
            thread = threading.Thread(target=_follow, args=(file, handler, ended), name="pipes messages", daemon=True)
            thread.start()
            try:
                yield {"path": self._path, "include_stdio_in_messages": self._include_stdio}
            finally:
                ended.set()
                thread.join(_JOIN_SECONDS)
        if self._cleanup and os.path.exists(self._path):
            os.remove(self._path)

    def no_messages_debug_text(self) -> str:
        """See `PipesMessageReader`."""
        return f"Messages were expected in the file {self._path}."


class PipesTempFileMessageReader(PipesMessageReader):
    """Reads messages from a temporary file.

    Args:
        include_stdio_in_messages: Whether the other side sends its standard streams as messages.
    """

    def __init__(self, include_stdio_in_messages: bool = False) -> None:
        self._include_stdio = include_stdio_in_messages

    @contextmanager
    def read_messages(self, handler: TakesMessages) -> Iterator[Params]:
        """See `PipesMessageReader`."""
        with tempfile.TemporaryDirectory(prefix="headrace-pipes-") as directory:
            reader = PipesFileMessageReader(os.path.join(directory, "messages"), self._include_stdio)
            with reader.read_messages(handler) as params:
                yield params


def _follow(file: IO[str], handler: TakesMessages, ended: threading.Event) -> None:
    """Hands over every whole line; once the session has ended, what is left, and then ends itself."""
    line = ""
    while True:
        was_ended = ended.is_set()
        for part in iter(file.readline, ""):
            line += part
            if line.endswith("\n"):
                _hand_over(line, handler)
                line = ""
        if was_ended:
            return
        ended.wait(_POLL_SECONDS)


def _hand_over(line: str, handler: TakesMessages) -> None:
    message: Any = parse_message(line)
    if message is not None:
        handler.handle_message(message)
