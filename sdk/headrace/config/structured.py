"""Marks for classes whose instances carry config or resources.

Decorators recognize parameters by these marks, so that defining ops and assets does not import pydantic.
"""

from __future__ import annotations

from typing import Any, ClassVar


class StructuredConfig:
    """The mark of `Config`: a parameter annotated with a subclass receives validated config."""

    @classmethod
    def is_complete(cls) -> bool:
        """Whether everything that its annotations name is there by now."""
        return True

    @classmethod
    def to_config_schema(cls) -> Any:
        """The schema, as a `Field`."""
        raise NotImplementedError

    @classmethod
    def from_config(cls, value: Any, path: tuple[str, ...] = ()) -> Any:
        """An instance from config that has been validated and resolved against the schema.

        Args:
            value: The config.
            path: Where it stands in the run config, for messages.
        """
        raise NotImplementedError


class StructuredResource:
    """The mark of `ConfigurableResource`: a parameter annotated with a subclass receives the resource of its name.

    Attributes:
        makes_something_else: Whether what user code gets is no instance of the class.
    """

    makes_something_else: ClassVar[bool] = False
