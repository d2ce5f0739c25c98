"""What goes wrong with code outside."""

from __future__ import annotations

from headrace.errors import HeadraceError


class PipesExecutionError(HeadraceError):
    """The external process failed."""

    reason = "PIPES_FAILED"
    code = "UNKNOWN"
