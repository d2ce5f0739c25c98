from __future__ import annotations

from headrace_services.storage.store.hints import ALL_KINDS, Hints
from headrace_services.storage.store.listener import decode, encode


def test_hints_survive_the_way_from_process_to_process() -> None:
    hints = Hints({1, 4}, {"a", "b"})
    assert decode(encode("me", hints)) == ("me", hints)


def test_hints_that_are_too_many_become_a_hint_of_everything() -> None:
    hints = Hints({1}, {f"run-{number:032}" for number in range(500)})
    payload = encode("me", hints)
    assert len(payload) < 8000
    assert decode(payload) == ("me", Hints({1}, set(), all_runs=True))


def test_a_notification_in_a_form_of_another_version_hints_at_everything() -> None:
    for payload in ("", "{}", '["me"]', '{"version": 2}'):
        sender, hints = decode(payload)
        assert (sender, hints.kinds, hints.all_runs) == ("", set(ALL_KINDS), True)
