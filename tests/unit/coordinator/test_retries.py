from __future__ import annotations

from headrace_services.coordinator.retries import History, steps_to_repeat

CHAIN = {"load": [], "clean": ["load"], "train": ["clean"], "report": ["train"]}


def test_steps_that_did_not_succeed_are_repeated_in_their_order() -> None:
    assert steps_to_repeat(History(CHAIN, succeeded={"load", "clean"})) == ["train", "report"]


def test_nothing_is_repeated_of_a_run_that_succeeded() -> None:
    assert steps_to_repeat(History(CHAIN, succeeded=set(CHAIN))) == []


def test_a_step_skipped_for_want_of_an_optional_output_is_done() -> None:
    history = History({"maybe": [], "use": ["maybe"], "other": []}, succeeded={"maybe"}, skipped={"use"})
    assert steps_to_repeat(history) == ["other"]


def test_a_step_skipped_below_a_repeated_one_is_repeated_too() -> None:
    history = History(CHAIN, succeeded={"load"}, skipped={"train", "report"})
    assert steps_to_repeat(history) == ["clean", "train", "report"]
