"""Small helpers that code takes along."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.compat import dagster as dg


def test_paths_are_relative_to_the_code() -> None:
    assert Path(dg.file_relative_path(__file__, "test_small.py")) == Path(__file__)


def test_backing_off_calls_again_and_ends() -> None:
    calls = []

    def flaky(enough: int) -> int:
        calls.append(enough)
        if len(calls) < enough:
            raise OSError
        return len(calls)

    assert dg.backoff(flaky, retry_on=(OSError,), kwargs={"enough": 3}, delay_generator=iter([0, 0])) == 3
    with pytest.raises(OSError):
        dg.backoff(flaky, retry_on=(OSError,), args=[99], max_retries=2, delay_generator=iter([0, 0]))
    with pytest.raises(OSError):
        dg.backoff(flaky, retry_on=(ValueError,), args=[99])
    assert len(calls) == 7


def test_methods_are_cached_for_each_object() -> None:
    class Doubling:
        calls = 0

        @dg.cached_method
        def double(self, number: int) -> int:
            type(self).calls += 1
            return number * 2

    one, other = Doubling(), Doubling()
    assert [one.double(2), one.double(2), one.double(3), other.double(2)] == [4, 4, 6, 4]
    assert Doubling.calls == 3


def test_libraries_write_down_their_versions() -> None:
    dg.DagsterLibraryRegistry.register("mine", "1.0")
    assert dg.DagsterLibraryRegistry.get()["mine"] == "1.0"


def test_deprecations_are_warnings() -> None:
    with pytest.warns(DeprecationWarning, match=r"x is deprecated and will be removed in 2\.0\. Use y\."):
        dg.deprecation_warning("x", "2.0", "Use y.")
