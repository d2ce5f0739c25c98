"""The error about what is no config type, which tells where in a schema it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from headrace.errors import InvalidConfigDefinitionError
from headrace.undefined import UNDEFINED


class UnresolvableConfigError(InvalidConfigDefinitionError):
    """Something in a schema is no config type.

    Args:
        value: What it is.
        why: What would be right.
        path: The fields that lead to it.
        original: The whole schema, where it is known.
    """

    def __init__(self, value: Any, why: str, path: Sequence[str] = (), original: Any = UNDEFINED) -> None:
        self.value, self.why, self.path = value, why, tuple(path)
        whole = "" if original is UNDEFINED else f" Original value passed: {original!r}."
        where = f" Error at stack path :{':'.join(self.path)}." if self.path else ""
        super().__init__(f"Error defining config.{whole}{where} {value!r} cannot be resolved. Reason: {why}.")

    def inside(self, name: str) -> UnresolvableConfigError:
        """The same of a schema that has this one as a field."""
        return UnresolvableConfigError(self.value, self.why, (name, *self.path))

    def of(self, original: Any) -> UnresolvableConfigError:
        """The same of a whole schema."""
        return UnresolvableConfigError(self.value, self.why, self.path, original)
