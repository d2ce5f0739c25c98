"""`ResourceDependency`: a field of a resource that is another resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar

V = TypeVar("V")
RESOURCE_DEPENDENCY = "resource_dependency"

if TYPE_CHECKING:

    class ResourceDependency(Generic[V]):
        """Annotate a field with `ResourceDependency[X]` to receive an `X` made by another resource."""

        def __get__(self, instance: Any, owner: Any) -> V: ...

        def __set__(self, instance: Any, value: Any) -> None: ...

else:

    class ResourceDependency:
        """Annotate a field with `ResourceDependency[X]` to receive an `X` made by another resource."""

        def __class_getitem__(cls, item: Any) -> Any:
            # What arrives is whatever the other resource makes, so that pydantic has nothing to check.
            return Annotated[Any, RESOURCE_DEPENDENCY]
