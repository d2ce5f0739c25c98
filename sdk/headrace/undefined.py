"""The value of an argument that was not given, where `None` is a value of its own."""

from __future__ import annotations

from enum import Enum
from typing import Final


class Undefined(Enum):
    """The type of `UNDEFINED`; an enum so that type checkers can narrow it with `is`."""

    UNDEFINED = "undefined"

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined.UNDEFINED
