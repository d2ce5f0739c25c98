"""Which engines there are, and how to open one. Nothing of an engine is imported before it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import Engine

if TYPE_CHECKING:
    from headrace_codeloc.engines.settings import EngineSettings


@dataclass(frozen=True, slots=True)
class EngineKind:
    """An engine by name.

    Attributes:
        kind: Its name.
        module: The package that has `SETTINGS`, a class of settings without the vendor's package, and `open_engine(settings)`.
        extra: What installs the vendor's package: `headrace[<extra>]`.
        vendor: The module of the vendor's package.
        context: The key that it has in a `container_context`.
    """

    kind: str
    module: str
    extra: str
    vendor: str
    context: str

    def settings(self) -> type[EngineSettings]:
        """Returns its class of settings."""
        found: type[EngineSettings] = import_module(self.module).SETTINGS
        return found

    def open(self, config: Mapping[str, Any], where: str, environ: Mapping[str, str] | None = None) -> Engine:
        """Returns the engine, with what a config says.

        Raises:
            InvalidConfigError: the config is wrong, or the engine is not installed here.
        """
        settings = self.settings().of(config, where, environ)
        try:
            import_module(self.vendor)
            made: Engine = import_module(self.module).open_engine(settings)
        except ImportError as error:
            package = (error.name or self.vendor).partition(".")[0]
            raise InvalidConfigError(
                f"{where}: {self.kind} needs the package {package!r}; install headrace[{self.extra}]"
            ) from error
        return made


_ROOM = "headrace_codeloc.engines"

ENGINES: Mapping[str, EngineKind] = {
    each.kind: each
    for each in (
        EngineKind("docker", f"{_ROOM}.docker", "docker", "docker", "docker"),
        EngineKind("k8s", f"{_ROOM}.kubernetes", "k8s", "kubernetes", "k8s"),
        EngineKind("celery", f"{_ROOM}.celery", "celery", "celery", "celery"),
        EngineKind("celery_k8s", f"{_ROOM}.celery_k8s", "celery,k8s", "celery", "k8s"),
        EngineKind("ecs", f"{_ROOM}.ecs", "aws", "boto3", "ecs"),
    )
}
