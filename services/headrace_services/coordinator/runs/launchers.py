"""Which launcher starts the workers of a run, and what it must be told. Pure: no I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from headrace.api.types.v1.launch_pb2 import LaunchSpec
from headrace.api.types.v1.payload_pb2 import Payload
from headrace.api.types.v1.run_pb2 import Run
from headrace.errors import InvalidArgumentError
from headrace.suggestions import did_you_mean
from headrace_codeloc.engines.known import ENGINES
from headrace_services.coordinator.runs.tags import spellings, tags_of
from headrace_services.kit.config import InstanceConfig
from headrace_services.kit.config.components import EngineLauncher, Launcher, Route, default_launcher_name


@dataclass(frozen=True)
class Launchers:
    """The launchers of a deployment.

    Attributes:
        default: The one that starts what no other one is for.
        routes: The runs that the others are for; the first that fits counts.
        engines: Those that start workers in an engine, by name.
    """

    default: str = "process"
    routes: Mapping[str, Route] = field(default_factory=dict)
    engines: Mapping[str, EngineLauncher] = field(default_factory=dict)

    @classmethod
    def of(cls, instance: InstanceConfig) -> Launchers:
        """Returns what an instance says."""
        default = default_launcher_name(instance.run_launcher)
        everyone: dict[str, Launcher] = {default: instance.run_launcher}
        everyone |= {each.name: each.launcher for each in instance.run_launchers}
        return cls(
            default,
            {each.name: each.route for each in instance.run_launchers},
            {name: launcher for name, launcher in everyone.items() if isinstance(launcher, EngineLauncher)},
        )

    @property
    def names(self) -> Sequence[str]:
        """What they are called, the default one first."""
        return (self.default, *self.routes)

    def assign(self, run: Run, spec: LaunchSpec | None) -> None:
        """Gives a run that is otherwise complete its launcher.

        Args:
            run: The run.
            spec: How its location says that its workers are started elsewhere.

        Raises:
            InvalidArgumentError: a tag names a launcher that is not there.
        """
        run.launcher_name = self._chosen(run)
        run.ClearField("launch_spec")
        if spec is not None and run.launcher_name in self.engines:
            run.launch_spec.CopyFrom(spec)

    def context(self, name: str) -> Payload | None:
        """Returns what a launcher says to its engine; None where it has none."""
        engine = self.engines.get(name)
        if engine is None:
            return None
        said = {ENGINES[engine.kind].context: dict(engine.config)}
        return Payload(media_type="application/json", text=json.dumps(said, default=str))

    def _chosen(self, run: Run) -> str:
        tags = tags_of(run.tags)
        for key in spellings("launcher"):
            if key in tags:
                return self._known(key, tags[key])
        return next((name for name, route in self.routes.items() if _fits(route, run, tags)), self.default)

    def _known(self, key: str, name: str) -> str:
        if name not in self.names:
            problem = (
                f"there is no launcher {name!r}{did_you_mean(name, self.names)}; there are {', '.join(self.names)}"
            )
            raise InvalidArgumentError(violations={f"tags.{key}": problem})
        return name


def _fits(route: Route, run: Run, tags: Mapping[str, str]) -> bool:
    if not (route.locations or route.jobs or route.tags):
        return False
    return (
        (not route.locations or run.location_name in route.locations)
        and (not route.jobs or run.job_name in route.jobs)
        and all(tags.get(key) == value for key, value in route.tags.items())
    )
