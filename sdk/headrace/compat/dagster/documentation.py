"""The tables of `docs/migrating-from-dagster.md`, from the table of names.

    python -m headrace.compat.dagster.documentation docs/migrating-from-dagster.md

writes them between the marks of that file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import headrace
from headrace.compat.dagster.answers import is_available
from headrace.compat.dagster.companions import COMPANIONS
from headrace.compat.dagster.groups import PUBLIC
from headrace.compat.dagster.themes import THEMES

_BLOCK = re.compile(r"(<!-- table: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(page: str) -> str:
    """Returns the page with every table as it should be now."""
    tables = {"same": _same, "renamed": _renamed, "not_yet": _not_yet, "never": _never, "companions": _companions}
    return _BLOCK.sub(lambda block: f"{block[1]}\n{tables[block['name']]()}\n\n{block[3]}", page)


def _same() -> str:
    names = sorted(PUBLIC & set(headrace.__all__), key=lambda name: (name.lower(), name))
    return f"{len(names)} names: " + ", ".join(f"`{name}`" for name in names) + "."


def _renamed() -> str:
    rows = [
        (theme.title, f"`{name}`", _place(target))
        for theme in THEMES
        for name, target in theme.renamed.items()
        if is_available(name)
    ]
    return _table(("about", "Dagster", "Headrace"), rows)


def _place(target: str) -> str:
    module, _, name = target.rpartition(":")
    return f"`{module}.{name}`" if module else f"`{name}`"


def _not_yet() -> str:
    rows = [row for theme in THEMES for row in _rows(theme.title, {**_waiting(theme.renamed), **theme.not_yet})]
    return _table(("about", "names", "instead"), rows)


def _waiting(renamed: Mapping[str, str]) -> dict[str, str]:
    return {name: f"will be called `{target}`" for name, target in renamed.items()}


def _never() -> str:
    rows = [row for theme in THEMES for row in _rows(theme.title, theme.never)]
    return _table(("about", "names", "why, and what instead"), rows)


def _rows(title: str, texts: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """One row for each text, with all names that it is said of."""
    missing = {name: text for name, text in texts.items() if name in PUBLIC and not is_available(name)}
    for text in dict.fromkeys(missing.values()):
        yield title, ", ".join(f"`{name}`" for name, other in missing.items() if other == text), text


def _companions() -> str:
    return _table(("library", "instead"), [(f"`{name}`", text) for name, text in COMPANIONS.items()])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    previous = ""
    for first, *rest in rows:
        lines.append("| " + " | ".join([first if first != previous else "", *rest]) + " |")
        previous = first
    return "\n".join(lines)


def main() -> None:
    """Rewrites the file that the command line names."""
    path = Path(sys.argv[1])
    path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
