"""The page about partitions shows code that loads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import headrace as dg

PAGE = Path(__file__).parents[4] / "docs" / "partitions.md"


def test_the_example_of_the_page_loads() -> None:
    [code] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    dg.Definitions.validate_loadable(names["defs"])
    assert names["defs"].resolve_schedule("weekly_schedule").cron_schedule == "0 6 * * 0"
