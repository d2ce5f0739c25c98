"""Where the code of a definition is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LocalFileCodeReference:
    """A place in a file of the machine that the location runs on."""

    file_path: str
    line_number: int | None = None
    label: str | None = None

    @property
    def source(self) -> str:
        """The place as people read it."""
        return self.file_path if self.line_number is None else f"{self.file_path}:{self.line_number}"


@dataclass(frozen=True)
class UrlCodeReference:
    """A link to a place in a repository."""

    url: str
    label: str | None = None

    @property
    def source(self) -> str:
        """The place as people read it."""
        return self.url
