"""`ResourceParam`: marks a parameter of an op or asset as a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

T = TypeVar("T")
RESOURCE_PARAM = "resource_param"

if TYPE_CHECKING:
    ResourceParam = Annotated[T, RESOURCE_PARAM]
else:

    class ResourceParam:
        """Annotate a parameter with `ResourceParam[X]` to receive the resource of its name, an `X`."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Annotated[item, RESOURCE_PARAM]
