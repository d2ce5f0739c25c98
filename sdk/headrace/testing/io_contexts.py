"""Contexts that tests give to I/O managers, with resources that are started for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headrace.definitions.resources.context import Resources
from headrace.execute.contexts.input_context import InputContext
from headrace.execute.contexts.output_context import OutputContext
from headrace.execute.direct.scope import DirectScope

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class _OwnResources:
    """The resources of a context; a context manager, if they are to be torn down."""

    _made_by: str

    def __init__(self, resources: Mapping[str, Any] | None, **about: Any) -> None:
        super().__init__(**about)
        self._direct = DirectScope(resources=resources)
        self._direct.made_by = self._made_by

    @property
    def resources(self) -> Resources:
        """The resources that the I/O manager requires."""
        self._direct.check_open()
        return self._direct.resources

    def __enter__(self) -> Self:
        self._direct.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._direct.close()


class DirectInputContext(_OwnResources, InputContext):
    """What `build_input_context` returns."""

    _made_by = "build_input_context"

    def _title(self) -> str:
        return "InputContext"


class DirectOutputContext(_OwnResources, OutputContext):
    """What `build_output_context` returns."""

    _made_by = "build_output_context"

    def _title(self) -> str:
        return "OutputContext"
