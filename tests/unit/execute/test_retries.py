"""Delays follow the policy; what user code asks for wins."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from headrace.execute.retries import RetryAsk, retry_wait


def policy(**values: Any) -> Any:
    return SimpleNamespace(**{"max_retries": 3, "delay": 2.0, "backoff": None, "jitter": None, **values})


def named(name: str) -> Any:
    return SimpleNamespace(name=name)


@pytest.mark.parametrize(
    ("backoff", "waits"),
    [(None, [2, 2, 2, None]), ("LINEAR", [2, 4, 6, None]), ("EXPONENTIAL", [2, 6, 14, None])],
)
def test_backoff(backoff: str | None, waits: list[float | None]) -> None:
    found = [
        retry_wait(policy(backoff=backoff and named(backoff)), None, retries_done=done, random=lambda: 0.5)
        for done in range(4)
    ]
    assert found == waits


@pytest.mark.parametrize(("chance", "full", "plus_minus"), [(0.0, 0.0, 0.0), (0.5, 1.0, 2.0), (1.0, 2.0, 4.0)])
def test_jitter(chance: float, full: float, plus_minus: float) -> None:
    def wait(jitter: str) -> float | None:
        return retry_wait(policy(jitter=named(jitter)), None, retries_done=0, random=lambda: chance)

    assert wait("FULL") == full
    assert wait("PLUS_MINUS") == plus_minus


def test_a_policy_without_delay_retries_at_once() -> None:
    assert retry_wait(policy(delay=None), None, retries_done=0, random=lambda: 0.5) == 0


def test_what_user_code_asks_for_wins_over_the_policy() -> None:
    asked = RetryAsk(max_retries=1, wait_seconds=7)
    assert retry_wait(policy(), asked, retries_done=0, random=lambda: 0.5) == 7
    assert retry_wait(policy(), asked, retries_done=1, random=lambda: 0.5) is None


def test_without_policy_or_request_there_is_no_retry() -> None:
    assert retry_wait(None, None, retries_done=0, random=lambda: 0.5) is None
