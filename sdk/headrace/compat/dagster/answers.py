"""Looking up one of Dagster's names."""

from __future__ import annotations

import importlib
from typing import Any

import headrace
from headrace.compat.dagster.errors import NameNotAvailableError
from headrace.compat.dagster.groups import INSIDE, NEVER, NOT_YET, PUBLIC, RENAMED, VERSION
from headrace.suggestions import did_you_mean

_OURS = frozenset(headrace.__all__)


def answer(name: str, module: str = "dagster") -> Any:
    """Returns what a name of Dagster's stands for here.

    Args:
        name: A public name, of whichever module it is asked.
        module: The module that was asked.

    Raises:
        NameNotAvailableError: Headrace does not have it, or it is no public name.
    """
    if not is_available(name):
        raise NameNotAvailableError(why_not(name, module), name=name)
    module_name, _, attribute = _target(name).rpartition(":")
    return getattr(importlib.import_module(module_name or "headrace"), attribute)


def is_available(name: str) -> bool:
    """Whether `answer` has an object for a name."""
    target = _target(name)
    return ":" in target or target in _OURS


def available_names() -> list[str]:
    """Returns the public names of Dagster that have an answer, sorted."""
    return sorted(filter(is_available, PUBLIC))


def why_not(name: str, module: str = "dagster") -> str:
    """Returns the message for a name that has no answer: why, and what to use instead."""
    if name in NEVER:
        return f"Headrace will not have Dagster's {name}: {NEVER[name]}."
    if name in NOT_YET:
        return f"Headrace does not have Dagster's {name} yet. Instead: {NOT_YET[name]}."
    if name in RENAMED:
        return f"Headrace does not have Dagster's {name} yet; it will be called {RENAMED[name]}."
    if name in PUBLIC:
        return f"Headrace does not have Dagster's {name} yet."
    asked = f"{name} of {module} is" if module != "dagster" else f"{name} is"
    return f"{asked} no public name of Dagster {VERSION}, and only those have an answer here{_close(name)}."


def _close(name: str) -> str:
    hint = did_you_mean(name, PUBLIC)
    return hint.removesuffix("?") if "did you mean" in hint else ""


def _target(name: str) -> str:
    return name if name in _OURS else RENAMED.get(name) or INSIDE.get(name, name)
