"""Automation conditions: when an asset or check is made by itself, as a tree of statements that are true or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.automation.operator import DEPENDENCIES, Operator
from headrace.definitions.schedules.cron import check_cron, check_timezone
from headrace.errors import InvalidDefinitionError, InvariantViolationError


@dataclass(frozen=True, repr=False)
class AutomationCondition:
    """When an asset or check is made by itself. Combined with `&`, `|` and `~`.

    Attributes:
        operator: What it states.
        operands: The conditions it is made of.
        label: What people call it.
        cron_schedule: The schedule that it is about.
        cron_timezone: The time zone of the schedule.
        lookback_delta: How far back the latest partitions reach.
        key: The asset that it is about.
        tag_keys: Tags that a run must have.
        tag_values: Tags that a run must have, with their values.
        blocking_only: Whether only blocking checks count.
        allow_selection: The only assets that count among those around.
        ignore_selection: Assets that do not count among those around.
    """

    operator: Operator = Operator.CUSTOM
    operands: tuple[AutomationCondition, ...] = ()
    label: str | None = None
    cron_schedule: str | None = None
    cron_timezone: str | None = None
    lookback_delta: timedelta | None = None
    key: AssetKey | None = None
    tag_keys: frozenset[str] = frozenset()
    tag_values: frozenset[tuple[str, str]] = frozenset()
    blocking_only: bool = False
    allow_selection: Any = None
    ignore_selection: Any = None

    # What it is

    @property
    def name(self) -> str:
        """What it states, as one word, and what it states it about."""
        if self.operator is Operator.CUSTOM:
            return type(self).__name__
        word = self.operator.value
        return f"{word}({', '.join(self._about())})" if self._about() else word

    def _about(self) -> list[str]:
        tags = ",".join(f"{key}:{value}" for key, value in sorted(self.tag_values))
        return [
            f"{name}={value}"
            for name, value in (
                ("cron_schedule", self.cron_schedule),
                ("cron_timezone", self.cron_timezone),
                ("lookback_timedelta", self.lookback_delta),
                ("key", self.key),
                ("tag_keys", f"{{{','.join(sorted(self.tag_keys))}}}" if self.tag_keys else None),
                ("tag_values", f"{{{tags}}}" if tags else None),
                ("blocking_only", self.blocking_only or None),
            )
            if value is not None
        ]

    @property
    def children(self) -> Sequence[AutomationCondition]:
        """The conditions it is made of."""
        return list(self.operands)

    @property
    def operand(self) -> AutomationCondition:
        """The one condition that it is made of."""
        if len(self.operands) != 1:
            raise InvariantViolationError(
                f"{self.name!r} is made of {len(self.operands)} conditions; ask for its children."
            )
        return self.operands[0]

    def walk(self) -> Iterator[AutomationCondition]:
        """It, and all that it is made of."""
        yield self
        for each in self.operands:
            yield from each.walk()

    @property
    def is_of_jobs(self) -> bool:
        """Whether it looks at the assets with which a job begins."""
        return self.operator in (Operator.ANY_JOB_ROOT_ASSETS_MATCH, Operator.ALL_JOB_ROOT_ASSETS_MATCH)

    @property
    def is_serializable(self) -> bool:
        """Whether it is made of what Headrace knows, so that it can be evaluated without the code that wrote it."""
        return self.operator is not Operator.CUSTOM and all(each.is_serializable for each in self.operands)

    def get_label(self) -> str | None:
        """What people call it."""
        return self.label

    def evaluate(self, context: Any) -> Any:
        """For which partitions it is true; conditions that users write say so themselves.

        Args:
            context: An `AutomationContext`.

        Returns:
            An `AutomationResult`.
        """
        return context.evaluate(self)

    # Combined

    def __and__(self, other: AutomationCondition) -> AutomationCondition:
        return _joined(Operator.AND, self, other)

    def __or__(self, other: AutomationCondition) -> AutomationCondition:
        return _joined(Operator.OR, self, other)

    def __invert__(self) -> AutomationCondition:
        return AutomationCondition(Operator.NOT, (self,))

    def since(self, reset_condition: AutomationCondition) -> AutomationCondition:
        """True from when this becomes true until the other does."""
        return AutomationCondition(Operator.SINCE, (self, reset_condition))

    def newly_true(self) -> AutomationCondition:
        """True only at the evaluation at which this becomes true."""
        return AutomationCondition(Operator.NEWLY_TRUE, (self,))

    def since_last_handled(self) -> AutomationCondition:
        """True from when this becomes true until the asset is requested or made."""
        handled = (
            AutomationCondition.newly_requested()
            | AutomationCondition.newly_updated()
            | AutomationCondition.initial_evaluation()
        )
        return self.since(handled.with_label("handled"))

    def with_label(self, label: str | None) -> AutomationCondition:
        """The same under a name for people."""
        return replace(self, label=label)

    # Changed

    def replace(self, old: AutomationCondition | str, new: AutomationCondition) -> AutomationCondition:
        """The same with another condition wherever `old` is found, by its value or by its label."""
        if old in (self, self.name, self.label) and old is not None:
            return new
        return replace(self, operands=tuple(each.replace(old, new) for each in self.operands))

    def without(self, condition: AutomationCondition) -> AutomationCondition:
        """The same without one of the conditions that `&` joins."""
        if self.operator is not Operator.AND:
            raise InvariantViolationError("Only a condition that is joined by & can be left without one of its parts.")
        kept = tuple(each for each in self.operands if each != condition)
        if len(kept) == len(self.operands):
            raise InvariantViolationError(f"{self!r} has no part {condition!r}; its parts: {list(self.operands)!r}.")
        return kept[0] if len(kept) == 1 else replace(self, operands=kept)

    def allow(self, selection: Any) -> AutomationCondition:
        """The same, with only these assets counting among those around."""
        return self._narrowed("allow_selection", selection)

    def ignore(self, selection: Any) -> AutomationCondition:
        """The same, with these assets not counting among those around."""
        return self._narrowed("ignore_selection", selection)

    def _narrowed(self, name: str, selection: Any) -> AutomationCondition:
        changes = {name: selection} if self.operator in DEPENDENCIES else {}
        return replace(self, operands=tuple(each._narrowed(name, selection) for each in self.operands), **changes)

    # Statements about the asset

    @staticmethod
    def missing() -> AutomationCondition:
        """It was never made."""
        return AutomationCondition(Operator.MISSING)

    @staticmethod
    def run_in_progress() -> AutomationCondition:
        """A run is making it."""
        return AutomationCondition(Operator.RUN_IN_PROGRESS)

    @staticmethod
    def backfill_in_progress() -> AutomationCondition:
        """A backfill is to make it."""
        return AutomationCondition(Operator.BACKFILL_IN_PROGRESS)

    @staticmethod
    def in_progress() -> AutomationCondition:
        """A run or a backfill is making it."""
        in_progress = AutomationCondition.run_in_progress() | AutomationCondition.backfill_in_progress()
        return in_progress.with_label("in_progress")

    @staticmethod
    def execution_failed() -> AutomationCondition:
        """The last attempt to make it failed."""
        return AutomationCondition(Operator.EXECUTION_FAILED)

    @staticmethod
    def newly_updated() -> AutomationCondition:
        """It was made since the last evaluation."""
        return AutomationCondition(Operator.NEWLY_UPDATED)

    @staticmethod
    def newly_requested() -> AutomationCondition:
        """It was requested at the last evaluation."""
        return AutomationCondition(Operator.NEWLY_REQUESTED)

    @staticmethod
    def newly_missing() -> AutomationCondition:
        """It became missing since the last evaluation."""
        return AutomationCondition.missing().newly_true().with_label("newly_missing")

    @staticmethod
    def code_version_changed() -> AutomationCondition:
        """Its code version changed since the last evaluation."""
        return AutomationCondition(Operator.CODE_VERSION_CHANGED)

    @staticmethod
    def data_version_changed() -> AutomationCondition:
        """Its data version changed since the last evaluation."""
        return AutomationCondition(Operator.DATA_VERSION_CHANGED)

    @staticmethod
    def will_be_requested() -> AutomationCondition:
        """It is requested at this evaluation."""
        return AutomationCondition(Operator.WILL_BE_REQUESTED)

    @staticmethod
    def initial_evaluation() -> AutomationCondition:
        """The condition was never evaluated before."""
        return AutomationCondition(Operator.INITIAL_EVALUATION)

    @staticmethod
    def in_latest_time_window(lookback_delta: timedelta | None = None) -> AutomationCondition:
        """It is of the latest time window, or as far back from its end; what is in no time window always is."""
        return AutomationCondition(Operator.IN_LATEST_TIME_WINDOW, lookback_delta=lookback_delta)

    @staticmethod
    def cron_tick_passed(cron_schedule: str, cron_timezone: str = "UTC") -> AutomationCondition:
        """A tick of the schedule passed since the last evaluation."""
        cron, zone = check_cron(cron_schedule), check_timezone(cron_timezone)
        return AutomationCondition(Operator.CRON_TICK_PASSED, cron_schedule=cron, cron_timezone=zone)

    @staticmethod
    def executed_with_root_target() -> AutomationCondition:
        """It was last made along with the asset at which the evaluation began."""
        return AutomationCondition(Operator.EXECUTED_WITH_ROOT_TARGET)

    @staticmethod
    def executed_with_tags(
        *, tag_keys: Set[str] | None = None, tag_values: dict[str, str] | None = None
    ) -> AutomationCondition:
        """It was last made by a run with these tags."""
        return _tagged(Operator.EXECUTED_WITH_TAGS, tag_keys, tag_values)

    @staticmethod
    def any_new_update_has_run_tags(
        *, tag_keys: Set[str] | None = None, tag_values: dict[str, str] | None = None
    ) -> AutomationCondition:
        """One of the runs that made it since the last evaluation has these tags."""
        return _tagged(Operator.ANY_NEW_UPDATE_HAS_RUN_TAGS, tag_keys, tag_values)

    @staticmethod
    def all_new_updates_have_run_tags(
        *, tag_keys: Set[str] | None = None, tag_values: dict[str, str] | None = None
    ) -> AutomationCondition:
        """All runs that made it since the last evaluation have these tags."""
        return _tagged(Operator.ALL_NEW_UPDATES_HAVE_RUN_TAGS, tag_keys, tag_values)

    @staticmethod
    def check_passed() -> AutomationCondition:
        """The check last passed."""
        return AutomationCondition(Operator.CHECK_PASSED)

    @staticmethod
    def check_failed() -> AutomationCondition:
        """The check last failed."""
        return AutomationCondition(Operator.CHECK_FAILED)

    @staticmethod
    def freshness_passed() -> AutomationCondition:
        """It is fresh."""
        return AutomationCondition(Operator.FRESHNESS_PASSED, label="freshness_passed")

    @staticmethod
    def freshness_warned() -> AutomationCondition:
        """It is about to be too old."""
        return AutomationCondition(Operator.FRESHNESS_WARNED, label="freshness_warned")

    @staticmethod
    def freshness_failed() -> AutomationCondition:
        """It is too old."""
        return AutomationCondition(Operator.FRESHNESS_FAILED, label="freshness_failed")

    # Statements about assets and checks around it

    @staticmethod
    def asset_matches(key: CoercibleToAssetKey, condition: AutomationCondition) -> AutomationCondition:
        """The condition is true of another asset."""
        return AutomationCondition(Operator.ASSET_MATCHES, (condition,), key=AssetKey.from_coercible(key))

    @staticmethod
    def any_deps_match(condition: AutomationCondition) -> AutomationCondition:
        """The condition is true of one asset upstream at least."""
        return AutomationCondition(Operator.ANY_DEPS_MATCH, (condition,))

    @staticmethod
    def all_deps_match(condition: AutomationCondition) -> AutomationCondition:
        """For every asset upstream, the condition is true of one of its partitions at least."""
        return AutomationCondition(Operator.ALL_DEPS_MATCH, (condition,))

    @staticmethod
    def any_downstream_conditions() -> AutomationCondition:
        """The own condition of one asset downstream at least is true."""
        return AutomationCondition(Operator.ANY_DOWNSTREAM_CONDITIONS)

    @staticmethod
    def any_checks_match(condition: AutomationCondition, blocking_only: bool = False) -> AutomationCondition:
        """The condition is true of one check of the asset at least."""
        return AutomationCondition(Operator.ANY_CHECKS_MATCH, (condition,), blocking_only=blocking_only)

    @staticmethod
    def all_checks_match(condition: AutomationCondition, blocking_only: bool = False) -> AutomationCondition:
        """The condition is true of all checks of the asset."""
        return AutomationCondition(Operator.ALL_CHECKS_MATCH, (condition,), blocking_only=blocking_only)

    @staticmethod
    def any_job_root_assets_match(condition: AutomationCondition) -> AutomationCondition:
        """The condition is true of one of the assets with which the job begins at least."""
        label = f"any_job_root_assets_match({condition})"
        return AutomationCondition(Operator.ANY_JOB_ROOT_ASSETS_MATCH, (condition,), label)

    @staticmethod
    def all_job_root_assets_match(condition: AutomationCondition) -> AutomationCondition:
        """The condition is true of all assets with which the job begins."""
        label = f"all_job_root_assets_match({condition})"
        return AutomationCondition(Operator.ALL_JOB_ROOT_ASSETS_MATCH, (condition,), label)

    @staticmethod
    def any_deps_updated() -> AutomationCondition:
        """An asset upstream was made since the last evaluation, or is requested at this one."""
        updated = AutomationCondition.newly_updated() & ~AutomationCondition.executed_with_root_target()
        updated = updated.with_label("newly_updated_without_root")
        condition = AutomationCondition.any_deps_match(updated | AutomationCondition.will_be_requested())
        return condition.with_label("any_deps_updated")

    @staticmethod
    def any_deps_missing() -> AutomationCondition:
        """An asset upstream was never made, and is not requested at this evaluation."""
        missing = AutomationCondition.missing() & ~AutomationCondition.will_be_requested()
        return AutomationCondition.any_deps_match(missing).with_label("any_deps_missing")

    @staticmethod
    def any_deps_in_progress() -> AutomationCondition:
        """An asset upstream is being made."""
        in_progress = AutomationCondition.any_deps_match(AutomationCondition.in_progress())
        return in_progress.with_label("any_deps_in_progress")

    @staticmethod
    def all_deps_updated_since_cron(cron_schedule: str, cron_timezone: str = "UTC") -> AutomationCondition:
        """All assets upstream were made since the last tick of a schedule, or are requested at this evaluation."""
        tick = AutomationCondition.cron_tick_passed(cron_schedule, cron_timezone)
        updated = AutomationCondition.newly_updated().since(tick) | AutomationCondition.will_be_requested()
        label = f"all_deps_updated_since_cron({cron_schedule}, {cron_timezone})"
        return AutomationCondition.all_deps_match(updated).with_label(label)

    @staticmethod
    def all_deps_blocking_checks_passed() -> AutomationCondition:
        """All blocking checks of the assets upstream passed, or are requested at this evaluation."""
        passed = AutomationCondition.check_passed() | AutomationCondition.will_be_requested()
        checks = AutomationCondition.all_checks_match(passed, blocking_only=True)
        checks = checks.with_label("all_blocking_checks_passed")
        return AutomationCondition.all_deps_match(checks).with_label("all_deps_blocking_checks_passed")

    # Whole conditions

    @staticmethod
    def eager() -> AutomationCondition:
        """Make it when an asset upstream was made, or when it is missing, once everything upstream is there."""
        due = AutomationCondition.newly_missing() | AutomationCondition.any_deps_updated()
        return (
            AutomationCondition.in_latest_time_window()
            & due.since_last_handled()
            & ~AutomationCondition.any_deps_missing()
            & ~AutomationCondition.any_deps_in_progress()
            & ~AutomationCondition.in_progress()
        ).with_label("eager")

    @staticmethod
    def on_cron(cron_schedule: str, cron_timezone: str = "UTC") -> AutomationCondition:
        """Make it once for each tick of a schedule, after everything upstream was made since the tick."""
        return (
            AutomationCondition.in_latest_time_window()
            & AutomationCondition.cron_tick_passed(cron_schedule, cron_timezone).since_last_handled()
            & AutomationCondition.all_deps_updated_since_cron(cron_schedule, cron_timezone)
        ).with_label(f"on_cron({cron_schedule}, {cron_timezone})")

    @staticmethod
    def on_missing() -> AutomationCondition:
        """Make it when it is missing, once everything upstream is there."""
        missing = AutomationCondition.missing().newly_true().since_last_handled()
        return (
            AutomationCondition.in_latest_time_window()
            & missing.with_label("missing_since_last_handled")
            & ~AutomationCondition.any_deps_missing()
        ).with_label("on_missing")

    def __str__(self) -> str:
        return self.label or self.name

    def __repr__(self) -> str:
        parts = ", ".join(map(repr, self.operands))
        return self.label or (f"{self.name}({parts})" if parts else self.name)


def checked_condition(condition: Any, what: str) -> AutomationCondition | None:
    """The condition, if it is one."""
    if condition is not None and not isinstance(condition, AutomationCondition):
        raise InvalidDefinitionError(f"{what}: automation_condition is an AutomationCondition, not {condition!r}.")
    return condition


def _joined(operator: Operator, left: AutomationCondition, right: AutomationCondition) -> AutomationCondition:
    """One list of operands instead of nested pairs; what has a label stays together."""
    operands: list[AutomationCondition] = []
    for each in (left, right):
        flat = each.operator is operator and each.label is None
        operands.extend(each.operands if flat else [each])
    return AutomationCondition(operator, tuple(operands))


def _tagged(operator: Operator, tag_keys: Set[str] | None, tag_values: dict[str, str] | None) -> AutomationCondition:
    if not tag_keys and not tag_values:
        raise InvalidDefinitionError(f"{operator.value}: give tag_keys, tag_values or both.")
    return AutomationCondition(
        operator, tag_keys=frozenset(tag_keys or ()), tag_values=frozenset((tag_values or {}).items())
    )
