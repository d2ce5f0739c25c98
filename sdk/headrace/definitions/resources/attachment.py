"""Resources that show something else than themselves on `context.resources`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class IAttachDifferentObjectToOpContext(ABC):
    """Lets code that asks `context.resources.<name>` get another object than code that takes the resource as a parameter.

    Useful while code moves from the one to the other: the resource attaches the client that it wraps.
    """

    @abstractmethod
    def get_object_to_set_on_execution_context(self) -> Any:
        """What `context.resources.<name>` is."""


def as_attached(resource: Any) -> Any:
    """What code that asks the context gets of a resource."""
    if isinstance(resource, IAttachDifferentObjectToOpContext):
        return resource.get_object_to_set_on_execution_context()
    return resource
