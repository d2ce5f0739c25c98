"""What I/O managers of databases have in common that are declared as models, and how each is had in the older style too."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from types import new_class
from typing import Any

from headrace.definitions.resources.configurable_io_manager import ConfigurableIOManagerFactory
from headrace.definitions.resources.io_manager import IOManagerDefinition
from headrace.integrations.tables.io_manager import DbIOManager
from headrace.integrations.tables.type_handler import DbTypeHandler


class ConfigurableDbIOManager(ConfigurableIOManagerFactory[DbIOManager]):
    """The base of models that store values as tables of one kind of database."""

    @staticmethod
    @abstractmethod
    def type_handlers() -> Sequence[DbTypeHandler[Any]]:
        """One handler for each type of value."""

    @staticmethod
    def default_load_type() -> type[Any] | None:
        """What inputs are loaded as that have no type annotation; the handler's type where there is but one."""
        return None


def older_style(manager: type[ConfigurableDbIOManager]) -> IOManagerDefinition:
    """Returns an I/O manager whose fields are config, as `@io_manager` makes them."""
    return IOManagerDefinition(
        manager.from_resource_context, manager.to_config_schema(), description=manager.__doc__ or ""
    )


def with_handlers(
    manager: type[ConfigurableDbIOManager], type_handlers: Sequence[DbTypeHandler[Any]], default: type[Any] | None
) -> IOManagerDefinition:
    """Returns an I/O manager in the older style that stores other types of values."""
    own = {
        "__doc__": manager.__doc__,
        "__module__": manager.__module__,
        "type_handlers": staticmethod(lambda: type_handlers),
        "default_load_type": staticmethod(lambda: default),
    }
    return older_style(new_class(manager.__name__, (manager,), exec_body=lambda namespace: namespace.update(own)))
