"""What a workspace is: code locations, each by where its definitions come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class PythonOrigin:
    """Definitions in Python code, served by a process that Headrace starts.

    Attributes:
        kind: What `target` names.
        target: An absolute path for a file, a dotted name for a module or package.
        attribute: The variable that holds the definitions; empty for the only one there is.
        working_directory: Where the process runs and what is on its import path; absolute.
        executable_path: The interpreter of the team's environment; None for the one that runs Headrace.
        dagster_compat: Whether `import dagster` means Headrace there.
    """

    kind: Literal["file", "module", "package"]
    target: str
    attribute: str
    working_directory: Path
    executable_path: Path | None = None
    dagster_compat: bool = False


@dataclass(frozen=True, slots=True)
class GrpcOrigin:
    """Definitions behind an address, served by a process that somebody else starts, in any language.

    Attributes:
        address: `host:port` or `unix:path`.
        tls: Whether the connection is encrypted.
    """

    address: str
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Location:
    """One code location.

    Attributes:
        name: Unique in its workspace.
        origin: Where its definitions come from.
    """

    name: str
    origin: PythonOrigin | GrpcOrigin


@dataclass(frozen=True, slots=True)
class Workspace:
    """The code locations that an instance serves.

    Attributes:
        locations: In the order of the file.
        file: Where they are listed; None if they came from flags.
    """

    locations: tuple[Location, ...]
    file: Path | None = None
