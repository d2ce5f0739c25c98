"""Tags: small strings that select, group and steer; and the ones that Headrace itself reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from headrace.definitions.notices import deprecated
from headrace.definitions.spellings import BothSpellings
from headrace.errors import InvalidDefinitionError

KIND_PREFIX = "headrace/kind/"
_KIND_PREFIXES = (KIND_PREFIX, "dagster/kind/")
MAX_KINDS = 10
_OWN_NAMESPACES = ("headrace/", "dagster/")

_KEY_PART = re.compile(r"^[A-Za-z0-9_.-]{1,63}$")
_KEY = re.compile(r"^([A-Za-z0-9_.-]{1,63}/){0,2}[A-Za-z0-9_.-]{1,63}$")
_DEFINITION_VALUE = re.compile(r"^[A-Za-z0-9_.-]{0,63}$")


def normalize_tags(tags: Mapping[str, Any] | None, what: str) -> dict[str, str]:
    """Tags with every value a string; other values are written as JSON.

    Args:
        tags: The tags as given.
        what: Whose tags they are, for messages.
    """
    if not tags:
        return {}
    normalized: dict[str, str] = BothSpellings()
    for key, value in tags.items():
        if not isinstance(key, str) or not key:
            raise InvalidDefinitionError(f"{what}: a tag's key is a non-empty string, not {key!r}.")
        normalized[key] = value if isinstance(value, str) else _to_json(key, value, what)
    odd = [key for key in normalized if not _is_plain(key)]
    if odd:
        deprecated(
            f"Non-compliant tag keys like {odd} are deprecated ({what}). A key is 'name' or 'namespace/name', each up to 63 "
            "letters, digits, '_', '-' and '.'."
        )
    return normalized


def _is_plain(key: str) -> bool:
    return key.startswith(_OWN_NAMESPACES) or bool(_KEY.match(key))


def validate_definition_tags(tags: Mapping[str, str] | None, what: str) -> dict[str, str]:
    """Tags of assets, which must be short and plain enough to search and label by.

    A key is `name` or `namespace/name`; names and values are up to 63 letters, digits, `_`, `-` and `.`.
    """
    if not tags:
        return {}
    for key, value in tags.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise InvalidDefinitionError(f"{what}: tags map strings to strings, not {key!r} to {value!r}.")
        validate_tag_key(key, what)
        if not key.startswith(_OWN_NAMESPACES) and not _DEFINITION_VALUE.match(value):
            raise InvalidDefinitionError(
                f"Invalid tag value: {value!r}, for key: {key!r} of {what}. It may have up to 63 letters, digits, '_', "
                "'-' and '.'."
            )
    return dict(tags)


def validate_tag_key(key: str, what: str) -> None:
    """Refuses keys that are neither `name` nor `namespace/name`."""
    for prefix in _KIND_PREFIXES:
        key = key.removeprefix(prefix)
    if not 1 <= len(parts := key.split("/")) <= 2 or not all(_KEY_PART.match(part) for part in parts):
        raise InvalidDefinitionError(
            f"Found invalid tag keys: {what} has {key!r}. A key is 'name' or 'namespace/name', each up to 63 letters, "
            "digits, '_', '-' and '.'."
        )


def kind_tags(kinds: Any, what: str) -> dict[str, str]:
    """The tags that kinds are kept as."""
    if not kinds:
        return {}
    if isinstance(kinds, str):
        raise InvalidDefinitionError(f"{what}: kinds is a set or list of strings, not the string {kinds!r}.")
    names = sorted(set(kinds))
    if len(names) > MAX_KINDS:
        raise InvalidDefinitionError(
            f"Assets can have at most ten kinds currently; {what} has {len(names)}: {', '.join(names)}."
        )
    for name in names:
        if name:
            validate_tag_key(name, f"{what} (a kind is kept as a tag)")
    return {f"{KIND_PREFIX}{name}": "" for name in names}


def kinds_of(tags: Mapping[str, str]) -> set[str]:
    """The kinds that tags hold."""
    return {key.removeprefix(prefix) for key in tags for prefix in _KIND_PREFIXES if key.startswith(prefix)}


def _to_json(key: str, value: Any, what: str) -> str:
    try:
        text = json.dumps(value)
        if json.loads(text) != value:
            raise InvalidDefinitionError(
                f'{what}: Invalid value for tag {key!r}: JSON encoding "{text}" of value "{value}" is not equivalent to original value.'
            )
        return text
    except (TypeError, ValueError) as error:
        raise InvalidDefinitionError(
            f"{what}: Invalid value for tag {key!r}: it is neither a string, nor can it be made one. Could not JSON encode value: {error}."
        ) from error
