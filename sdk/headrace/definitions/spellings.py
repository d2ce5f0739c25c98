"""Tags and metadata that are found under both spellings of what Headrace itself writes."""

from __future__ import annotations

from typing import TypeVar

_OURS, _OLDER = "headrace/", "dagster/"

CLASS_NAMES: dict[str, str] = {}
"""The names by which older code looks for classes of errors; empty unless such code runs here."""

T = TypeVar("T")
V = TypeVar("V")


class BothSpellings(dict[str, V]):
    """Values by key. What is there as `headrace/partition` is found as `dagster/partition` too, which older code asks for."""

    def __missing__(self, key: str) -> V:
        ours = _our_key(key)
        if ours is None or not super().__contains__(ours):
            raise KeyError(key)
        return super().__getitem__(ours)

    def __contains__(self, key: object) -> bool:
        ours = _our_key(key)
        return super().__contains__(key) or (ours is not None and super().__contains__(ours))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and _ours(self) == _ours(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def get(self, key: str, default: T = None) -> V | T:  # type: ignore[assignment]
        """The value, or a default."""
        try:
            return self[key]
        except KeyError:
            return default


def _ours(values: dict[str, V]) -> dict[str, V]:
    """The same as a plain dict, by the keys that Headrace itself writes."""
    return {_our_key(key) or key: value for key, value in values.items()}


def _our_key(key: object) -> str | None:
    if isinstance(key, str) and key.startswith(_OLDER):
        return _OURS + key.removeprefix(_OLDER)
    return None
