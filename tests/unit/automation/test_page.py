"""What the page about automation conditions shows is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import headrace as dg

PAGE = (Path(__file__).parents[3] / "docs/automation-conditions.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_blocks_load_and_their_tests_pass(number: int) -> None:
    module: dict[str, Any] = {"__name__": f"page_{number}"}
    exec(compile(BLOCKS[number], f"block {number}", "exec", dont_inherit=True), module)
    for name, value in list(module.items()):
        if name.startswith("test_"):
            value()
        elif isinstance(value, dg.Definitions):
            dg.Definitions.validate_loadable(value)


def test_every_condition_is_named() -> None:
    makers = {name for name, value in vars(dg.AutomationCondition).items() if isinstance(value, staticmethod)}
    assert {name for name in makers if name not in PAGE} <= {"executed_with_root_target"}
