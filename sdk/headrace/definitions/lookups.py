"""Looking things up in a container of definitions, by the names that `@repository` objects have for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.asset_job import IMPLICIT_ASSET_JOB
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.engine import engine
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.resolution import ResolvedDefinitions
from headrace.definitions.resources.resource import ResourceDefinition
from headrace.definitions.schedules.schedule import ScheduleDefinition
from headrace.definitions.sensors.sensor import SensorDefinition


class Lookups(ABC):
    """What can be asked of a container."""

    @property
    @abstractmethod
    def resolved(self) -> ResolvedDefinitions:
        """Everything, put together."""

    # Jobs

    @property
    def job_names(self) -> Sequence[str]:
        """The names of all jobs, that of the implicit asset job included if there are assets to make."""
        return self.resolved.job_names

    def has_job(self, name: str) -> bool:
        """Whether there is a job of that name."""
        return name in self.resolved.job_names

    def get_job(self, name: str) -> JobDefinition:
        """The job of that name, with everything it needs; `__ASSET_JOB` makes any assets."""
        return self.resolved.job(name)

    def get_all_jobs(self) -> Sequence[JobDefinition]:
        """All jobs, checked: everything that they need is there."""
        jobs = [self.resolved.job(name) for name in sorted(self.resolved.job_names)]
        for job in jobs:
            job.check_resources()
        self.resolved.check_assets()
        return jobs

    def has_implicit_global_asset_job_def(self) -> bool:
        """Whether there are assets to make."""
        return self.has_job(IMPLICIT_ASSET_JOB)

    def get_implicit_global_asset_job_def(self) -> JobDefinition:
        """The job that makes any assets."""
        return self.get_job(IMPLICIT_ASSET_JOB)

    def get_implicit_job_def_for_assets(self, asset_keys: Iterable[AssetKey]) -> JobDefinition | None:
        """The job that makes any assets, if it makes these."""
        job = self.get_implicit_global_asset_job_def() if self.has_implicit_global_asset_job_def() else None
        made = job.asset_layer.selected_keys if job is not None and job.asset_layer is not None else frozenset()
        return job if made.issuperset(asset_keys) else None

    # The name that it was given elsewhere, twice `def` and all.
    resolve_implicit_job_def_def_for_assets = get_implicit_job_def_for_assets

    def get_implicit_asset_job_names(self) -> Sequence[str]:
        """The names of the jobs that nobody wrote."""
        return [IMPLICIT_ASSET_JOB] if self.has_implicit_global_asset_job_def() else []

    # Schedules and sensors

    @property
    def schedule_defs(self) -> Sequence[ScheduleDefinition]:
        """All schedules."""
        return list(self.resolved.schedules.values())

    def has_schedule_def(self, name: str) -> bool:
        """Whether there is a schedule of that name."""
        return name in self.resolved.schedules

    def get_schedule_def(self, name: str) -> ScheduleDefinition:
        """The schedule of that name."""
        return self.resolved.schedule(name)

    @property
    def sensor_defs(self) -> Sequence[SensorDefinition]:
        """All sensors."""
        return list(self.resolved.sensors.values())

    def has_sensor_def(self, name: str) -> bool:
        """Whether there is a sensor of that name."""
        return name in self.resolved.sensors

    def get_sensor_def(self, name: str) -> SensorDefinition:
        """The sensor of that name."""
        return self.resolved.sensor(name)

    # Assets

    @property
    def asset_graph(self) -> AssetGraph:
        """All assets and how they depend on each other."""
        return self.resolved.asset_graph

    @property
    def assets_defs_by_key(self) -> Mapping[AssetKey, AssetsDefinition]:
        """The definition of each asset."""
        graph = self.resolved.asset_graph
        return {key: graph.assets_def_for(key) for key in graph.keys}

    @property
    def source_assets_by_key(self) -> Mapping[AssetKey, AssetsDefinition]:
        """The definition of each asset that is made elsewhere."""
        return {key: each for key, each in self.assets_defs_by_key.items() if each.is_external}

    @property
    def asset_checks_defs_by_key(self) -> Mapping[AssetCheckKey, AssetsDefinition]:
        """The definition of each asset check."""
        graph = self.resolved.asset_graph
        return {key: graph.checks_def_for(key) for key in graph.check_keys}

    def get_asset_value_loader(self, instance: Any = None) -> Any:
        """Loads values of assets, and starts each resource only once: an `AssetValueLoader`, for a `with` statement.

        Args:
            instance: The instance, for I/O managers that ask for it.
        """
        return engine().asset_value_loader(self.assets_defs_by_key, instance, resource_defs=self.resolved.resource_defs)

    def load_asset_value(
        self,
        asset_key: CoercibleToAssetKey,
        *,
        python_type: type[object] | None = None,
        instance: Any = None,
        partition_key: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        resource_config: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value of an asset, as the I/O manager that stored it loads it.

        Args:
            asset_key: The asset.
            python_type: What it is to be loaded as.
            instance: The instance, for I/O managers that ask for it.
            partition_key: The partition.
            metadata: What the metadata of an input would be.
            resource_config: Config by resource, as in the `resources` section of run config.
        """
        with self.get_asset_value_loader(instance) as loader:
            return loader.load_asset_value(
                asset_key,
                python_type=python_type,
                partition_key=partition_key,
                input_definition_metadata=metadata,
                resource_config=resource_config,
            )

    # Resources

    def get_top_level_resources(self) -> Mapping[str, ResourceDefinition]:
        """The resources that jobs and assets use which bring none of that name."""
        return self.resolved.resource_defs

    def get_env_vars_by_top_level_resource(self) -> Mapping[str, Set[str]]:
        """The environment variables that each of these resources reads."""
        return {name: each.env_vars for name, each in self.resolved.resource_defs.items()}

    # Everything

    def load_all_definitions(self) -> None:
        """Puts everything together and checks it; raises the first error found."""
        self.resolved.validate()
