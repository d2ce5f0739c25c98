"""What the pages of the documentation show, to be tried out."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str = "") -> list[str]:
    """Returns the fenced blocks of a page that are in one language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)
    return [text for of, text in found if of == language]


@contextmanager
def loaded(page: str, number: int) -> Iterator[ModuleType]:
    """Executes a block of Python as a module, which is there meanwhile."""
    module = ModuleType(f"{Path(page).stem.replace('-', '_')}_{number}")
    module.__file__ = str(DOCS / page)
    # Classes are described and pickled by the module that they are in.
    sys.modules[module.__name__] = module
    try:
        exec(compile(blocks(page, "python")[number], f"{page} block {number}", "exec", dont_inherit=True), vars(module))
        yield module
    finally:
        del sys.modules[module.__name__]
