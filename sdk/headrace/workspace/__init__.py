"""Which code locations there are, and where their definitions come from."""

from __future__ import annotations

from headrace.workspace.load import WorkspaceFlags, load_workspace, read_workspace
from headrace.workspace.model import GrpcOrigin, Location, PythonOrigin, Workspace

__all__ = [
    "GrpcOrigin",
    "Location",
    "PythonOrigin",
    "Workspace",
    "WorkspaceFlags",
    "load_workspace",
    "read_workspace",
]
