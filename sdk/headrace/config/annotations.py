"""Annotations of a class while it is being created."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from typing import Any


def own_annotations(cls: type) -> Mapping[str, Any]:
    """The annotations that stand in the class's own body; names that do not exist yet stay unresolved."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF)
    return inspect.get_annotations(cls)
