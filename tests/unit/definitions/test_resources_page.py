"""Every block of the page about resources is a module that loads, and its tests pass."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import headrace as dg

PAGE = Path(__file__).parents[3] / "docs" / "resources.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_block_loads(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType(f"resources_page_{number}")
    module.__file__ = str(PAGE)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(BLOCKS[number], f"{PAGE} block {number}", "exec"), vars(module))
    defs = vars(module).get("defs") or dg.load_definitions_from_module(module)
    dg.Definitions.validate_loadable(defs)
    for test in _tests(vars(module)):
        test()


def _tests(names: dict[str, Any]) -> list[Callable[[], None]]:
    return [value for name, value in names.items() if name.startswith("test_")]
