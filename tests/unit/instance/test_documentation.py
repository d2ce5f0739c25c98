"""The page about instances shows code that runs, and names methods that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from headrace import Instance

PAGE = (Path(__file__).parents[3] / "docs" / "instance.md").read_text()


@pytest.mark.parametrize("code", re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
def test_the_examples_of_the_page_run(code: str) -> None:
    exec(code, {})


def test_the_methods_of_the_page_are_there() -> None:
    rows = re.findall(r"^\| (?:assets|partitions|runs|events) \| (.*) \|$", PAGE, re.MULTILINE)
    methods = re.findall(r"`(\w+)`", " ".join(rows))
    assert len(methods) > 20
    assert [name for name in methods if not hasattr(Instance, name)] == []
