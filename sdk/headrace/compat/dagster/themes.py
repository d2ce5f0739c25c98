"""The table of names: what Dagster's public names are called here, and what there is instead of those that are not here.

A name that is in no theme is the same in both. The tables of `docs/migrating-from-dagster.md` are generated from this module.
"""

from __future__ import annotations

from headrace.compat.dagster.theme import Theme

_BETWEEN_PROCESSES = "workers and steps talk to the control plane over gRPC; nothing of theirs is shipped as an object"
_TAGS = "headrace.compat.dagster.tags"
_COMPONENTS = "write definitions in Python, and load them with load_definitions_from_module"
_POLICY = (
    "set limits of the queue in the instance file; a policy of your own is a headrace_services.kit.extend.RunPolicy"
)
_AUTO_MATERIALIZE = "use AutomationCondition.eager() or AutomationCondition.on_missing() and their operators"

THEMES: tuple[Theme, ...] = (
    Theme(
        "Ops, graphs and jobs",
        renamed={
            "PendingNodeInvocation": "headrace.definitions.graphs.invocable:PendingInvocation",
        },
        never={
            "StepExecutionContext": "a part of Dagster's engine; ops get an OpExecutionContext",
        },
    ),
    Theme(
        "Assets",
        renamed={
            "AssetOrCheckKey": "headrace.compat.dagster.unions:AssetOrCheckKey",
        },
        never={
            "AssetAttributesModel": f"a part of Components: {_COMPONENTS}",
            "LegacyFreshnessPolicy": "superseded in Dagster too: use FreshnessPolicy",
        },
    ),
    Theme(
        "Config",
        renamed={
            "ConfigSchema": "typing:Any",
        },
    ),
    Theme(
        "Types",
        renamed={
            "Callable": "typing:Callable",
            "DagsterType": "HeadraceType",
            "DagsterTypeLoader": "TypeLoader",
            "DagsterTypeLoaderContext": "TypeLoaderContext",
            "Final": "typing:Final",
            "Mapping": "collections.abc:Mapping",
            "PythonObjectDagsterType": "PythonObjectType",
            "Sequence": "collections.abc:Sequence",
            "TYPE_CHECKING": "typing:TYPE_CHECKING",
            "TypingAny": "typing:Any",
            "TypingTuple": "typing:Tuple",
            "check_dagster_type": "check_type",
            "dagster_type_loader": "type_loader",
            "make_python_type_usable_as_dagster_type": "register_python_type",
            "usable_as_dagster_type": "usable_as_type",
        },
    ),
    Theme(
        "Partitions",
        never={
            "Partition": "superseded in Dagster too: keys are strings",
        },
    ),
    Theme(
        "Schedules, sensors and automation",
        renamed={
            "SensorReturnTypesUnion": "headrace.compat.dagster.unions:SensorReturnTypesUnion",
        },
        never={
            "AutoMaterializeAssetPartitionsFilter": f"superseded in Dagster too: {_AUTO_MATERIALIZE}",
            "AutoMaterializePolicy": f"superseded in Dagster too: {_AUTO_MATERIALIZE}",
            "AutoMaterializeRule": f"superseded in Dagster too: {_AUTO_MATERIALIZE}",
        },
    ),
    Theme(
        "Hooks, executors and loggers",
        renamed={
            "DagsterLogManager": "logging:Logger",
            "get_dagster_logger": "get_logger",
        },
        never={
            "HookExecutionResult": "hooks return nothing, and their failures are events of the run",
            "StepLauncher": f"superseded in Dagster too; {_BETWEEN_PROCESSES}",
            "StepRunRef": f"superseded in Dagster too; {_BETWEEN_PROCESSES}",
            "external_instance_from_step_run_ref": f"superseded in Dagster too; {_BETWEEN_PROCESSES}",
            "run_step_from_ref": f"superseded in Dagster too; {_BETWEEN_PROCESSES}",
            "step_context_to_step_run_ref": f"superseded in Dagster too; {_BETWEEN_PROCESSES}",
            "step_run_ref_to_step_context": f"superseded in Dagster too; {_BETWEEN_PROCESSES}",
        },
    ),
    Theme(
        "Metadata",
        renamed={
            "DagsterAssetMetadataValue": "AssetMetadataValue",
            "DagsterJobMetadataValue": "JobMetadataValue",
            "DagsterRunMetadataValue": "RunMetadataValue",
        },
        never={
            "MetadataEntry": "removed from use in Dagster too: metadata is a dict of names and values",
        },
    ),
    Theme(
        "Containers",
        renamed={
            "create_repository_using_definitions_args": (
                "headrace.compat.dagster.small:create_repository_using_definitions_args"
            ),
        },
    ),
    Theme(
        "Instance, runs and events",
        renamed={
            "MAX_RUNTIME_SECONDS_TAG": f"{_TAGS}:MAX_RUNTIME_SECONDS_TAG",
            "DagsterEvent": "Event",
            "DagsterEventType": "EventType",
            "DagsterInstance": "Instance",
            "DagsterRun": "RecordedRun",
            "DagsterRunStatus": "RunState",
        },
        never={
            "DefaultRunLauncher": "name a launcher in the instance file; your own is a headrace_services.kit.extend.RunLauncher",
            "QueuedRunCoordinator": _POLICY,
            "RunShardedEventsCursor": "events have one order for all runs; a cursor is one opaque string",
            "SubmitRunContext": _POLICY,
        },
    ),
    Theme(
        "Errors",
        renamed={
            "DagsterConfigMappingFunctionError": "ConfigMappingError",
            "DagsterError": "HeadraceError",
            "DagsterExecutionInterruptedError": "ExecutionInterruptedError",
            "DagsterExecutionStepExecutionError": "StepExecutionError",
            "DagsterExecutionStepNotFoundError": "StepNotFoundError",
            "DagsterInvalidConfigDefinitionError": "InvalidConfigDefinitionError",
            "DagsterInvalidConfigError": "InvalidConfigError",
            "DagsterInvalidDefinitionError": "InvalidDefinitionError",
            "DagsterInvalidInvocationError": "InvalidInvocationError",
            "DagsterInvalidSubsetError": "InvalidSubsetError",
            "DagsterInvariantViolationError": "InvariantViolationError",
            "DagsterResourceFunctionError": "ResourceInitError",
            "DagsterRunNotFoundError": "RunNotFoundError",
            "DagsterStepOutputNotFoundError": "StepOutputNotFoundError",
            "DagsterTypeCheckDidNotPass": "TypeCheckError",
            "DagsterTypeCheckError": "TypeCheckError",
            "DagsterUnknownPartitionError": "UnknownPartitionError",
            "DagsterUnknownResourceError": "UnknownResourceError",
            "DagsterUnmetExecutorRequirementsError": "UnmetExecutorRequirementsError",
            "DagsterUserCodeExecutionError": "UserCodeError",
            "raise_execution_interrupts": "contextlib:nullcontext",
        },
        never={
            "DagsterEventLogInvalidForRun": "events are written in one transaction with the run's state, so none can be missing",
            "DagsterSubprocessError": "a step whose process ended reports a StepExecutionError of its own",
        },
    ),
    Theme(
        "Warnings and small things",
        renamed={
            "BetaWarning": "headrace.compat.dagster.warnings:BetaWarning",
            "ConfigArgumentWarning": "headrace.compat.dagster.warnings:ConfigArgumentWarning",
            "PreviewWarning": "headrace.compat.dagster.warnings:PreviewWarning",
            "SupersessionWarning": "headrace.compat.dagster.warnings:SupersessionWarning",
            "deserialize_value": "headrace.compat.dagster.serialization:deserialize_value",
            "serialize_value": "headrace.compat.dagster.serialization:serialize_value",
            "DagsterLibraryRegistry": "headrace.compat.dagster.small:DagsterLibraryRegistry",
            "deprecation_warning": "headrace.compat.dagster.warnings:deprecation_warning",
            "file_relative_path": "headrace.compat.dagster.small:file_relative_path",
        },
    ),
    Theme(
        "Pipes",
        renamed={
            "PipesLaunchedData": "builtins:dict",
        },
        not_yet={
            "PipesBlobStoreMessageReader": "use PipesFileMessageReader on a shared file system",
            "PipesCompositeMessageReader": "open one session for each place that writes messages",
            "PipesLogReader": "look at the logs where the code runs",
        },
    ),
    Theme(
        "Components",
        renamed={
            "definitions": "lazy_definitions",
        },
        not_yet=dict.fromkeys(
            (
                "Component",
                "ComponentFormConfig",
                "ComponentLoadContext",
                "ComponentTree",
                "ComponentTypeSpec",
                "DefinitionsComponent",
                "DefsFolderComponent",
                "FunctionComponent",
                "Injected",
                "Model",
                "PythonScriptComponent",
                "ResolutionContext",
                "Resolvable",
                "ResolvedAssetCheckSpec",
                "ResolvedAssetKey",
                "ResolvedAssetSpec",
                "Resolver",
                "ScaffoldRequest",
                "Scaffolder",
                "SqlComponent",
                "StateBackedComponent",
                "TemplatedSqlComponent",
                "UPathDefsStateStorage",
                "UvRunComponent",
                "build_component_defs",
                "build_defs_for_component",
                "component_defs",
                "component_instance",
                "get_all_components_defs_within_project",
                "get_component_defs_within_project",
                "resources",
                "scaffold_component",
                "scaffold_with",
                "template_var",
            ),
            _COMPONENTS,
        ),
    ),
    Theme(
        "Names from deeper modules, which are not public in Dagster either",
        renamed={
            "CoercibleToAssetKey": "typing:Any",
            "CoercibleToAssetKeyPrefix": "typing:Any",
            "CoercibleToAssetSelection": "typing:Any",
            "backoff": "headrace.compat.dagster.small:backoff",
            "cached_method": "headrace.compat.dagster.small:cached_method",
            "DagsterAssetCheckFailedError": "AssetCheckFailedError",
            "DagsterExecutionHandleOutputError": "HandleOutputError",
            "DagsterExecutionLoadInputError": "LoadInputError",
            "DagsterInvalidObservationError": "headrace.errors:InvalidObservationError",
            "DagsterInvalidPythonicConfigDefinitionError": "InvalidConfigDefinitionError",
            "DagsterPipesExecutionError": "PipesExecutionError",
            "DagsterRunAlreadyExists": "headrace.errors:RunIdTakenError",
            "DagsterUserCodeUnreachableError": "headrace.errors:LocationUnreachableError",
            "RawMetadataMapping": "typing:Any",
            "RawMetadataValue": "typing:Any",
            "RunStatusSensorExecutionError": "SensorEvaluationError",
            "ScheduleExecutionError": "ScheduleEvaluationError",
            "SensorExecutionError": "SensorEvaluationError",
            "ASSET_PARTITION_RANGE_END_TAG": f"{_TAGS}:ASSET_PARTITION_RANGE_END_TAG",
            "ASSET_PARTITION_RANGE_START_TAG": f"{_TAGS}:ASSET_PARTITION_RANGE_START_TAG",
            "BACKFILL_ID_TAG": f"{_TAGS}:BACKFILL_ID_TAG",
            "CODE_VERSION_TAG": f"{_TAGS}:CODE_VERSION_TAG",
            "COMPUTE_KIND_TAG": f"{_TAGS}:COMPUTE_KIND_TAG",
            "DATA_VERSION_TAG": f"{_TAGS}:DATA_VERSION_TAG",
            "KIND_PREFIX": f"{_TAGS}:KIND_PREFIX",
            "MAX_RETRIES_TAG": f"{_TAGS}:MAX_RETRIES_TAG",
            "MULTIDIMENSIONAL_PARTITION_PREFIX": f"{_TAGS}:MULTIDIMENSIONAL_PARTITION_PREFIX",
            "PARENT_RUN_ID_TAG": f"{_TAGS}:PARENT_RUN_ID_TAG",
            "PARTITION_NAME_TAG": f"{_TAGS}:PARTITION_NAME_TAG",
            "PRIORITY_TAG": f"{_TAGS}:PRIORITY_TAG",
            "RETRY_NUMBER_TAG": f"{_TAGS}:RETRY_NUMBER_TAG",
            "RETRY_STRATEGY_TAG": f"{_TAGS}:RETRY_STRATEGY_TAG",
            "ROOT_RUN_ID_TAG": f"{_TAGS}:ROOT_RUN_ID_TAG",
            "RUN_KEY_TAG": f"{_TAGS}:RUN_KEY_TAG",
        },
    ),
)
