"""Where services listen, and where their peers find them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headrace.rpc.targets import parse_target, parse_targets
from headrace.settings import setting

WEB_PORT = 3000


@dataclass(frozen=True)
class ServiceAddress:
    """One service."""

    listen: str = setting("", "Where it takes calls: host:port or unix:path.")
    address: str = setting("", "Where its peers reach it, if that is not where it listens: all replicas, with commas.")
    metrics: str = setting("", "Where it serves /metrics and /healthz.")

    @property
    def reachable_at(self) -> str:
        """Where peers reach it."""
        if self.address:
            return self.address
        target = parse_target(self.listen)
        return f"127.0.0.1:{target.port}" if target.host in ("0.0.0.0", "::") else self.listen

    def check(self) -> Mapping[str, str]:
        """Returns which addresses cannot be read, by field."""
        problems = {}
        for name in ("listen", "address", "metrics"):
            value = getattr(self, name)
            try:
                parse = parse_targets if name == "address" else parse_target
                parse(value or "127.0.0.1:0")
            except ValueError as error:
                problems[name] = str(error)
        return problems


def _service(port: int) -> Any:
    loopback = ServiceAddress(listen=f"127.0.0.1:{port}", metrics=f"127.0.0.1:{port + 5000}")
    return setting(loopback, "Its addresses.")


@dataclass(frozen=True)
class ServicesConfig:
    """All services; on one machine the defaults fit together."""

    gateway: ServiceAddress = _service(4270)
    coordinator: ServiceAddress = _service(4271)
    scheduler: ServiceAddress = _service(4272)
    launcher: ServiceAddress = _service(4273)
    storage: ServiceAddress = _service(4274)
    code_location: ServiceAddress = _service(4275)
    web: str = setting(f"127.0.0.1:{WEB_PORT}", "Where the gateway serves the console and JSON over HTTP.")

    def of(self, name: str) -> ServiceAddress:
        """Returns the addresses of the service called `name`."""
        found = getattr(self, name)
        assert isinstance(found, ServiceAddress), f"{name} is not a service"
        return found
