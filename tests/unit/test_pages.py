"""Every piece of Python that the documentation shows is a module of its own, to be copied and started with."""

from __future__ import annotations

import pytest

import headrace as dg
from rig.pages import DOCS, blocks, loaded

# They ask a running Headrace, or go on where the block before ended; acceptance tests run them.
ELSEWHERE = {("backfills.md", 0), ("quickstart.md", 1), ("quickstart.md", 2)}
PAGES = sorted(path.name for path in DOCS.glob("*.md"))
SHOWN = [(page, number) for page in PAGES for number in range(len(blocks(page, "python")))]


@pytest.mark.parametrize(("page", "number"), [each for each in SHOWN if each not in ELSEWHERE])
def test_it_loads_fits_together_and_its_tests_pass(page: str, number: int) -> None:
    with loaded(page, number) as module:
        dg.Definitions.validate_loadable(vars(module).get("defs") or dg.load_definitions_from_module(module))
        for name, value in list(vars(module).items()):
            if name.startswith("test_"):
                value()
