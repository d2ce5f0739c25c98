"""Headrace: a data orchestrator.

Everything that users need has its name here: `import headrace as dg`, then `dg.asset`, `dg.Definitions`, …
A name is imported from its module when it is first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING
from typing import Any as _Any

from headrace._names import MODULE_OF

if TYPE_CHECKING:
    from typing import Any

    from headrace.automation.context import AutomationContext, AutomationResult
    from headrace.automation.freshness import FreshnessState
    from headrace.client.aio_client import AsyncClient
    from headrace.client.client import Client
    from headrace.config.enums import Enum, EnumValue
    from headrace.config.env_var import EnvVar
    from headrace.config.fields import Array, Field, Map, Noneable, Permissive, ScalarUnion, Selector, Shape
    from headrace.config.files import config_from_files, config_from_pkg_resources, config_from_yaml_strings
    from headrace.config.mapping import ConfigMapping, config_mapping
    from headrace.config.pythonic import Config, PermissiveConfig
    from headrace.config.run_config import RunConfig
    from headrace.config.sources import BoolSource, IntSource, StringSource
    from headrace.definitions.assets.asset_job_definition import UnresolvedAssetJobDefinition, define_asset_job
    from headrace.definitions.assets.assets_definition import AssetsDefinition
    from headrace.definitions.assets.data_version import DataProvenance, DataVersion, DataVersionsByPartition
    from headrace.definitions.assets.decorator import asset
    from headrace.definitions.assets.events import (
        AssetMaterialization,
        AssetObservation,
        MaterializeResult,
        ObserveResult,
    )
    from headrace.definitions.assets.freshness import apply_freshness_policy
    from headrace.definitions.assets.freshness_policy import FreshnessPolicy
    from headrace.definitions.assets.graph_asset_decorators import graph_asset, graph_multi_asset
    from headrace.definitions.assets.in_out import AssetIn, AssetOut
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.loading import (
        load_assets_from_current_module,
        load_assets_from_modules,
        load_assets_from_package_module,
        load_assets_from_package_name,
    )
    from headrace.definitions.assets.mapping import map_asset_specs
    from headrace.definitions.assets.multi_asset_decorator import multi_asset
    from headrace.definitions.assets.observable_decorators import multi_observable_source_asset, observable_source_asset
    from headrace.definitions.assets.selection import AssetSelection
    from headrace.definitions.assets.source_asset import SourceAsset
    from headrace.definitions.assets.spec import AssetDep, AssetSpec
    from headrace.definitions.automation.condition import AutomationCondition
    from headrace.definitions.automation.condition_sensor import AutomationConditionSensorDefinition
    from headrace.definitions.automation.run_request import RunRequest, SkipReason
    from headrace.definitions.checks.checks_definition import AssetChecksDefinition
    from headrace.definitions.checks.decorator import asset_check
    from headrace.definitions.checks.factories.freshness_sensor import build_sensor_for_freshness_checks
    from headrace.definitions.checks.factories.last_update_freshness import build_last_update_freshness_checks
    from headrace.definitions.checks.factories.metadata_bounds import build_metadata_bounds_checks
    from headrace.definitions.checks.factories.schema_change import build_column_schema_change_checks
    from headrace.definitions.checks.factories.time_partition_freshness import build_time_partition_freshness_checks
    from headrace.definitions.checks.loading import (
        load_asset_checks_from_current_module,
        load_asset_checks_from_modules,
        load_asset_checks_from_package_module,
        load_asset_checks_from_package_name,
    )
    from headrace.definitions.checks.multi_asset_check_decorator import multi_asset_check
    from headrace.definitions.checks.result import AssetCheckEvaluation, AssetCheckResult
    from headrace.definitions.checks.spec import AssetCheckKey, AssetCheckSeverity, AssetCheckSpec
    from headrace.definitions.configured import configured
    from headrace.definitions.definitions import Definitions
    from headrace.definitions.defs_folder import load_defs, load_from_defs_folder
    from headrace.definitions.graphs.decorator import graph
    from headrace.definitions.graphs.dependency import (
        DependencyDefinition,
        MappedInputPlaceholder,
        MultiDependencyDefinition,
        NodeInvocation,
    )
    from headrace.definitions.graphs.graph import GraphDefinition
    from headrace.definitions.graphs.node import InputMapping, OutputMapping
    from headrace.definitions.jobs.config_validation import validate_run_config
    from headrace.definitions.jobs.console_loggers import (
        JsonLogFormatter,
        colored_console_logger,
        default_loggers,
        default_system_loggers,
        json_console_logger,
    )
    from headrace.definitions.jobs.decorator import job
    from headrace.definitions.jobs.executor import (
        ExecutorDefinition,
        ExecutorRequirement,
        executor,
        in_process_executor,
        multi_or_in_process_executor,
        multiple_process_executor_requirements,
        multiprocess_executor,
    )
    from headrace.definitions.jobs.hook import HookDefinition
    from headrace.definitions.jobs.hook_decorator import failure_hook, success_hook
    from headrace.definitions.jobs.init_executor import Executor, InitExecutorContext
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.definitions.jobs.job_key import AssetJobKey
    from headrace.definitions.jobs.logger import InitLoggerContext, LoggerDefinition, build_init_logger_context, logger
    from headrace.definitions.jobs.reconstructable import ReconstructableJob, build_reconstructable_job, reconstructable
    from headrace.definitions.lazy import lazy_definitions
    from headrace.definitions.loading import (
        load_definitions_from_current_module,
        load_definitions_from_module,
        load_definitions_from_modules,
        load_definitions_from_package_module,
        load_definitions_from_package_name,
    )
    from headrace.definitions.metadata.code_references import LocalFileCodeReference, UrlCodeReference
    from headrace.definitions.metadata.source_code import (
        AnchorBasedFilePathMapping,
        FilePathMapping,
        link_code_references_to_git,
        with_source_code_references,
    )
    from headrace.definitions.metadata.table import (
        TableColumn,
        TableColumnConstraints,
        TableColumnDep,
        TableColumnLineage,
        TableConstraints,
        TableRecord,
        TableSchema,
    )
    from headrace.definitions.metadata.values import (
        AssetMetadataValue,
        BoolMetadataValue,
        CodeReferencesMetadataValue,
        FloatMetadataValue,
        IntMetadataValue,
        JobMetadataValue,
        JsonMetadataValue,
        MarkdownMetadataValue,
        MetadataValue,
        NotebookMetadataValue,
        NullMetadataValue,
        PathMetadataValue,
        PoolMetadataValue,
        PythonArtifactMetadataValue,
        RunMetadataValue,
        TableColumnLineageMetadataValue,
        TableMetadataValue,
        TableSchemaMetadataValue,
        TextMetadataValue,
        TimestampMetadataValue,
        UrlMetadataValue,
    )
    from headrace.definitions.ops.decorator import op
    from headrace.definitions.ops.expectation import ExpectationResult
    from headrace.definitions.ops.failure import Failure, RetryRequested
    from headrace.definitions.ops.inputs import GraphIn, In
    from headrace.definitions.ops.op import OpDefinition
    from headrace.definitions.ops.outputs import DynamicOut, DynamicOutput, GraphOut, Out, Output
    from headrace.definitions.ops.retries import Backoff, Jitter, RetryPolicy
    from headrace.definitions.ops.type_decorator import check_type, usable_as_type
    from headrace.definitions.ops.type_inference import register_python_type
    from headrace.definitions.ops.type_loader import TypeLoader, type_loader
    from headrace.definitions.ops.type_names import Bool, Dict, Float, Int, List, Optional, Set, String, Tuple
    from headrace.definitions.ops.types import HeadraceType, Nothing, PythonObjectType, TypeCheck
    from headrace.definitions.partitions.backfill_policy import BackfillPolicy
    from headrace.definitions.partitions.calendar import (
        DailyPartitionsDefinition,
        HourlyPartitionsDefinition,
        MonthlyPartitionsDefinition,
        WeeklyPartitionsDefinition,
    )
    from headrace.definitions.partitions.calendar_config import (
        daily_partitioned_config,
        hourly_partitioned_config,
        monthly_partitioned_config,
        weekly_partitioned_config,
    )
    from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
    from headrace.definitions.partitions.identity_mapping import IdentityPartitionMapping
    from headrace.definitions.partitions.keys import PartitionKeyRange
    from headrace.definitions.partitions.loading_context import partition_loading_context
    from headrace.definitions.partitions.mapping import PartitionMapping
    from headrace.definitions.partitions.multi import MultiPartitionsDefinition
    from headrace.definitions.partitions.multi_key import MultiPartitionKey
    from headrace.definitions.partitions.multi_mapping import (
        DimensionPartitionMapping,
        MultiPartitionMapping,
        MultiToSingleDimensionPartitionMapping,
    )
    from headrace.definitions.partitions.pages import PaginatedResults
    from headrace.definitions.partitions.partitioned_config import (
        PartitionedConfig,
        dynamic_partitioned_config,
        partitioned_config,
        static_partitioned_config,
    )
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
    from headrace.definitions.partitions.requests import AddDynamicPartitionsRequest, DeleteDynamicPartitionsRequest
    from headrace.definitions.partitions.static import StaticPartitionsDefinition
    from headrace.definitions.partitions.static_mapping import StaticPartitionMapping
    from headrace.definitions.partitions.time_window import TimeWindow
    from headrace.definitions.partitions.time_window_mapping import TimeWindowPartitionMapping
    from headrace.definitions.partitions.time_windows import TimeWindowPartitionsDefinition
    from headrace.definitions.partitions.whole_mappings import (
        AllPartitionMapping,
        LastPartitionMapping,
        SpecificPartitionsPartitionMapping,
    )
    from headrace.definitions.repository import RepositoryData, RepositoryDefinition, repository
    from headrace.definitions.resources.attachment import IAttachDifferentObjectToOpContext
    from headrace.definitions.resources.configurable_io_manager import (
        ConfigurableIOManager,
        ConfigurableIOManagerFactory,
    )
    from headrace.definitions.resources.configurable_resource import ConfigurableResource, ConfigurableResourceFactory
    from headrace.definitions.resources.context import InitResourceContext
    from headrace.definitions.resources.dependency import ResourceDependency
    from headrace.definitions.resources.io_manager import (
        InputManager,
        InputManagerDefinition,
        IOManager,
        IOManagerDefinition,
        input_manager,
        io_manager,
    )
    from headrace.definitions.resources.legacy_adapters import (
        ConfigurableLegacyIOManagerAdapter,
        ConfigurableLegacyResourceAdapter,
    )
    from headrace.definitions.resources.param import ResourceParam
    from headrace.definitions.resources.resource import ResourceDefinition, make_values_resource, resource
    from headrace.definitions.resources.scope import build_resources
    from headrace.definitions.resources.with_resources import BindResourcesToJobs, with_resources
    from headrace.definitions.schedules.context import ScheduleEvaluationContext, build_schedule_context
    from headrace.definitions.schedules.decorator import schedule
    from headrace.definitions.schedules.partitioned_schedule import build_schedule_from_partitioned_job
    from headrace.definitions.schedules.schedule import DefaultScheduleStatus, ScheduleDefinition
    from headrace.definitions.sensors.asset_sensor import AssetSensorDefinition, asset_sensor
    from headrace.definitions.sensors.context import SensorEvaluationContext, build_sensor_context
    from headrace.definitions.sensors.decorator import sensor
    from headrace.definitions.sensors.email_sensor import make_email_on_run_failure_sensor
    from headrace.definitions.sensors.multi_asset_context import MultiAssetSensorEvaluationContext
    from headrace.definitions.sensors.multi_asset_sensor import (
        MultiAssetSensorDefinition,
        build_multi_asset_sensor_context,
        multi_asset_sensor,
    )
    from headrace.definitions.sensors.run_selectors import CodeLocationSelector, JobSelector, RepositorySelector
    from headrace.definitions.sensors.run_status_sensor import (
        RunFailureSensorContext,
        RunStatusSensorContext,
        RunStatusSensorDefinition,
        build_run_status_sensor_context,
    )
    from headrace.definitions.sensors.run_status_sensor_decorators import run_failure_sensor, run_status_sensor
    from headrace.definitions.sensors.sensor import DefaultSensorStatus, SensorDefinition, SensorResult
    from headrace.errors import (
        AssetCheckFailedError,
        ConfigMappingError,
        CyclicDependencyError,
        DuplicateDefinitionError,
        ExecutionInterruptedError,
        HandleOutputError,
        HeadraceError,
        HookExecutionError,
        InvalidConfigDefinitionError,
        InvalidConfigError,
        InvalidCronError,
        InvalidDefinitionError,
        InvalidInvocationError,
        InvalidObservationError,
        InvalidSubsetError,
        InvariantViolationError,
        LoadInputError,
        MergeConflictError,
        PartitionsNotStoredError,
        ResourceCycleError,
        ResourceInitError,
        ResourceNotProvidedError,
        RunNotFoundError,
        ScheduleEvaluationError,
        SensorEvaluationError,
        StepExecutionError,
        StepNotFoundError,
        StepOutputNotFoundError,
        StoredFileNotFoundError,
        TypeCheckError,
        UnknownNameError,
        UnknownPartitionError,
        UnknownResourceError,
        UnknownTargetError,
        UnmetExecutorRequirementsError,
        UserCodeError,
    )
    from headrace.execute.contexts.asset_values import AssetValueLoader
    from headrace.execute.contexts.context import AssetCheckExecutionContext, AssetExecutionContext, OpExecutionContext
    from headrace.execute.contexts.hook_context import HookContext
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.output_context import OutputContext
    from headrace.execute.contexts.type_contexts import TypeCheckContext, TypeLoaderContext
    from headrace.execute.events.event import Event
    from headrace.execute.events.event_types import EventType
    from headrace.execute.events.logs import LogManager, get_logger
    from headrace.execute.runs.in_process_result import ExecuteInProcessResult
    from headrace.execute.runs.job_result import JobExecutionResult
    from headrace.execute.runs.job_run import execute_job
    from headrace.execute.runs.reexecution import ReexecutionOptions
    from headrace.instance.assets import AssetCheckRecord, AssetPartitionStatus, AssetRecord
    from headrace.instance.event_log import EventLogEntry, EventLogRecord, EventRecordsResult
    from headrace.instance.filters import (
        AssetRecordsFilter,
        EventRecordsFilter,
        RunsFilter,
        RunStatusChangeRecordsFilter,
    )
    from headrace.instance.instance import Instance, instance_for_test
    from headrace.instance.runs import RecordedRun, RunRecord
    from headrace.integrations.k8s.executor import k8s_job_executor
    from headrace.io.configurable import FilesystemIOManager
    from headrace.io.custom_paths import custom_path_fs_io_manager
    from headrace.io.file_manager import FileHandle, FileManager
    from headrace.io.filesystem import fs_io_manager
    from headrace.io.local_files import LocalFileHandle, LocalFileManager, local_file_manager
    from headrace.io.memory import InMemoryIOManager, mem_io_manager
    from headrace.io.migrate_io import MigrateIOStorageResult, migrate_io_storage
    from headrace.io.upath_io_manager import UPathIOManager
    from headrace.pipes.client import PipesClient, PipesClientCompletedInvocation
    from headrace.pipes.errors import PipesExecutionError
    from headrace.pipes.handler import PipesExecutionResult, PipesMessageHandler
    from headrace.pipes.injectors import (
        PipesContextInjector,
        PipesEnvContextInjector,
        PipesFileContextInjector,
        PipesTempFileContextInjector,
    )
    from headrace.pipes.readers import PipesFileMessageReader, PipesMessageReader, PipesTempFileMessageReader
    from headrace.pipes.session import PipesSession, open_pipes_session
    from headrace.pipes.subprocess_client import PipesSubprocessClient
    from headrace.run_state import RunState
    from headrace.testing.automation import EvaluateAutomationConditionsResult, evaluate_automation_conditions
    from headrace.testing.contexts import (
        build_asset_check_context,
        build_asset_context,
        build_input_context,
        build_op_context,
        build_output_context,
    )
    from headrace.testing.hook_contexts import build_hook_context
    from headrace.testing.materialize import materialize, materialize_to_memory
    from headrace.testing.resource_context import UnboundInitResourceContext, build_init_resource_context

__all__ = [
    "AddDynamicPartitionsRequest",
    "AllPartitionMapping",
    "AnchorBasedFilePathMapping",
    "Any",
    "Array",
    "AssetCheckEvaluation",
    "AssetCheckExecutionContext",
    "AssetCheckFailedError",
    "AssetCheckKey",
    "AssetCheckRecord",
    "AssetCheckResult",
    "AssetCheckSeverity",
    "AssetCheckSpec",
    "AssetChecksDefinition",
    "AssetDep",
    "AssetExecutionContext",
    "AssetIn",
    "AssetJobKey",
    "AssetKey",
    "AssetMaterialization",
    "AssetMetadataValue",
    "AssetObservation",
    "AssetOut",
    "AssetPartitionStatus",
    "AssetRecord",
    "AssetRecordsFilter",
    "AssetSelection",
    "AssetSensorDefinition",
    "AssetSpec",
    "AssetValueLoader",
    "AssetsDefinition",
    "AsyncClient",
    "AutomationCondition",
    "AutomationConditionSensorDefinition",
    "AutomationContext",
    "AutomationResult",
    "BackfillPolicy",
    "Backoff",
    "BindResourcesToJobs",
    "Bool",
    "BoolMetadataValue",
    "BoolSource",
    "Client",
    "CodeLocationSelector",
    "CodeReferencesMetadataValue",
    "Config",
    "ConfigMapping",
    "ConfigMappingError",
    "ConfigurableIOManager",
    "ConfigurableIOManagerFactory",
    "ConfigurableLegacyIOManagerAdapter",
    "ConfigurableLegacyResourceAdapter",
    "ConfigurableResource",
    "ConfigurableResourceFactory",
    "CyclicDependencyError",
    "DailyPartitionsDefinition",
    "DataProvenance",
    "DataVersion",
    "DataVersionsByPartition",
    "DefaultScheduleStatus",
    "DefaultSensorStatus",
    "Definitions",
    "DeleteDynamicPartitionsRequest",
    "DependencyDefinition",
    "Dict",
    "DimensionPartitionMapping",
    "DuplicateDefinitionError",
    "DynamicOut",
    "DynamicOutput",
    "DynamicPartitionsDefinition",
    "Enum",
    "EnumValue",
    "EnvVar",
    "EvaluateAutomationConditionsResult",
    "Event",
    "EventLogEntry",
    "EventLogRecord",
    "EventRecordsFilter",
    "EventRecordsResult",
    "EventType",
    "ExecuteInProcessResult",
    "ExecutionInterruptedError",
    "Executor",
    "ExecutorDefinition",
    "ExecutorRequirement",
    "ExpectationResult",
    "Failure",
    "Field",
    "FileHandle",
    "FileManager",
    "FilePathMapping",
    "FilesystemIOManager",
    "Float",
    "FloatMetadataValue",
    "FreshnessPolicy",
    "FreshnessState",
    "GraphDefinition",
    "GraphIn",
    "GraphOut",
    "HandleOutputError",
    "HeadraceError",
    "HeadraceType",
    "HookContext",
    "HookDefinition",
    "HookExecutionError",
    "HourlyPartitionsDefinition",
    "IAttachDifferentObjectToOpContext",
    "IOManager",
    "IOManagerDefinition",
    "IdentityPartitionMapping",
    "In",
    "InMemoryIOManager",
    "InitExecutorContext",
    "InitLoggerContext",
    "InitResourceContext",
    "InputContext",
    "InputManager",
    "InputManagerDefinition",
    "InputMapping",
    "Instance",
    "Int",
    "IntMetadataValue",
    "IntSource",
    "InvalidConfigDefinitionError",
    "InvalidConfigError",
    "InvalidCronError",
    "InvalidDefinitionError",
    "InvalidInvocationError",
    "InvalidObservationError",
    "InvalidSubsetError",
    "InvariantViolationError",
    "Jitter",
    "JobDefinition",
    "JobExecutionResult",
    "JobMetadataValue",
    "JobSelector",
    "JsonLogFormatter",
    "JsonMetadataValue",
    "LastPartitionMapping",
    "List",
    "LoadInputError",
    "LocalFileCodeReference",
    "LocalFileHandle",
    "LocalFileManager",
    "LogManager",
    "LoggerDefinition",
    "Map",
    "MappedInputPlaceholder",
    "MarkdownMetadataValue",
    "MaterializeResult",
    "MergeConflictError",
    "MetadataValue",
    "MigrateIOStorageResult",
    "MonthlyPartitionsDefinition",
    "MultiAssetSensorDefinition",
    "MultiAssetSensorEvaluationContext",
    "MultiDependencyDefinition",
    "MultiPartitionKey",
    "MultiPartitionMapping",
    "MultiPartitionsDefinition",
    "MultiToSingleDimensionPartitionMapping",
    "NodeInvocation",
    "Noneable",
    "NotebookMetadataValue",
    "Nothing",
    "NullMetadataValue",
    "ObserveResult",
    "OpDefinition",
    "OpExecutionContext",
    "Optional",
    "Out",
    "Output",
    "OutputContext",
    "OutputMapping",
    "PaginatedResults",
    "PartitionKeyRange",
    "PartitionMapping",
    "PartitionedConfig",
    "PartitionsDefinition",
    "PartitionsNotStoredError",
    "PathMetadataValue",
    "Permissive",
    "PermissiveConfig",
    "PipesClient",
    "PipesClientCompletedInvocation",
    "PipesContextInjector",
    "PipesEnvContextInjector",
    "PipesExecutionError",
    "PipesExecutionResult",
    "PipesFileContextInjector",
    "PipesFileMessageReader",
    "PipesMessageHandler",
    "PipesMessageReader",
    "PipesSession",
    "PipesSubprocessClient",
    "PipesTempFileContextInjector",
    "PipesTempFileMessageReader",
    "PoolMetadataValue",
    "PythonArtifactMetadataValue",
    "PythonObjectType",
    "ReconstructableJob",
    "RecordedRun",
    "ReexecutionOptions",
    "RepositoryData",
    "RepositoryDefinition",
    "RepositorySelector",
    "ResourceCycleError",
    "ResourceDefinition",
    "ResourceDependency",
    "ResourceInitError",
    "ResourceNotProvidedError",
    "ResourceParam",
    "RetryPolicy",
    "RetryRequested",
    "RunConfig",
    "RunFailureSensorContext",
    "RunMetadataValue",
    "RunNotFoundError",
    "RunRecord",
    "RunRequest",
    "RunState",
    "RunStatusChangeRecordsFilter",
    "RunStatusSensorContext",
    "RunStatusSensorDefinition",
    "RunsFilter",
    "ScalarUnion",
    "ScheduleDefinition",
    "ScheduleEvaluationContext",
    "ScheduleEvaluationError",
    "Selector",
    "SensorDefinition",
    "SensorEvaluationContext",
    "SensorEvaluationError",
    "SensorResult",
    "Set",
    "Shape",
    "SkipReason",
    "SourceAsset",
    "SpecificPartitionsPartitionMapping",
    "StaticPartitionMapping",
    "StaticPartitionsDefinition",
    "StepExecutionError",
    "StepNotFoundError",
    "StepOutputNotFoundError",
    "StoredFileNotFoundError",
    "String",
    "StringSource",
    "TableColumn",
    "TableColumnConstraints",
    "TableColumnDep",
    "TableColumnLineage",
    "TableColumnLineageMetadataValue",
    "TableConstraints",
    "TableMetadataValue",
    "TableRecord",
    "TableSchema",
    "TableSchemaMetadataValue",
    "TextMetadataValue",
    "TimeWindow",
    "TimeWindowPartitionMapping",
    "TimeWindowPartitionsDefinition",
    "TimestampMetadataValue",
    "Tuple",
    "TypeCheck",
    "TypeCheckContext",
    "TypeCheckError",
    "TypeLoader",
    "TypeLoaderContext",
    "UPathIOManager",
    "UnboundInitResourceContext",
    "UnknownNameError",
    "UnknownPartitionError",
    "UnknownResourceError",
    "UnknownTargetError",
    "UnmetExecutorRequirementsError",
    "UnresolvedAssetJobDefinition",
    "UrlCodeReference",
    "UrlMetadataValue",
    "UserCodeError",
    "WeeklyPartitionsDefinition",
    "apply_freshness_policy",
    "asset",
    "asset_check",
    "asset_sensor",
    "build_asset_check_context",
    "build_asset_context",
    "build_column_schema_change_checks",
    "build_hook_context",
    "build_init_logger_context",
    "build_init_resource_context",
    "build_input_context",
    "build_last_update_freshness_checks",
    "build_metadata_bounds_checks",
    "build_multi_asset_sensor_context",
    "build_op_context",
    "build_output_context",
    "build_reconstructable_job",
    "build_resources",
    "build_run_status_sensor_context",
    "build_schedule_context",
    "build_schedule_from_partitioned_job",
    "build_sensor_context",
    "build_sensor_for_freshness_checks",
    "build_time_partition_freshness_checks",
    "check_type",
    "colored_console_logger",
    "config_from_files",
    "config_from_pkg_resources",
    "config_from_yaml_strings",
    "config_mapping",
    "configured",
    "custom_path_fs_io_manager",
    "daily_partitioned_config",
    "default_loggers",
    "default_system_loggers",
    "define_asset_job",
    "dynamic_partitioned_config",
    "evaluate_automation_conditions",
    "execute_job",
    "executor",
    "failure_hook",
    "fs_io_manager",
    "get_logger",
    "graph",
    "graph_asset",
    "graph_multi_asset",
    "hourly_partitioned_config",
    "in_process_executor",
    "input_manager",
    "instance_for_test",
    "io_manager",
    "job",
    "json_console_logger",
    "k8s_job_executor",
    "lazy_definitions",
    "link_code_references_to_git",
    "load_asset_checks_from_current_module",
    "load_asset_checks_from_modules",
    "load_asset_checks_from_package_module",
    "load_asset_checks_from_package_name",
    "load_assets_from_current_module",
    "load_assets_from_modules",
    "load_assets_from_package_module",
    "load_assets_from_package_name",
    "load_definitions_from_current_module",
    "load_definitions_from_module",
    "load_definitions_from_modules",
    "load_definitions_from_package_module",
    "load_definitions_from_package_name",
    "load_defs",
    "load_from_defs_folder",
    "local_file_manager",
    "logger",
    "make_email_on_run_failure_sensor",
    "make_values_resource",
    "map_asset_specs",
    "materialize",
    "materialize_to_memory",
    "mem_io_manager",
    "migrate_io_storage",
    "monthly_partitioned_config",
    "multi_asset",
    "multi_asset_check",
    "multi_asset_sensor",
    "multi_observable_source_asset",
    "multi_or_in_process_executor",
    "multiple_process_executor_requirements",
    "multiprocess_executor",
    "observable_source_asset",
    "op",
    "open_pipes_session",
    "partition_loading_context",
    "partitioned_config",
    "reconstructable",
    "register_python_type",
    "repository",
    "resource",
    "run_failure_sensor",
    "run_status_sensor",
    "schedule",
    "sensor",
    "static_partitioned_config",
    "success_hook",
    "type_loader",
    "usable_as_type",
    "validate_run_config",
    "weekly_partitioned_config",
    "with_resources",
    "with_source_code_references",
]


def __getattr__(name: str) -> _Any:
    if name == "__version__":
        from headrace.version import version

        return version()
    module = MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module 'headrace' has no attribute {name!r}")
    value = getattr(importlib.import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
