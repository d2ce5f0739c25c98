"""Loading everything that a module or package defines."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.checks.checks_definition import AssetChecksDefinition
from headrace.definitions.collisions import unique_by_name, without_copies
from headrace.definitions.definitions import Definitions
from headrace.definitions.jobs.executor import ExecutorDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.module_search import calling_module, definitions_in, modules_in_package
from headrace.definitions.schedules.schedule import ScheduleDefinition
from headrace.definitions.sensors.sensor import SensorDefinition


def load_definitions_from_modules(
    modules: Iterable[ModuleType],
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: ExecutorDefinition | None = None,
) -> Definitions:
    """Everything that modules hold at their top level: assets, jobs, schedules and sensors.

    Args:
        modules: The modules.
        resources: Resources by name.
        loggers: Loggers by name.
        executor: The executor of jobs that name none.
    """
    modules = list(modules)
    assets = definitions_in(modules, (AssetsDefinition, AssetSpec))
    return Definitions(
        assets=without_copies(each for each in assets if not isinstance(each, AssetChecksDefinition)),
        asset_checks=[each for each in assets if isinstance(each, AssetChecksDefinition)],
        jobs=unique_by_name(definitions_in(modules, (JobDefinition, UnresolvedAssetJobDefinition))),
        schedules=unique_by_name(definitions_in(modules, (ScheduleDefinition,))),
        sensors=unique_by_name(definitions_in(modules, (SensorDefinition,))),
        resources=resources,
        loggers=loggers,
        executor=executor,
    )


def load_definitions_from_module(
    module: ModuleType,
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: ExecutorDefinition | None = None,
) -> Definitions:
    """Everything that a module holds at its top level; takes what `load_definitions_from_modules` takes."""
    return load_definitions_from_modules([module], resources, loggers, executor)


def load_definitions_from_current_module(
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: ExecutorDefinition | None = None,
) -> Definitions:
    """Everything that is defined so far in the module that calls this; see `load_definitions_from_modules`."""
    return load_definitions_from_modules([calling_module(1)], resources, loggers, executor)


def load_definitions_from_package_module(
    package_module: ModuleType,
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: ExecutorDefinition | None = None,
) -> Definitions:
    """Everything in a package and below it; takes what `load_definitions_from_modules` takes."""
    return load_definitions_from_modules(modules_in_package(package_module), resources, loggers, executor)


def load_definitions_from_package_name(
    package_name: str,
    resources: Mapping[str, Any] | None = None,
    loggers: Mapping[str, Any] | None = None,
    executor: ExecutorDefinition | None = None,
) -> Definitions:
    """Everything in a package and below it; takes what `load_definitions_from_modules` takes."""
    return load_definitions_from_package_module(importlib.import_module(package_name), resources, loggers, executor)
