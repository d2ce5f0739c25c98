"""What an engine must be able to do: start, end, watch and list workloads, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from headrace.errors import HeadraceError
from headrace.integrations.endings import EndKind

RUN_ID = "headrace/run-id"
"""Label: the run that a workload works for."""
STEP_KEY = "headrace/step-key"
"""Label: the step, where it works for one; shortened where engines want labels short."""
ATTEMPT = "headrace/attempt"
"""Label: the attempt of the run, or of the step."""
EPOCH = "headrace/epoch"
"""Label: the epoch of the run that a step belongs to."""
LOCATION = "headrace/location"
"""Label: the code location."""
JOB = "headrace/job"
"""Label: the job."""
KIND = "headrace/kind"
"""Label: `run` or `step`."""
DEPLOYMENT = "headrace/deployment"
"""Label: whose workload it is, where several deployments share an engine."""
LAUNCHER = "headrace/launcher"
"""Label: the launcher that started the worker of a run."""
LAUNCH = "headrace/launch"
"""Label: digest of the token that the worker of a run was given."""

Labels = Mapping[str, str]
"""Labels, as names and values: of a workload, or those that workloads must have to be meant."""


class HopelessWorkloadError(HeadraceError):
    """No repetition will start this workload; the message has the engine's own words and says what to do."""

    reason = "WORKLOAD_HOPELESS"


class EngineUnavailableError(HeadraceError):
    """The engine does not answer, or has no room now: the same may succeed later."""

    reason = "ENGINE_UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class Layer:
    """One of several places that say how to start a workload; each has the last word on those before it.

    Attributes:
        where: The place, for messages: `container_context.docker of code location 'etl'`.
        values: What it says, by the engine's keys. Checked when they are put together.
    """

    where: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Workload:
    """A worker to be started.

    Attributes:
        name: Its identity: the same for every repetition of an order, and of nothing else. A DNS label.
        command: What it executes.
        environment: Variables.
        secrets: More of them, which an engine that can hides from those who may look at workloads.
        image: What the code location runs in itself; a layer that names an image has the last word. May be empty.
        labels: What it can be found by.
        layers: What the location, the job and the step say beside the engine's own settings, weakest first.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    secrets: Mapping[str, str] = field(default_factory=dict)
    image: str = ""
    labels: Labels = field(default_factory=dict)
    layers: Sequence[Layer] = ()


@dataclass(frozen=True, slots=True)
class FoundWorkload:
    """A workload that the engine knows.

    Attributes:
        name: Its name.
        labels: Its labels.
        alive: Whether it runs, or is about to.
    """

    name: str
    labels: Labels
    alive: bool


@dataclass(frozen=True, slots=True)
class WorkloadEnd:
    """The end of a workload.

    Attributes:
        name: Its name.
        labels: Its labels.
        kind: How it ended.
        detail: How it ended, as a sentence for people with the engine's own words: without a full stop, it is put after others.
        remembered: Whether it may have ended before the watch began.
    """

    name: str
    labels: Labels
    kind: EndKind
    detail: str
    remembered: bool = False


Ended = Callable[[WorkloadEnd], Awaitable[None]]


class Engine(Protocol):
    """Runs workloads somewhere; made of its settings alone, and used from one event loop.

    Every call is repeatable: by the same process, by another replica of it, and by whoever comes after a crash. Calls that
    the engine does not answer within a deadline raise `EngineUnavailableError`.

    Attributes:
        kind: What it is called in configuration, labels and metrics.
    """

    kind: str

    async def start(self, workload: Workload) -> bool:
        """Has the engine take a workload on; tells whether it was not there before, in whatever state.

        Whatever a refused start has made by then is removed again.

        Raises:
            InvalidConfigError: a layer says what cannot be said.
            HopelessWorkloadError: nothing can come of it: an unknown image, wrong credentials, a network that is not there.
            EngineUnavailableError: it may succeed later.
        """
        ...

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Ends the living workloads with these labels; that there are none is no error.

        Args:
            selector: The labels.
            kill: Whether they end at once, and nothing of them is left. Otherwise they are told to end (SIGTERM), and nobody
                waits for it; an engine that gives them a time for that may kill them when it is over.

        Raises:
            EngineUnavailableError: it may succeed later.
        """
        ...

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Tells of each workload with these labels that ends, until it is canceled.

        Those that ended earlier and are still known come first. After a disconnection the watch goes on where it broke off,
        by itself; what ended meanwhile is told, something may be told twice. When `ended` returns, what is left of the workload
        in the engine is removed, unless the settings say to keep it. When `ended` raises, it is told again.
        """
        ...

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Returns the workloads with these labels that the engine knows.

        Raises:
            EngineUnavailableError: it may succeed later.
        """
        ...

    async def close(self) -> None:
        """Lets go of connections; workloads go on."""
        ...
