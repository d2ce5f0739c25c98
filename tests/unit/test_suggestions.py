from __future__ import annotations

import pytest

from headrace.suggestions import did_you_mean


@pytest.mark.parametrize(
    ("name", "known", "said"),
    [
        ("proces_numbers", ["process_numbers", "other"], "; did you mean 'process_numbers'?"),
        ("zzz", ["alpha", "beta"], "; there are 'alpha', 'beta'"),
        ("zzz", ["alpha"], "; there is only 'alpha'"),
        ("zzz", [], "; there are none"),
        ("zzz", [f"job{number:02}" for number in range(12)], "'job09' and 2 more"),
    ],
)
def test_a_wrong_name_is_answered_with_what_may_have_been_meant(name: str, known: list[str], said: str) -> None:
    assert did_you_mean(name, known).endswith(said)
