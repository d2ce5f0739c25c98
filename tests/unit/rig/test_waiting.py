from __future__ import annotations

import pytest

from rig.waiting import NeverHappenedError, wait_until, wait_until_async


def test_the_first_true_answer_is_returned() -> None:
    answers = iter([None, 0, "yes"])
    assert wait_until(lambda: next(answers)) == "yes"


def test_a_missed_deadline_names_the_condition_and_the_last_answer() -> None:
    with pytest.raises(
        NeverHappenedError, match=r"the queue being empty did not happen within 0\.02 s; last seen: \[\]"
    ):
        wait_until(list, timeout=0.02, what="the queue being empty")


def test_only_named_exceptions_count_as_not_yet() -> None:
    answers = iter([ConnectionRefusedError(), ValueError("wrong")])

    def answer() -> bool:
        raise next(answers)

    with pytest.raises(ValueError, match="wrong"):
        wait_until(answer, retry_on=(ConnectionRefusedError,))


async def test_an_awaited_condition_is_waited_for() -> None:
    answers = iter([False, True])

    async def answer() -> bool:
        return next(answers)

    assert await wait_until_async(answer)
