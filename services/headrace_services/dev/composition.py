"""Which services there are, and how each is built; a process imports those that it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from headrace_services.kit.service import Build


def _storage() -> Build:
    from headrace_services.storage.main import build

    return build


def _coordinator() -> Build:
    from headrace_services.coordinator.main import build

    return build


def _scheduler() -> Build:
    from headrace_services.scheduler.main import build

    return build


def _launcher() -> Build:
    from headrace_services.launcher.main import build

    return build


def _gateway() -> Build:
    from headrace_services.gateway.main import build

    return build


# In the order in which they start: those that others depend on first.
_SERVICES: dict[str, Callable[[], Build]] = {
    "storage": _storage,
    "coordinator": _coordinator,
    "scheduler": _scheduler,
    "launcher": _launcher,
    "gateway": _gateway,
}
SERVICE_NAMES = tuple(_SERVICES)


def builds(names: Iterable[str] = SERVICE_NAMES) -> dict[str, Build]:
    """Returns how to build the services with those names, in the order in which they start."""
    wanted = set(names)
    return {name: load() for name, load in _SERVICES.items() if name in wanted}
