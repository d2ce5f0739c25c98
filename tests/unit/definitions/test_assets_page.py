"""Every block of the page about assets is a module that loads."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import headrace as dg

PAGE = Path(__file__).parents[3] / "docs" / "assets.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_the_block_loads(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType(f"assets_page_{number}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(BLOCKS[number], f"{PAGE} block {number}", "exec"), vars(module))
    defs = vars(module).get("defs") or dg.load_definitions_from_module(module)
    dg.Definitions.validate_loadable(dg.Definitions.merge(defs, dg.Definitions(resources=resources_of(number))))


def resources_of(number: int) -> dict[str, object]:
    """What the page leaves out because it is explained elsewhere."""
    return {"lake_io": dg.InMemoryIOManager()} if "lake_io" in BLOCKS[number] else {}
