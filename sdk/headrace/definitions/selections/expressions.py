"""From the tree of an expression to what it selects."""

from __future__ import annotations

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.selections import syntax
from headrace.definitions.selections.attributes import (
    GROUP_PATTERN,
    ByAttribute,
    ByPair,
    ByState,
    Elsewhere,
    checked_value,
)
from headrace.definitions.selections.combined import Difference, intersection, union
from headrace.definitions.selections.keys import Everything, Keys
from headrace.definitions.selections.selector import Selector
from headrace.definitions.selections.walks import Derived, Walk
from headrace.errors import InvalidDefinitionError


def read_selection(text: str, include_sources: bool) -> Selector:
    """What an expression selects.

    Args:
        text: The expression.
        include_sources: Whether assets that are made elsewhere are selected where the expression does not name them.
    """
    return _built(syntax.parse_selection(text), include_sources)


def _built(tree: syntax.Tree, sources: bool) -> Selector:
    if isinstance(tree, syntax.Everything):
        return Everything(sources)
    if isinstance(tree, syntax.Name):
        return Keys((AssetKey.from_user_string(tree.text),))
    if isinstance(tree, syntax.Attribute):
        return _attribute(tree, sources)
    if isinstance(tree, syntax.Call):
        return Derived(_built(tree.inner, sources), tree.function)
    if isinstance(tree, syntax.Walk):
        return _walk(_built(tree.inner, sources), tree)
    if isinstance(tree, syntax.Not):
        return Difference(Everything(sources), _built(tree.inner, sources))
    left, right = _built(tree.left, sources), _built(tree.right, sources)
    return intersection(left, right) if isinstance(tree, syntax.Both) else union(left, right)


def _walk(start: Selector, tree: syntax.Walk) -> Selector:
    walks = [
        Walk(start, up, None if steps < 0 else steps) for up, steps in ((True, tree.up), (False, tree.down)) if steps
    ]
    return union(*walks)


def _attribute(tree: syntax.Attribute, sources: bool) -> Selector:
    value = checked_value(tree.name, tree.value)
    if value is None and tree.name in _NEVER_WITHOUT:
        raise InvalidDefinitionError(f"Every asset has a {tree.name}, so {tree.name}:{syntax.NULL} selects nothing.")
    if tree.name in syntax.PAIRED and value is not None:
        second = "" if tree.second is None or tree.second == syntax.NULL else tree.second
        return ByPair(tree.name, value, second, sources)
    if tree.name in syntax.KNOWN_ELSEWHERE:
        return Elsewhere(tree.name, value)
    if tree.name == "is":
        return ByState(str(value))
    if tree.name == "group" and value is not None and "*" in value:
        return ByAttribute(GROUP_PATTERN, (value,), sources)
    return ByAttribute(tree.name, (value,), sources)


_NEVER_WITHOUT = ("key", "key_substring", "column_tag")
