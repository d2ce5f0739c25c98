"""Ways to hand the context to the other side."""

from __future__ import annotations

import json
import os
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

Params = Mapping[str, Any]


class PipesContextInjector(ABC):
    """Puts the context somewhere, and says where."""

    @abstractmethod
    def inject_context(self, context_data: Mapping[str, Any]) -> AbstractContextManager[Params]:
        """Keeps the context there while a session lasts; gives the parameters by which the other side finds it."""

    def no_messages_debug_text(self) -> str:
        """What to look at when nothing was ever heard from the other side."""
        return f"{type(self).__name__} tried to hand over the context."


class PipesEnvContextInjector(PipesContextInjector):
    """Puts the whole context into the environment variable."""

    @contextmanager
    def inject_context(self, context_data: Mapping[str, Any]) -> Iterator[Params]:
        """See `PipesContextInjector`."""
        yield {"data": dict(context_data)}


class PipesFileContextInjector(PipesContextInjector):
    """Writes the context to a file, which is removed afterwards.

    Args:
        path: The file.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    @contextmanager
    def inject_context(self, context_data: Mapping[str, Any]) -> Iterator[Params]:
        """See `PipesContextInjector`."""
        with open(self._path, "w", encoding="utf-8") as file:
            json.dump(context_data, file)
        try:
            yield {"path": self._path}
        finally:
            if os.path.exists(self._path):
                os.remove(self._path)

    def no_messages_debug_text(self) -> str:
        """See `PipesContextInjector`."""
        return f"The context was written to the file {self._path}."


class PipesTempFileContextInjector(PipesContextInjector):
    """Writes the context to a temporary file."""

    @contextmanager
    def inject_context(self, context_data: Mapping[str, Any]) -> Iterator[Params]:
        """See `PipesContextInjector`."""
        with tempfile.TemporaryDirectory(prefix="headrace-pipes-") as directory:
            with PipesFileContextInjector(os.path.join(directory, "context")).inject_context(context_data) as params:
                yield params
