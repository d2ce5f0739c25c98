"""Delays follow the policy; what user code asks for wins."""

from __future__ import annotations

import pytest

from headrace.definitions.ops.retries import Backoff, RetryPolicy
from headrace.execute.scheduling.retries import RetryAsk, retry_wait

POLICY = RetryPolicy(max_retries=3, delay=2.0)


@pytest.mark.parametrize(
    ("backoff", "waits"),
    [(None, [2, 2, 2, None]), (Backoff.LINEAR, [2, 4, 6, None]), (Backoff.EXPONENTIAL, [2, 6, 14, None])],
)
def test_the_policy_sets_delay_and_end(backoff: Backoff | None, waits: list[float | None]) -> None:
    policy = RetryPolicy(max_retries=3, delay=2.0, backoff=backoff)
    assert [retry_wait(policy, None, retries_done=done, random=lambda: 0.5) for done in range(4)] == waits


def test_a_policy_without_delay_retries_at_once() -> None:
    assert retry_wait(RetryPolicy(), None, retries_done=0, random=lambda: 0.5) == 0


def test_what_user_code_asks_for_wins_over_the_policy() -> None:
    asked = RetryAsk(max_retries=1, wait_seconds=7)
    assert retry_wait(POLICY, asked, retries_done=0, random=lambda: 0.5) == 7
    assert retry_wait(POLICY, asked, retries_done=1, random=lambda: 0.5) is None


def test_without_policy_or_request_there_is_no_retry() -> None:
    assert retry_wait(None, None, retries_done=0, random=lambda: 0.5) is None
