"""What the scheduler's operations share."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.clock import Clock
from headrace_services.scheduler.automation.desk import AutomationDesk
from headrace_services.scheduler.book import Book
from headrace_services.scheduler.evaluation import Evaluator
from headrace_services.scheduler.events.assets import WatchedAssets
from headrace_services.scheduler.mirror import Mirror


@dataclass(frozen=True)
class Scheduler:
    """The scheduler's parts.

    Attributes:
        book: What can be evaluated.
        mirror: Who keeps the book true.
        evaluator: Who asks and commits.
        clock: The only source of time.
        automation: Who knows what conditions must know.
        assets: Who knows what has become of assets that sensors watch.
    """

    book: Book
    mirror: Mirror
    evaluator: Evaluator
    clock: Clock
    automation: AutomationDesk
    assets: WatchedAssets
