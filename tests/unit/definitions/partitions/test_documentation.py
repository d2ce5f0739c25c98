"""The page about partitions shows code that loads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import headrace as dg

PAGE = Path(__file__).parents[4] / "docs" / "partitions.md"


def test_the_examples_of_the_page_load() -> None:
    windows, dynamic = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(windows, names)
    dg.Definitions.validate_loadable(names["defs"])
    assert names["defs"].resolve_schedule("weekly_schedule").cron_schedule == "0 6 * * 0"
    exec(dynamic, names)
    tick = names["new_customers"].evaluate_tick(dg.build_sensor_context(instance=dg.Instance.ephemeral()))
    assert (tick.cursor, [request.partition_key for request in tick.run_requests]) == ("anna", ["anna"])
