"""Headrace under Dagster's names.

`from headrace.compat import dagster as dg` gives every public name of Dagster: the object of Headrace that stands for it (not a
copy, so `isinstance` and `except` mean what they say), or an error that says what to use instead. To run code that says
`import dagster` without changing it, see `headrace.compat.dagster.hook`, or:

    python -m headrace.compat.dagster some_module
"""

from __future__ import annotations

from typing import Any

from headrace.compat.dagster.answers import answer, available_names
from headrace.compat.dagster.finder import answer_from_imports_of

__all__ = available_names()
__version__ = "1.13.0"

answer_from_imports_of(__name__)


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return answer(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
