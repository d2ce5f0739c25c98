"""The backends that an instance configures."""

from __future__ import annotations

from headrace_codeloc.engines.known import ENGINES
from headrace_codeloc.engines.orders import deployment_of
from headrace_services.kit.config.components import Custom, EngineLauncher, Launcher, default_launcher_name
from headrace_services.kit.extend import RunLauncher, load_custom
from headrace_services.kit.service import ServiceEnv
from headrace_services.launcher.backends.base import Backend
from headrace_services.launcher.backends.custom import CustomBackend
from headrace_services.launcher.backends.engine import EngineBackend
from headrace_services.launcher.backends.process import ProcessBackend


def configured_backends(env: ServiceEnv) -> dict[str, Backend]:
    """Returns the backend of each launcher by its name, that of the default one first.

    Raises:
        InvalidConfigError: one of them cannot be made.
    """
    default = env.instance.run_launcher
    launchers: dict[str, tuple[str, Launcher]] = {default_launcher_name(default): ("run_launcher", default)}
    launchers |= {each.name: (f"run_launchers.{each.name}", each.launcher) for each in env.instance.run_launchers}
    return {name: _backend(name, where, launcher, env) for name, (where, launcher) in launchers.items()}


def _backend(name: str, where: str, launcher: Launcher, env: ServiceEnv) -> Backend:
    if isinstance(launcher, Custom):
        return CustomBackend(load_custom(launcher, RunLauncher))  # type: ignore[type-abstract]
    if isinstance(launcher, EngineLauncher):
        kind = ENGINES[launcher.kind]
        engine = kind.open(launcher.config, where)
        return EngineBackend(kind, engine, name, deployment_of(env.instance.services.coordinator.reachable_at))
    return ProcessBackend(env.peers, env.addresses, env.clock)
