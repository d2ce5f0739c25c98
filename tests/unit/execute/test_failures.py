"""Failures show what the user needs: their frames, their causes, in bounds."""

from __future__ import annotations

import pytest

from headrace.definitions.metadata.values import MetadataValue
from headrace.definitions.ops.failure import Failure
from headrace.errors import LoadInputError
from headrace.execute.events.failures import MAX_CAUSES, MAX_MESSAGE, failure_info
from headrace.execute.runners import framing


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except BaseException as caught:
        return caught


def test_type_message_and_place_are_told() -> None:
    info = failure_info(raised(ValueError("no such table")))
    assert (info.type, info.message, info.user_failure) == ("ValueError", "no such table", True)
    assert "in raised\n    raise error from cause" in info.stack_trace
    assert info.cause is None


def test_frames_of_the_engine_are_left_out() -> None:
    with pytest.raises(TypeError) as caught:
        list(framing.Decoder().feed(None))  # type: ignore[arg-type]
    info = failure_info(caught.value)
    assert "test_failures.py" in info.stack_trace
    assert "framing.py" not in info.stack_trace


def test_causes_are_chained_and_context_counts_unless_suppressed() -> None:
    info = failure_info(raised(RuntimeError("outer"), raised(KeyError("inner"))))
    assert info.cause is not None
    assert (info.cause.type, info.cause.message) == ("KeyError", "'inner'")
    try:
        try:
            raise KeyError("hidden")
        except KeyError:
            raise ValueError("shown") from None
    except ValueError as error:
        assert failure_info(error).cause is None


def test_a_wrapper_keeps_what_it_says_and_points_to_the_users_exception() -> None:
    info = failure_info(LoadInputError("While loading input 'x'", user_exception=raised(OSError("disk"))))
    assert info.message == "While loading input 'x'"
    assert info.cause is not None
    assert info.cause.type == "OSError"


def test_metadata_of_a_failure_is_kept() -> None:
    info = failure_info(raised(Failure("bad", metadata={"rows": 3})))
    assert info.metadata == {"rows": MetadataValue.int(3)}


def test_endless_chains_and_messages_are_cut() -> None:
    error: BaseException = ValueError("x" * 10 * MAX_MESSAGE)
    for _ in range(3 * MAX_CAUSES):
        error = raised(RuntimeError(), error)
    info, depth = failure_info(error), 0
    while info.cause is not None:
        info, depth = info.cause, depth + 1
    assert depth == MAX_CAUSES
    assert len(failure_info(ValueError("x" * 10 * MAX_MESSAGE)).message) < MAX_MESSAGE + 100


def test_a_broken_str_does_not_hide_the_failure() -> None:
    class Broken(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert "Broken" in failure_info(raised(Broken())).message
