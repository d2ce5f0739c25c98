"""`serialize_value` and `deserialize_value`: values of definitions as JSON, for cursors and files of older code.

The text is Headrace's own: what Dagster has written is not read.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from headrace.errors import InvalidInvocationError

# Whoever can write a cursor must not get to run anything: no other class is ever made of a text.
_PACKAGE = "headrace.definitions."
_CLASS, _ITEMS = "__class__", "__items__"
_BUILT_IN = {"set": set, "frozenset": frozenset, "tuple": tuple}


def serialize_value(val: Any, **json_kwargs: Any) -> str:
    """A value as text, which `deserialize_value` reads again.

    Args:
        val: Of what JSON has, sets, times, and classes of definitions.
        json_kwargs: For `json.dumps`.

    Raises:
        InvalidInvocationError: there is something else in it.
    """
    return json.dumps(_packed(val), **json_kwargs)


def deserialize_value(val: str, as_type: Any = None) -> Any:
    """The value of a text that `serialize_value` has made.

    Args:
        val: The text.
        as_type: What it must be, a class or a tuple of them.

    Raises:
        InvalidInvocationError: it is something else, or the text was not made so.
    """
    try:
        value = _unpacked(json.loads(val))
    except (ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        raise InvalidInvocationError(f"{val[:80]!r} was not made by serialize_value: {error}.") from error
    if as_type is not None and not isinstance(value, as_type):
        raise InvalidInvocationError(f"Deserialized object was not expected type {as_type}, got {type(value)}.")
    return value


def _packed(value: Any) -> Any:
    if value is None or type(value) in (str, int, float, bool):
        return value
    if type(value) is list:
        return [_packed(each) for each in value]
    if isinstance(value, Mapping) and type(value).__module__ in ("builtins", "headrace.definitions.spellings"):
        return {str(key): _packed(each) for key, each in value.items()}
    if type(value) in _BUILT_IN.values():
        items = value if isinstance(value, tuple) else sorted(value, key=repr)
        return {_CLASS: type(value).__name__, _ITEMS: [_packed(each) for each in items]}
    if isinstance(value, datetime):
        return {_CLASS: "datetime", _ITEMS: [value.isoformat(), getattr(value.tzinfo, "key", None)]}
    if isinstance(value, timedelta):
        return {_CLASS: "timedelta", _ITEMS: [value.total_seconds()]}
    if isinstance(value, ZoneInfo):
        return {_CLASS: "zone", _ITEMS: [value.key]}
    return _packed_object(value)


def _packed_object(value: Any) -> dict[str, Any]:
    kind = type(value)
    name = f"{kind.__module__}:{kind.__qualname__}"
    if not kind.__module__.startswith(_PACKAGE) or "<locals>" in name:
        raise InvalidInvocationError(
            f"{value!r} cannot be serialized: it is no value of JSON and of no class of definitions."
        )
    if isinstance(value, Enum):
        return {_CLASS: name, _ITEMS: [value.name]}
    if isinstance(value, tuple):
        return {_CLASS: name, _ITEMS: [_packed(each) for each in value]}
    if any("__reduce__" in vars(each) for each in kind.__mro__[:-1]):
        # It knows better than its attributes: a hash that it keeps is another one in another process.
        reduced = value.__reduce__()
        if isinstance(reduced, tuple) and reduced[0] is kind:
            return {_CLASS: name, _ITEMS: [_packed(each) for each in reduced[1]]}
    return {_CLASS: name, **{key: _packed(each) for key, each in sorted(_state(value).items())}}


def _state(value: Any) -> Mapping[str, Any]:
    """What an object remembers, but for what it computes again."""
    slots = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()) if hasattr(value, name))
    state = {**{name: getattr(value, name) for name in slots}, **getattr(value, "__dict__", {})}
    return {name: each for name, each in state.items() if not _is_computed(type(value), name)}


def _is_computed(kind: type, name: str) -> bool:
    return isinstance(getattr(kind, name, None), cached_property)


def _unpacked(packed: Any) -> Any:
    if isinstance(packed, list):
        return [_unpacked(each) for each in packed]
    if not isinstance(packed, dict):
        return packed
    name = packed.get(_CLASS)
    if name is None:
        return {key: _unpacked(each) for key, each in packed.items()}
    items = [_unpacked(each) for each in packed.get(_ITEMS, ())]
    if name in _BUILT_IN:
        return _BUILT_IN[name](items)
    if name == "datetime":
        moment = datetime.fromisoformat(items[0])
        return moment if items[1] is None else moment.astimezone(ZoneInfo(items[1]))
    if name == "timedelta":
        return timedelta(seconds=items[0])
    if name == "zone":
        return ZoneInfo(items[0])
    return _unpacked_object(name, items, {key: each for key, each in packed.items() if key not in (_CLASS, _ITEMS)})


def _unpacked_object(name: str, items: list[Any], state: Mapping[str, Any]) -> Any:
    module, _, qualified = name.partition(":")
    if not module.startswith(_PACKAGE):
        raise ValueError(f"{name!r} is no class of definitions")
    kind: Any = importlib.import_module(module)
    for part in qualified.split("."):
        kind = getattr(kind, part)
    if not isinstance(kind, type):
        raise ValueError(f"{name!r} is no class")
    if issubclass(kind, Enum):
        return kind[items[0]]
    if items or issubclass(kind, tuple):
        return kind(*items)
    made = object.__new__(kind)
    for key, each in state.items():
        object.__setattr__(made, key, _unpacked(each))
    return made
