"""To which group of the table a name belongs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path

import headrace
from headrace.compat.dagster.theme import Theme
from headrace.compat.dagster.themes import THEMES

VERSION = "1.13"
"""Dagster's version whose public names are answered."""


class Group(str, Enum):
    """What became of a name."""

    SAME = "same"
    RENAMED = "renamed"
    NOT_YET = "not yet"
    NEVER = "never"


def public_names() -> tuple[str, ...]:
    """Returns every public name of Dagster's top-level package."""
    return tuple(Path(__file__).with_name(f"names-{VERSION}.txt").read_text(encoding="utf-8").split())


def _collect(section: Callable[[Theme], Mapping[str, str]]) -> Mapping[str, str]:
    here = frozenset(headrace.__all__)
    return {name: text for theme in THEMES for name, text in section(theme).items() if name not in here}


RENAMED = _collect(lambda theme: theme.renamed)
NOT_YET = _collect(lambda theme: theme.not_yet)
NEVER = _collect(lambda theme: theme.never)
PUBLIC = frozenset(public_names())
INSIDE: Mapping[str, str] = {
    "AssetsDefinitionCacheableData": "headrace.definitions.assets.cacheable:AssetsDefinitionCacheableData",
    "CacheableAssetsDefinition": "headrace.definitions.assets.cacheable:CacheableAssetsDefinition",
}
"""Names that users subclass although they can be imported only from inside of Dagster."""


def groups_of(name: str) -> list[Group]:
    """Returns the groups that list a name: one for every public name of Dagster, none for any other."""
    listed = {
        Group.SAME: name in PUBLIC and name in headrace.__all__,
        Group.RENAMED: name in RENAMED,
        Group.NOT_YET: name in NOT_YET,
        Group.NEVER: name in NEVER,
    }
    return [group for group, member in listed.items() if member]
