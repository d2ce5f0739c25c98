"""The tree of errors."""

from __future__ import annotations

import inspect
import re

import pytest

from headrace import errors


def error_classes() -> dict[str, type[BaseException]]:
    return {
        name: each
        for name, each in vars(errors).items()
        if inspect.isclass(each) and issubclass(each, BaseException) and each.__module__ == errors.__name__
    }


def drawn_tree() -> dict[str, str | None]:
    """Parents by class, as the module's docstring draws them."""
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if drawn := re.match(r"^((?:[│ ]   )*(?:[├└]── )?)([A-Z]\w+Error)\b", line):
            depth = len(drawn.group(1)) // 4
            above[depth:] = [drawn.group(2)]
            parents[drawn.group(2)] = above[depth - 1] if depth else None
    return parents


def test_the_docstring_draws_the_tree_as_it_is() -> None:
    classes = error_classes()
    drawn = drawn_tree()
    assert drawn.keys() == classes.keys()
    for name, parent in drawn.items():
        if parent is not None:
            assert classes[parent] in classes[name].__bases__, name


@pytest.mark.parametrize("error", [each for name, each in error_classes().items()])
def test_every_error_has_a_reason_a_code_and_a_message_of_its_own(error) -> None:
    raised = error()
    assert str(raised) and raised.metadata == {}
    assert re.fullmatch(r"[A-Z_]+", error.reason) and re.fullmatch(r"[A-Z_]+", error.code)


def test_an_interruption_is_not_swallowed_by_except_exception() -> None:
    assert not issubclass(errors.ExecutionInterruptedError, Exception)


def test_errors_of_user_code_keep_what_was_raised() -> None:
    cause = ValueError("boom")
    error = errors.StepExecutionError("failed", user_exception=cause, step_key="a.b", op_name="b")
    assert (error.user_exception, error.__cause__, error.step_key, error.op_name) == (cause, cause, "a.b", "b")
    assert error.original_exc_info[:2] == (ValueError, cause)
