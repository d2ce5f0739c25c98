"""Small things that Dagster gives along, for which Headrace has no use of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping


def file_relative_path(dunderfile: str, relative_path: str) -> str:
    """Returns a path that is relative to a file of code; pass `__file__`."""
    return os.path.join(os.path.dirname(dunderfile), relative_path)


class DagsterLibraryRegistry:
    """Where Dagster's companion libraries write down their versions; nothing depends on it."""

    _libraries: dict[str, str] = {}  # noqa: RUF012 (it is one for the process, as its users expect)

    @classmethod
    def register(cls, name: str, version: str) -> None:
        """Writes a version down."""
        cls._libraries[name] = version

    @classmethod
    def get(cls) -> Mapping[str, str]:
        """Returns all that was written down."""
        return dict(cls._libraries)
