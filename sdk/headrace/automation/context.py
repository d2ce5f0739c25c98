"""Where in a condition an evaluation is, what it may ask there, and what it finds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from headrace.automation.cursor import EntityCursor, NodeCursor, restore
from headrace.automation.entities import EntityKey, text_of
from headrace.automation.facts import EntityFacts, Update
from headrace.automation.node_ids import NodeIds
from headrace.automation.subset import EntitySubset
from headrace.automation.timing import Timing, latest
from headrace.automation.view import AssetGraphView

if TYPE_CHECKING:
    from headrace.definitions.assets.asset_graph import AssetGraph
    from headrace.definitions.automation.condition import AutomationCondition
    from headrace.definitions.partitions.partitions_definition import PartitionsDefinition

    _LoggerAdapter = logging.LoggerAdapter[logging.Logger]
else:
    # Python 3.10 knows the parameter in annotations only.
    _LoggerAdapter = logging.LoggerAdapter

_logger = logging.getLogger("headrace.automation")


@dataclass
class RootEvaluation:
    """The evaluation of the condition of one asset or check, shared by all parts of the condition.

    Attributes:
        view: The asset graph at the moment.
        key: The asset or check.
        evaluation_id: How many evaluations there were before, of anything.
        position: The newest fact that the evaluation before knew.
        previous: What the evaluation before left; None if there was none that still holds.
        cursors: What the evaluation before left, of all assets and checks, as `text_of` writes their keys.
        requested: What is requested at this evaluation so far.
        conditions: The conditions of all assets and checks.
        ids: Names of the parts of the condition.
        dispatch: Evaluates a part.
        logger: Where conditions that users have written log.
        remembered: What parts of the condition leave for the next evaluation.
    """

    view: AssetGraphView
    key: EntityKey
    evaluation_id: int
    position: int
    previous: EntityCursor | None
    cursors: Mapping[str, EntityCursor]
    requested: Mapping[EntityKey, EntitySubset]
    conditions: Mapping[EntityKey, AutomationCondition]
    ids: NodeIds
    dispatch: Callable[[AutomationContext], AutomationResult]
    logger: logging.Logger = _logger
    remembered: MutableMapping[str, NodeCursor] = field(default_factory=dict)

    def cursor_of(self, key: EntityKey) -> EntityCursor | None:
        """What the evaluation before left of an asset or check."""
        return self.previous if key == self.key else self.cursors.get(text_of(key))


class AutomationContext:
    """What a condition is given when it is evaluated.

    Attributes:
        root: The evaluation that it is part of.
        condition: The condition.
        key: The asset or check that it is evaluated for.
        candidate_subset: The partitions for which it matters.
        parent: The context of the condition around it.
    """

    def __init__(
        self,
        root: RootEvaluation,
        condition: AutomationCondition,
        key: EntityKey,
        candidate_subset: EntitySubset,
        parent: AutomationContext | None = None,
    ) -> None:
        self.root = root
        self.condition = condition
        self.key = key
        self.candidate_subset = candidate_subset
        self.parent = parent

    # What there is

    @property
    def asset_graph_view(self) -> AssetGraphView:
        """The asset graph at the moment of the evaluation."""
        return self.root.view

    @property
    def asset_graph(self) -> AssetGraph:
        """All assets and how they depend on each other."""
        return self.root.view.asset_graph

    @property
    def partitions_def(self) -> PartitionsDefinition | None:
        """The partitions of the asset or check."""
        return self.root.view.partitions_def(self.key)

    @property
    def evaluation_time(self) -> datetime:
        """The moment of the evaluation."""
        return self.root.view.effective_dt

    @property
    def previous_evaluation_time(self) -> datetime | None:
        """The moment of the evaluation before; None if this is the first."""
        previous = self.root.previous
        return None if previous is None else datetime.fromtimestamp(previous.time, timezone.utc)

    @property
    def root_context(self) -> AutomationContext:
        """The context of the whole condition."""
        context = self
        while context.parent is not None:
            context = context.parent
        return context

    @property
    def facts(self) -> EntityFacts:
        """What is known of the asset or check."""
        return self.root.view.facts(self.key)

    @property
    def new_updates(self) -> Sequence[Update]:
        """What happened to the asset or check since the evaluation before; nothing at the first."""
        return () if self.root.previous is None else self.facts.since(self.root.position)

    @property
    def log(self) -> logging.LoggerAdapter[logging.Logger]:
        """Where to log; lines say whose they are."""
        return _Named(self.root.logger, {"who": f"{self.key.to_user_string()}: {self.condition.name}"})

    def get_full_subset(self) -> EntitySubset:
        """All that there is of the asset or check."""
        return self.root.view.get_full_subset(key=self.key)

    def get_empty_subset(self) -> EntitySubset:
        """Nothing of the asset or check."""
        return self.root.view.get_empty_subset(key=self.key)

    def get_previous_requested_subset(self, key: EntityKey) -> EntitySubset | None:
        """What the evaluation before requested of an asset or check; None if there was none."""
        previous = self.root.cursor_of(key)
        return None if previous is None else restore(previous.requested, self.root.view.get_full_subset(key=key))

    # What is remembered

    @property
    def remembered(self) -> NodeCursor | None:
        """What this condition left at the evaluation before."""
        previous = self.root.previous
        return None if previous is None else previous.nodes.get(self.root.ids.of(self.condition, self.key))

    @property
    def cursor(self) -> str | None:
        """The text that this condition left at the evaluation before."""
        return None if self.remembered is None else self.remembered.text

    @property
    def previous_true_subset(self) -> EntitySubset:
        """What this condition remembers to have been true."""
        remembered = self.remembered
        if remembered is None or remembered.subset is None:
            return self.get_empty_subset()
        return restore(remembered.subset, self.get_full_subset())

    def remember(self, node: NodeCursor) -> None:
        """Leaves something for the next evaluation."""
        self.root.remembered[self.root.ids.of(self.condition, self.key)] = node

    # Further parts

    def child(
        self, condition: AutomationCondition, candidate_subset: EntitySubset, key: EntityKey | None = None
    ) -> AutomationResult:
        """Evaluates a part of the condition, as a rule for the same asset."""
        context = AutomationContext(self.root, condition, key or self.key, candidate_subset, self)
        if candidate_subset.is_empty and not self.root.ids.is_stateful(condition):
            return AutomationResult(context, candidate_subset)
        return self.root.dispatch(context)

    def evaluate(self, condition: AutomationCondition) -> AutomationResult:
        """Evaluates another condition in the same place."""
        return self.child(condition, self.candidate_subset)

    def result(
        self,
        true_subset: EntitySubset,
        child_results: Sequence[AutomationResult] = (),
        timing: Timing = (),
        metadata: Mapping[str, Any] | None = None,
    ) -> AutomationResult:
        """What was found here, as far as it matters."""
        return AutomationResult(
            self, true_subset & self.candidate_subset, child_results=child_results, timing=timing, metadata=metadata
        )


class AutomationResult:
    """What was found of a condition.

    Args:
        context: What the condition was given.
        true_subset: The partitions for which it is true.
        cursor: Text for its next evaluation.
        child_results: What was found of its parts.
        timing: When it became true.
        metadata: Shown with it.
    """

    def __init__(
        self,
        context: AutomationContext,
        true_subset: EntitySubset,
        cursor: str | None = None,
        child_results: Sequence[AutomationResult] | None = None,
        *,
        timing: Timing = (),
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        self.context = context
        self.true_subset = true_subset
        self.cursor = cursor
        self.child_results = list(child_results or ())
        self.timing = latest(timing, true_subset) if timing else ()
        self.metadata = dict(metadata or {})

    @property
    def key(self) -> EntityKey:
        """The asset or check."""
        return self.context.key

    @property
    def condition(self) -> AutomationCondition:
        """The condition."""
        return self.context.condition

    def __repr__(self) -> str:
        return f"AutomationResult({self.condition!r}: {self.true_subset!r})"


class _Named(_LoggerAdapter):
    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Says whose line it is."""
        assert self.extra is not None
        return f"{self.extra['who']}: {msg}", kwargs
