"""Asset keys: the names of assets, a path of parts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import total_ordering
from typing import Any, NoReturn, TypeAlias

from headrace.errors import InvalidDefinitionError, InvariantViolationError


@total_ordering
class AssetKey:
    """Names an asset: one part, or a path of them such as `["warehouse", "orders"]`.

    Args:
        path: The parts, outermost first. A plain string is one part.
    """

    __slots__ = ("_hash", "_parts")
    _parts: tuple[str, ...]
    _hash: int

    def __init__(self, path: str | Sequence[str]) -> None:
        parts = (path,) if isinstance(path, str) else tuple(path)
        if not parts or not all(isinstance(part, str) and part for part in parts):
            raise InvalidDefinitionError(f"An asset key is one or more non-empty strings, not {path!r}.")
        object.__setattr__(self, "_parts", parts)
        object.__setattr__(self, "_hash", hash(parts))

    @property
    def path(self) -> Sequence[str]:
        """The parts, outermost first."""
        return list(self._parts)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts, outermost first, as a tuple."""
        return self._parts

    def to_user_string(self) -> str:
        """The parts joined by slashes: `warehouse/orders`."""
        return "/".join(self._parts)

    def to_escaped_user_string(self) -> str:
        """Like `to_user_string`, with slashes inside parts escaped, so that it can be read back."""
        return "/".join(part.replace("\\", "\\\\").replace("/", "\\/") for part in self._parts)

    def to_string(self) -> str:
        """The parts as a JSON list."""
        return json.dumps(self._parts)

    def to_python_identifier(self, suffix: str | None = None) -> str:
        """The parts as one Python name: `warehouse__orders`, then the suffix."""
        parts = self._parts if suffix is None else (*self._parts, suffix)
        return "__".join(parts).replace("-", "_").replace(".", "_")

    def has_prefix(self, prefix: Sequence[str]) -> bool:
        """Whether the first parts are these."""
        return self._parts[: len(prefix)] == tuple(prefix)

    def with_prefix(self, prefix: str | Sequence[str]) -> AssetKey:
        """This key below a prefix."""
        return AssetKey((*key_prefix_parts(prefix), *self._parts))

    @staticmethod
    def from_user_string(text: str) -> AssetKey:
        """Reads `warehouse/orders`."""
        return AssetKey(text.split("/"))

    @staticmethod
    def from_escaped_user_string(text: str) -> AssetKey:
        """Reads what `to_escaped_user_string` wrote."""
        parts: list[str] = []
        part, escaped = "", False
        for character in text:
            if escaped or character not in "\\/":
                part, escaped = part + character, False
            elif character == "\\":
                escaped = True
            else:
                parts, part = [*parts, part], ""
        return AssetKey([*parts, part])

    @staticmethod
    def from_coercible(value: CoercibleToAssetKey) -> AssetKey:
        """Takes a key as it is, a string as one part, a sequence of strings as a path."""
        if isinstance(value, AssetKey):
            return value
        if isinstance(value, str):
            return AssetKey((value,))
        if isinstance(value, Sequence):
            return AssetKey(value)
        raise InvariantViolationError(f"Not an asset key, a string or a sequence of strings: {value!r}.")

    def to_graphql_input(self) -> Mapping[str, Sequence[str]]:
        """The key as `{"path": [...]}`."""
        return {"path": self.path}

    def __iter__(self) -> NoReturn:
        raise InvariantViolationError(f"Iteration is not allowed on {self!r}; go through key.path instead.")

    def __getitem__(self, index: object) -> NoReturn:
        raise InvariantViolationError(f"Index access is not allowed on {self!r}; use key.path instead.")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"An asset key cannot be changed (tried to set {name!r}).")

    def __reduce__(self) -> tuple[Any, ...]:
        return (AssetKey, (self._parts,))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetKey) and self._parts == other._parts

    def __lt__(self, other: AssetKey) -> bool:
        return self._parts < other._parts

    def __str__(self) -> str:
        return f"AssetKey({self.path!r})"

    __repr__ = __str__


CoercibleToAssetKey: TypeAlias = AssetKey | str | Sequence[str]
CoercibleToAssetKeyPrefix: TypeAlias = str | Sequence[str]


def key_prefix_parts(prefix: CoercibleToAssetKeyPrefix | None) -> tuple[str, ...]:
    """The parts of an optional prefix."""
    if prefix is None or prefix == "":
        return ()
    if not isinstance(prefix, (str, Sequence)):
        raise InvalidDefinitionError(f"A prefix of an asset key is a string or a list of strings, not {prefix!r}.")
    return (prefix,) if isinstance(prefix, str) else tuple(prefix)
