"""Evaluating automation conditions in tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from headrace.automation.asset_jobs import asset_jobs_of
from headrace.automation.conditions import conditions_of
from headrace.automation.context import AutomationResult
from headrace.automation.cursor import AutomationCursor
from headrace.automation.entities import EntityKey
from headrace.automation.evaluation import Evaluation, evaluate
from headrace.automation.instance_facts import facts_of
from headrace.automation.knowledge import Knowledge
from headrace.automation.subset import EntitySubset
from headrace.automation.view import AssetGraphView, partitions_of
from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.selection import AssetSelection
from headrace.definitions.assets.spec import AssetSpec
from headrace.definitions.definitions import Definitions
from headrace.errors import InvalidInvocationError
from headrace.instance.instance import Instance


class EvaluateAutomationConditionsResult:
    """What automation conditions request at one evaluation.

    Attributes:
        cursor: For the next evaluation.
        results: What was found of each condition, upstream first.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self.cursor: AutomationCursor = evaluation.cursor
        self.results: Sequence[AutomationResult] = evaluation.results

    @property
    def total_requested(self) -> int:
        """How many partitions, and assets and checks without partitions, their conditions request."""
        return sum(result.true_subset.size for result in self.results)

    @property
    def requested_subsets(self) -> Mapping[EntityKey, EntitySubset]:
        """What is requested, with what can only be made along with it."""
        return self._evaluation.requested

    def get_requested_partitions(self, asset_key: EntityKey) -> set[str | None]:
        """The partitions that are requested of an asset or check; of one without partitions, None.

        Args:
            asset_key: The asset or check.
        """
        found: set[str | None] = set()
        for result in self.results:
            if result.key == asset_key and not result.true_subset.is_empty:
                partitioned = result.true_subset.is_partitioned
                found.update(result.true_subset.expensively_compute_partition_keys() if partitioned else {None})
        return found

    def get_num_requested(self, asset_key: EntityKey) -> int:
        """How many partitions are requested of an asset or check.

        Args:
            asset_key: The asset or check.
        """
        return sum(result.true_subset.size for result in self.results if result.key == asset_key)


def evaluate_automation_conditions(
    defs: Definitions | Sequence[AssetsDefinition | AssetSpec],
    instance: Instance,
    asset_selection: AssetSelection | None = None,
    evaluation_time: datetime | None = None,
    cursor: AutomationCursor | None = None,
) -> EvaluateAutomationConditionsResult:
    """Evaluates the automation conditions of assets and checks once, as a test.

    Args:
        defs: The definitions, or assets.
        instance: What was recorded of the assets.
        asset_selection: The assets whose conditions are evaluated; all, and those of jobs, when left out.
        evaluation_time: The moment; now when left out.
        cursor: The `cursor` of the result before; none at the first evaluation.
    """
    if cursor is not None and not isinstance(cursor, AutomationCursor):
        raise InvalidInvocationError(f"The cursor is the one of the result before, not {cursor!r}.")
    definitions = defs if isinstance(defs, Definitions) else Definitions(assets=defs)
    graph = definitions.resolve_asset_graph()
    knowledge = Knowledge(lambda key: partitions_of(graph, key))
    knowledge.take(facts_of(instance))
    jobs = asset_jobs_of(definitions) if asset_selection is None else {}
    view = AssetGraphView(graph, knowledge, _moment(evaluation_time), instance, jobs)
    conditions = conditions_of(graph, asset_selection or AssetSelection.all(include_sources=True))
    conditions.update({key: job.condition for key, job in jobs.items()})
    return EvaluateAutomationConditionsResult(evaluate(conditions, view, cursor))


def _moment(given: datetime | None) -> datetime:
    if given is None:
        return datetime.now(timezone.utc)
    return given.replace(tzinfo=timezone.utc) if given.tzinfo is None else given.astimezone(timezone.utc)
