"""Retry policies, and the exceptions that steer a step."""

from __future__ import annotations

import pickle

import pytest

from headrace import Backoff, Failure, Jitter, MetadataValue, RetryPolicy, RetryRequested
from headrace.errors import InvalidDefinitionError


@pytest.mark.parametrize(
    ("policy", "delays"),
    [
        (RetryPolicy(), [0, 0, 0]),
        (RetryPolicy(delay=2), [2, 2, 2]),
        (RetryPolicy(delay=2, backoff=Backoff.LINEAR), [2, 4, 6]),
        (RetryPolicy(delay=2, backoff=Backoff.EXPONENTIAL), [2, 6, 14]),
    ],
)
def test_delays_grow_as_the_policy_says(policy: RetryPolicy, delays: list[float]) -> None:
    assert [policy.calculate_delay(attempt) for attempt in (1, 2, 3)] == delays


def test_jitter_spreads_the_delay() -> None:
    full = RetryPolicy(delay=10, jitter=Jitter.FULL)
    around = RetryPolicy(delay=10, jitter=Jitter.PLUS_MINUS)
    growing = RetryPolicy(delay=10, backoff=Backoff.LINEAR, jitter=Jitter.PLUS_MINUS)
    assert [full.calculate_delay(1, randomness) for randomness in (0.0, 0.5, 1.0)] == [0, 5, 10]
    assert [around.calculate_delay(1, randomness) for randomness in (0.0, 0.5, 1.0)] == [0, 10, 20]
    assert [growing.calculate_delay(3, randomness) for randomness in (0.0, 0.5, 1.0)] == [20, 30, 40]
    assert 0 <= full.calculate_delay(1) <= 10


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_retries": -1}, "max_retries must be 0 or more"),
        ({"jitter": Jitter.FULL}, "need a delay"),
        ({"delay": -1}, "delay must be 0 seconds or more"),
    ],
)
def test_policies_that_make_no_sense_are_refused(arguments, message) -> None:
    with pytest.raises(InvalidDefinitionError, match=message):
        RetryPolicy(**arguments)


def test_exceptions_that_steer_survive_the_way_between_processes() -> None:
    failure = pickle.loads(pickle.dumps(Failure("why", metadata={"n": 1}, allow_retries=False)))
    assert (failure.description, failure.metadata, failure.allow_retries) == (
        "why",
        {"n": MetadataValue.int(1)},
        False,
    )
    retry = pickle.loads(pickle.dumps(RetryRequested(max_retries=3, seconds_to_wait=0.5)))
    assert (retry.max_retries, retry.seconds_to_wait) == (3, 0.5)
