"""What a resource's function gets: its config, the resources it needs, a log."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from headrace.errors import UnknownResourceError


class Resources:
    """Resources by name, as attributes: `context.resources.warehouse`."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.__dict__["_values"] = dict(values or {})

    def __getattr__(self, name: str) -> Any:
        values: dict[str, Any] = self.__dict__.get("_values", {})
        if name.startswith("__") or name not in values:
            if name.startswith("__"):
                raise AttributeError(name)
            known = ", ".join(sorted(values)) or "none"
            raise UnknownResourceError(
                f"There is no resource {name!r} here; there are: {known}. "
                "Name it in required_resource_keys, or as a parameter, and provide it in the definitions."
            )
        return values[name]

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __contains__(self, name: object) -> bool:
        return name in self._asdict()

    def __iter__(self) -> Iterator[str]:
        return iter(self._asdict())

    def __len__(self) -> int:
        return len(self._asdict())

    def _asdict(self) -> dict[str, Any]:
        return dict(self.__dict__["_values"])

    @property
    def original_resource_dict(self) -> Mapping[str, Any]:
        """The resources by name."""
        return self._asdict()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Resources cannot be set (tried to set {name!r}).")

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.__dict__)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


class InitResourceContext:
    """What a resource's function gets.

    Args:
        resource_config: The resource's config.
        resources: The resources that it requires.
        resource_def: Its definition.
        log: Where to log.
        run: The run, if there is one.
        instance: The instance, if there is one.
        run_id: The run's id, if there is a run.
        all_resource_defs: All resources of the job, by name.
    """

    def __init__(
        self,
        resource_config: Any = None,
        resources: Resources | Mapping[str, Any] | None = None,
        *,
        resource_def: Any = None,
        log: Any = None,
        run: Any = None,
        instance: Any = None,
        run_id: str | None = None,
        all_resource_defs: Mapping[str, Any] | None = None,
    ) -> None:
        self.resource_config = resource_config
        self._resources = resources if isinstance(resources, Resources) else Resources(resources)
        self.resource_def = resource_def
        self.log: Any = log if log is not None else logging.getLogger("headrace")
        self.run = run
        self.instance = instance
        self.run_id: str | None = run_id if run_id is not None else getattr(run, "run_id", None)
        self.all_resource_defs: Mapping[str, Any] = dict(all_resource_defs or {})

    @property
    def resources(self) -> Any:
        """The resources that it requires, as attributes."""
        return self._resources

    @property
    def dagster_run(self) -> Any:
        """The run; the name that Dagster's users know."""
        return self.run

    @property
    def log_manager(self) -> Any:
        """The same as `log`."""
        return self.log

    def replace_config(self, config: Any) -> InitResourceContext:
        """The same context with another config."""
        return InitResourceContext(
            config,
            self.resources,
            resource_def=self.resource_def,
            log=self.log,
            run=self.run,
            instance=self.instance,
            run_id=self.run_id,
            all_resource_defs=self.all_resource_defs,
        )
