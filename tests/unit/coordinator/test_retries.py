from __future__ import annotations

from headrace_services.coordinator.retries.repeating import History, assets_to_repeat, steps_to_repeat

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


def test_assets_that_were_not_made_or_not_found_right_are_repeated_with_all_below() -> None:
    planned = {"raw": [], "op": ["raw"], "both": ["op"], "report": ["both"], "aside": []}
    assets = {"raw": ["raw"], "both": ["left", "right"], "report": ["report"], "aside": ["aside"]}
    made = {"raw", "left", "right", "report", "aside"}
    assert assets_to_repeat(History(planned, assets=assets, made=made)) == []
    assert assets_to_repeat(History(planned, assets=assets, made=made - {"right"})) == ["left", "right", "report"]
    unsound = History(planned, assets=assets, made=made, unsound={"raw"})
    assert assets_to_repeat(unsound) == ["raw", "left", "right", "report"]
