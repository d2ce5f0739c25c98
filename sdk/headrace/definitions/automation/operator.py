"""What an automation condition can state."""

from __future__ import annotations

from enum import Enum


class Operator(Enum):
    """What an automation condition states: of conditions, of an asset or check, or of those around it."""

    CUSTOM = "custom"
    AND = "and"
    OR = "or"
    NOT = "not"
    SINCE = "since"
    NEWLY_TRUE = "newly_true"
    MISSING = "missing"
    RUN_IN_PROGRESS = "run_in_progress"
    BACKFILL_IN_PROGRESS = "backfill_in_progress"
    EXECUTION_FAILED = "execution_failed"
    NEWLY_UPDATED = "newly_updated"
    NEWLY_REQUESTED = "newly_requested"
    CODE_VERSION_CHANGED = "code_version_changed"
    DATA_VERSION_CHANGED = "data_version_changed"
    WILL_BE_REQUESTED = "will_be_requested"
    INITIAL_EVALUATION = "initial_evaluation"
    IN_LATEST_TIME_WINDOW = "in_latest_time_window"
    CRON_TICK_PASSED = "cron_tick_passed"
    EXECUTED_WITH_ROOT_TARGET = "executed_with_root_target"
    EXECUTED_WITH_TAGS = "executed_with_tags"
    ANY_NEW_UPDATE_HAS_RUN_TAGS = "any_new_update_has_run_tags"
    ALL_NEW_UPDATES_HAVE_RUN_TAGS = "all_new_updates_have_run_tags"
    CHECK_PASSED = "check_passed"
    CHECK_FAILED = "check_failed"
    FRESHNESS_PASSED = "freshness_passed"
    FRESHNESS_WARNED = "freshness_warned"
    FRESHNESS_FAILED = "freshness_failed"
    ASSET_MATCHES = "asset_matches"
    ANY_DEPS_MATCH = "any_deps_match"
    ALL_DEPS_MATCH = "all_deps_match"
    ANY_DOWNSTREAM_CONDITIONS = "any_downstream_conditions"
    ANY_CHECKS_MATCH = "any_checks_match"
    ALL_CHECKS_MATCH = "all_checks_match"
    ANY_JOB_ROOT_ASSETS_MATCH = "any_job_root_assets_match"
    ALL_JOB_ROOT_ASSETS_MATCH = "all_job_root_assets_match"


DEPENDENCIES = frozenset(
    {
        Operator.ANY_DEPS_MATCH,
        Operator.ALL_DEPS_MATCH,
        Operator.ANY_DOWNSTREAM_CONDITIONS,
        Operator.ANY_CHECKS_MATCH,
        Operator.ALL_CHECKS_MATCH,
    }
)
"""Those that look at other assets or checks, which a selection can narrow."""
