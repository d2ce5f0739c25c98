"""The page about instances names methods that there are."""

from __future__ import annotations

import re

from headrace import Instance
from rig.pages import DOCS

PAGE = (DOCS / "instance.md").read_text()


def test_the_methods_of_the_page_are_there() -> None:
    rows = re.findall(r"^\| (?:assets|partitions|runs|events) \| (.*) \|$", PAGE, re.MULTILINE)
    methods = re.findall(r"`(\w+)`", " ".join(rows))
    assert len(methods) > 20
    assert [name for name in methods if not hasattr(Instance, name)] == []
