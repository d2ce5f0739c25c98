"""What the coordinator's operations share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from headrace.clock import Clock
from headrace.ids import Ids
from headrace_services.coordinator.locations import LocationRegistry
from headrace_services.coordinator.locations.keeper import LocationKeeper
from headrace_services.coordinator.metrics import RunMetrics
from headrace_services.coordinator.queue.deciding import Refusal, refuse_nothing
from headrace_services.coordinator.queue.pool_desk import PoolDesk
from headrace_services.coordinator.settings import CoordinatorSettings
from headrace_services.coordinator.stubs import Storage
from headrace_services.kit.service import Peers


@dataclass(frozen=True)
class Coordinator:
    """The coordinator's parts.

    Attributes:
        settings: Figures and names.
        storage: The stubs of storage.
        peers: The way to code locations.
        registry: What locations define and how they are.
        keeper: Who keeps the registry true.
        metrics: What happens to runs.
        clock: The only source of time.
        ids: The only source of ids.
        wake_queue: Calls the queue loop up.
        pools: Where workers wait for slots of pools.
        refuse: Says why a policy of the deployment holds a run back.
    """

    settings: CoordinatorSettings
    storage: Storage
    peers: Peers
    registry: LocationRegistry
    keeper: LocationKeeper
    metrics: RunMetrics
    clock: Clock
    ids: Ids
    wake_queue: Callable[[], None]
    pools: PoolDesk
    refuse: Refusal = refuse_nothing
