"""Small things that Dagster gives along, for which Headrace has no use of its own."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from headrace.definitions.repository import RepositoryDefinition

T = TypeVar("T")


def create_repository_using_definitions_args(name: str, **sections: Any) -> RepositoryDefinition:
    """Returns definitions under a name.

    Args:
        name: The name.
        sections: As `Definitions` takes them.
    """
    return RepositoryDefinition(name, **sections)


def file_relative_path(dunderfile: str, relative_path: str) -> str:
    """Returns a path that is relative to a file of code; pass `__file__`."""
    return os.path.join(os.path.dirname(dunderfile), relative_path)


def backoff_delay_generator() -> Iterator[float]:
    """Yields seconds to wait: a tenth, and each time twice as long."""
    delay = 0.1
    while True:
        yield delay
        delay *= 2


def backoff(
    fn: Callable[..., T],
    retry_on: tuple[type[BaseException], ...],
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    max_retries: int = 4,
    delay_generator: Iterator[float] | None = None,
) -> T:
    """Calls a function until it raises none of some errors.

    Args:
        fn: The function.
        retry_on: The errors after which it is called again.
        args: Its arguments.
        kwargs: Its named arguments.
        max_retries: How often it is called again at most.
        delay_generator: Yields the seconds between two calls.
    """
    delays = delay_generator or backoff_delay_generator()
    for _ in range(max_retries):
        try:
            return fn(*(args or ()), **(kwargs or {}))
        except retry_on:
            time.sleep(next(delays))
    return fn(*(args or ()), **(kwargs or {}))


def cached_method(method: Callable[..., T]) -> Callable[..., T]:
    """Keeps what a method returns, for each object and set of arguments."""
    attribute = f"_cached_results_of_{method.__name__}"

    @functools.wraps(method)
    def cached(self: Any, *args: Any, **kwargs: Any) -> T:
        results = self.__dict__.setdefault(attribute, {})
        key = (args, tuple(sorted(kwargs.items())))
        if key not in results:
            results[key] = method(self, *args, **kwargs)
        found: T = results[key]
        return found

    return cached


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
