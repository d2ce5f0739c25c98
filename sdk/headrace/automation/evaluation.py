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
from headrace.automation.statements import STATEMENTS
from headrace.automation.subset import EntitySubset
from headrace.automation.view import AssetGraphView
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
    """

    results: Sequence[AutomationResult]
    requested: Mapping[EntityKey, EntitySubset]
    cursor: AutomationCursor
    limited: bool = False


@dataclass
class _Evaluator:
    view: AssetGraphView
    conditions: Mapping[EntityKey, AutomationCondition]
    cursor: AutomationCursor
    logger: logging.Logger
    most_partitions: int | None
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
            self.requested,
            self.conditions,
            ids,
            _dispatch,
            self.logger,
        )
        result = _dispatch(AutomationContext(root, condition, key, self.view.get_full_subset(key=key)))
        wanted = result.true_subset
        chosen = at_most(wanted, self.most_partitions)
        self.limited = self.limited or chosen.size < wanted.size
        self.results.append(result)
        self._request(chosen)
        time = self.view.effective_dt.timestamp()
        self.entities[text_of(key)] = EntityCursor(time, kind, save(chosen), dict(root.remembered))

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
) -> Evaluation:
    """Evaluates conditions: upstream first, so that what is requested there is known below.

    Args:
        conditions: The conditions.
        view: The asset graph at the moment, with what is known.
        cursor: What the evaluation before left.
        only: Those for which something may have changed; all when left out. The others keep what they remember.
        logger: Where conditions that users have written log.
        most_partitions: So many partitions of one asset are requested at most; the others at the next evaluation.
    """
    before = cursor or AutomationCursor()
    evaluator = _Evaluator(view, conditions, before, logger, most_partitions)
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
    return Evaluation(evaluator.results, evaluator.requested, after, evaluator.limited)


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
