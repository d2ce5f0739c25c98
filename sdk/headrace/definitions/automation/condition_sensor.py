"""`AutomationConditionSensorDefinition`: the sensor that makes assets when their automation conditions say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.assets.asset_job import IMPLICIT_ASSET_JOB
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.automation.condition import AutomationCondition, checked_condition
from headrace.definitions.automation.run_request import SkipReason
from headrace.definitions.automation.target import AutomationTarget
from headrace.definitions.jobs.job_key import AssetJobKey
from headrace.definitions.sensors.sensor import DefaultSensorStatus, SensorDefinition, SensorKind
from headrace.definitions.source import calling_source
from headrace.definitions.tags import normalize_tags
from headrace.errors import InvalidDefinitionError


class AutomationConditionSensorDefinition(SensorDefinition):
    """Makes assets of a selection when their automation conditions say so.

    It has no function of its own: the conditions are evaluated when something has happened to an asset, or when the time
    has come for one of them.

    Args:
        name: Unique among the schedules and sensors of a location.
        target: The assets.
        tags: Shown with it.
        run_tags: Given to the runs that it asks for.
        default_status: Whether it is on until somebody says otherwise.
        minimum_interval_seconds: The shortest time between two evaluations.
        description: What it is for.
        metadata: Shown with it.
        emit_backfills: Whether it asks for one backfill where several partitions of an asset are to be made, together with
            the assets that are connected to it; otherwise for runs, by the backfill policies of the assets. Where checks have
            conditions of their own, it asks for runs in any case.
        owners: Who answers for it.
        use_user_code_server: Accepted for older code; conditions are evaluated where their code is if they need it.
        default_condition: The condition of assets and checks of the target that have none.
        asset_job_keys: Jobs whose conditions it evaluates, too.
    """

    kind = SensorKind.AUTOMATION

    def __init__(
        self,
        name: str,
        *,
        target: Any,
        tags: Mapping[str, str] | None = None,
        run_tags: Mapping[str, Any] | None = None,
        default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
        minimum_interval_seconds: int | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        emit_backfills: bool = True,
        owners: Sequence[str] | None = None,
        use_user_code_server: bool = False,
        default_condition: AutomationCondition | None = None,
        asset_job_keys: Set[AssetJobKey] | None = None,
    ) -> None:
        super().__init__(
            name,
            evaluation_fn=_no_function,
            target=target,
            tags=tags,
            default_status=default_status,
            minimum_interval_seconds=minimum_interval_seconds,
            description=description,
            metadata=metadata,
            owners=owners,
            source=calling_source(),
        )
        self.asset_selection: AssetSelection = AssetSelection.from_coercible(target)
        # What is requested together may have different partitions, or be of different kinds: the job of all assets has room.
        self.targets = [AutomationTarget(IMPLICIT_ASSET_JOB, None, self.targets[0].assets_defs)]
        self.asset_job_keys = frozenset(asset_job_keys or ())
        self.targets += [AutomationTarget(key.job_name) for key in sorted(self.asset_job_keys)]
        self.run_tags = normalize_tags(run_tags, f"The run_tags of sensor {name!r}")
        self.emit_backfills = emit_backfills
        self.use_user_code_server = use_user_code_server
        self.default_condition = checked_condition(default_condition, f"Sensor {name!r}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Refuses: there is no function."""
        raise NotImplementedError(
            "Automation condition sensors cannot be evaluated like regular user-space sensors. In tests, use "
            "evaluate_automation_conditions."
        )


def check_no_overlap(sensors: Iterable[AutomationConditionSensorDefinition], graph: AssetGraph) -> None:
    """Refuses sensors of which two evaluate the conditions of one asset.

    Raises:
        InvalidDefinitionError: two do.
    """
    owners: dict[AssetKey, str] = {}
    for sensor in sensors:
        for key in sorted(sensor.asset_selection.resolve(graph, allow_missing=True)):
            first = owners.setdefault(key, sensor.name)
            if first != sensor.name:
                raise InvalidDefinitionError(
                    f"Automation policy sensors '{first}' and '{sensor.name}' have overlapping asset selections: they both target "
                    f"'{key.to_user_string()}'. Each asset must only be targeted by one automation policy sensor."
                )


def _no_function() -> SkipReason:
    return SkipReason("Automation conditions are not evaluated by this sensor's own function.")
