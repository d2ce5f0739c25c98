"""The conditions of all assets and checks of a graph at one moment, in order."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from headrace.automation.context import AutomationContext, AutomationResult, RootEvaluation
from headrace.automation.cursor import AutomationCursor, EntityCursor, NodeCursor, kind_of, save
from headrace.automation.entities import EntityKey, text_of
from headrace.automation.limits import at_most
from headrace.automation.node_ids import NodeIds
from headrace.automation.operators import OPERATORS
from headrace.automation.order import in_order, made_together
from headrace.automation.repeats import hold_back, lately
from headrace.automation.statements import STATEMENTS
from headrace.automation.subset import EntitySubset
from headrace.automation.view import AssetGraphView
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.automation.condition import AutomationCondition
from headrace.definitions.partitions.loading_context import partition_loading_context
from headrace.errors import InvalidInvocationError

_logger = logging.getLogger("headrace.automation")


@dataclass(frozen=True)
class Evaluation:
    """What came of evaluating conditions.

    Attributes:
        results: What was found of each condition.
        requested: What is requested, with what can only be made along with it.
        cursor: For the next evaluation.
        limited: Whether more would have been requested if not for the limit.
        held_until: When what was held back may be requested, in seconds since 1970; None if nothing was.
    """

    results: Sequence[AutomationResult]
    requested: Mapping[EntityKey, EntitySubset]
    cursor: AutomationCursor
    limited: bool = False
    held_until: float | None = None


@dataclass
class _Evaluator:
    view: AssetGraphView
    conditions: Mapping[EntityKey, AutomationCondition]
    cursor: AutomationCursor
    logger: logging.Logger
    most_partitions: int | None
    repeat_interval: float
    backfills: bool = False
    held_until: float | None = None
    requested: dict[EntityKey, EntitySubset] = field(default_factory=dict)
    results: list[AutomationResult] = field(default_factory=list)
    entities: dict[str, EntityCursor] = field(default_factory=dict)
    limited: bool = False

    def evaluate(self, key: EntityKey) -> None:
        """Evaluates the condition of one asset or check."""
        condition, kind = self.conditions[key], kind_of(self.view.partitions_def(key))
        previous = self.cursor.entities.get(text_of(key))
        if previous is not None and previous.partitions != kind:
            previous = None
        ids = NodeIds(condition)
        root = RootEvaluation(
            self.view,
            key,
            self.cursor.evaluation_id,
            self.cursor.position,
            previous,
            self.cursor.entities,
            self.requested,
            self.conditions,
            ids,
            _dispatch,
            self.logger,
        )
        full, now = self.view.get_full_subset(key=key), self.view.effective_dt.timestamp()
        result = _dispatch(AutomationContext(root, condition, key, full))
        self.results.append(result)
        chosen = self._chosen(result, previous, now)
        self._request(chosen)
        lately_requested = lately(chosen, full, previous, now, self.repeat_interval)
        self.entities[text_of(key)] = EntityCursor(now, kind, save(chosen), dict(root.remembered), *lately_requested)

    def _chosen(self, result: AutomationResult, previous: EntityCursor | None, now: float) -> EntitySubset:
        """What is requested of what the condition is true for."""
        repeats = hold_back(result.true_subset, result.timing, previous, now, self.repeat_interval)
        if repeats.held_until is not None:
            self.held_until = min(self.held_until or repeats.held_until, repeats.held_until)
        any_number = self.backfills and isinstance(result.key, AssetKey)
        chosen = at_most(repeats.allowed, None if any_number else self.most_partitions)
        self.limited = self.limited or chosen.size < repeats.allowed.size
        return chosen

    def _request(self, subset: EntitySubset) -> None:
        if subset.is_empty:
            return
        for key in made_together(self.view, subset.key):
            mine = replace(subset, key=key)
            before = self.requested.get(key)
            self.requested[key] = mine if before is None else before | mine


def evaluate(
    conditions: Mapping[EntityKey, AutomationCondition],
    view: AssetGraphView,
    cursor: AutomationCursor | None = None,
    *,
    only: Set[EntityKey] | None = None,
    logger: logging.Logger = _logger,
    most_partitions: int | None = None,
    repeat_interval: float = 0.0,
    backfills: bool = False,
) -> Evaluation:
    """Evaluates conditions: upstream first, so that what is requested there is known below.

    Args:
        conditions: The conditions.
        view: The asset graph at the moment, with what is known.
        cursor: What the evaluation before left.
        only: Those for which something may have changed; all when left out. The others keep what they remember.
        logger: Where conditions that users have written log.
        most_partitions: So many partitions of one asset are requested at most; the others at the next evaluation.
        backfills: Whether many partitions of an asset are made by a backfill, which may have any number.
        repeat_interval: The least time, in seconds, between two requests of the same for no new reason.
    """
    before = cursor or AutomationCursor()
    evaluator = _Evaluator(view, conditions, before, logger, most_partitions, repeat_interval, backfills)
    with partition_loading_context(view.effective_dt, view.dynamic_partitions_store):
        for key in in_order(view, conditions):
            if only is None or key in only:
                evaluator.evaluate(key)
    kept = {
        text_of(key): before.entities[text_of(key)]
        for key in conditions
        if only is not None and key not in only and text_of(key) in before.entities
    }
    after = AutomationCursor(before.evaluation_id + 1, view.known.position, {**kept, **evaluator.entities})
    return Evaluation(evaluator.results, evaluator.requested, after, evaluator.limited, evaluator.held_until)


def _dispatch(context: AutomationContext) -> AutomationResult:
    operator = context.condition.operator
    function = OPERATORS.get(operator) or STATEMENTS.get(operator)
    return _evaluate_custom(context) if function is None else function(context)


def _evaluate_custom(context: AutomationContext) -> AutomationResult:
    """Asks a condition that a user has written."""
    result = context.condition.evaluate(context)
    if not isinstance(result, AutomationResult):
        raise InvalidInvocationError(
            f"{type(context.condition).__name__}.evaluate returned {result!r}; it returns an AutomationResult."
        )
    if result.cursor is not None:
        context.remember(NodeCursor(text=result.cursor))
    return result
