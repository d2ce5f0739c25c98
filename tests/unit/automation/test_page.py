"""What the page about automation conditions shows is so."""

from __future__ import annotations

import headrace as dg
from rig.pages import DOCS

PAGE = (DOCS / "automation-conditions.md").read_text()


def test_every_condition_is_named() -> None:
    makers = {name for name, value in vars(dg.AutomationCondition).items() if isinstance(value, staticmethod)}
    assert {name for name in makers if name not in PAGE} <= {"executed_with_root_target"}
