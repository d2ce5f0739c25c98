"""Settings as frozen dataclasses: each field says its default, its meaning and its bounds, once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headrace.errors import InvalidConfigError


def setting(default: Any, text: str, *, least: float | None = None, key: str = "", hidden: bool = False) -> Any:
    """Declares a field of a settings dataclass.

    Args:
        default: What holds where a file says nothing; a mutable default is copied.
        text: What it means, in a sentence, for the reference and for reports.
        least: The smallest number allowed.
        key: The key in files, where it is not the field's name.
        hidden: Whether it may hold something secret, and is left out of repr.
    """
    metadata = {"text": text, "least": least, "key": key}
    if isinstance(default, (dict, list)):
        return field(default_factory=lambda: type(default)(default), metadata=metadata, repr=not hidden)
    return field(default=default, metadata=metadata, repr=not hidden)


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that never shows: not in repr, not in reports, not in logs.

    Attributes:
        env: The environment variable that holds it; empty where the file itself does.
    """

    env: str = ""
    value: str = field(default="", repr=False)

    @property
    def is_set(self) -> bool:
        """Whether there is anything to reveal."""
        return bool(self.value) or (bool(self.env) and self.env in os.environ)

    def reveal(self, environ: Mapping[str, str] | None = None) -> str:
        """Returns the secret itself.

        Raises:
            InvalidConfigError: its environment variable is not set.
        """
        if not self.env:
            return self.value
        try:
            return (os.environ if environ is None else environ)[self.env]
        except KeyError:
            raise InvalidConfigError(
                f"the environment variable {self.env} is not set; the instance file asks for it"
            ) from None

    def __str__(self) -> str:
        return f"from the environment variable {self.env}" if self.env else "***" if self.value else "empty"
