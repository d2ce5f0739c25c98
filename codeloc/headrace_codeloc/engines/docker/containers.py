"""Containers, as Docker's own client sees them: every call blocks, and may be made from any thread."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from docker import DockerClient
from docker.errors import APIError, DockerException, ImageNotFound, NotFound

from headrace.integrations.env_vars import variables
from headrace_codeloc.engines.base import (
    DEPLOYMENT,
    KIND,
    EngineUnavailableError,
    FoundWorkload,
    Labels,
    Workload,
    WorkloadEnd,
)
from headrace_codeloc.engines.calls import Connected
from headrace_codeloc.engines.docker.client import connect
from headrace_codeloc.engines.docker.ends import LOG_LINES, end_of
from headrace_codeloc.engines.docker.settings import DockerSettings
from headrace_codeloc.engines.docker.words import pull_error, start_error

CALL_SECONDS = 30.0
# Who made a container and did not come to start it, or to see what became of it, will not come any more.
_ABANDONED_SECONDS = 600.0
_KEPT = "headrace/kept"
"""Label: whoever made the container wants to look at it should it end badly."""
_LOOKS, _LOOK_SECONDS = 20, 0.05
_ALIVE = ("created", "running", "restarting", "paused")
# Somebody else is doing it, or has done it.
_NOT_FOUND, _CONFLICT = 404, 409


class Containers:
    """The containers of one engine; connects when it is first used."""

    def __init__(self, settings: DockerSettings) -> None:
        self._settings = settings
        self._connection = Connected(lambda: connect(settings.base_url, CALL_SECONDS))

    @property
    def client(self) -> DockerClient:
        """The connection."""
        return self._connection.get()

    def close(self) -> None:
        """Closes the connection."""
        client = self._connection.take()
        if client is not None:
            client.close()

    def start(self, workload: Workload, settings: DockerSettings) -> bool:
        """Creates and starts a container; tells whether there was none of its name."""
        client, image = self.client, settings.image or ""
        try:
            container = self._created(workload, settings)
        except (DockerException, TypeError, ValueError) as error:
            if not isinstance(error, APIError) or error.status_code != _CONFLICT:
                raise start_error(error, settings, image) from error
            container = _made_by_another(client, workload.name)
            # Whoever made it may not have come to start it.
            if container.status == "created":
                container.start()
            return False
        try:
            for network in settings.all_networks[1:]:
                client.networks.get(network).connect(container)
            container.start()
        except Exception as error:
            _remove(container)
            raise start_error(error, settings, image) from error
        return True

    def stop(self, selector: Labels, *, kill: bool) -> None:
        """Signals containers; those that are killed are removed as well, save for those that are kept."""
        for container in self._list(selector):
            try:
                if kill and (container.status in _ALIVE or not self._settings.keep_failed):
                    _remove(container)
                elif not kill and container.status == "running":
                    container.kill("SIGTERM")
            except APIError as error:
                if error.status_code not in (_NOT_FOUND, _CONFLICT):
                    raise

    def find(self, selector: Labels) -> list[FoundWorkload]:
        """Returns containers, running or not."""
        return [FoundWorkload(each.name, each.labels, each.status in _ALIVE) for each in self._list(selector)]

    def ended(self, selector: Labels) -> list[str]:
        """Returns the ids of those that have ended and are still there."""
        return [each.id for each in self._list(selector) if each.status in ("exited", "dead") or _is_abandoned(each)]

    def end(self, container_id: str, *, remembered: bool) -> WorkloadEnd | None:
        """Returns how a container ended; None if it is gone."""
        api = self.client.api
        try:
            container = api.inspect_container(container_id)
        except NotFound:
            return None
        try:
            written = b"" if container["State"]["ExitCode"] == 0 else api.logs(container_id, tail=LOG_LINES)
        except APIError:
            written = b""  # it is being removed, or its logs go where they cannot be read from
        return end_of(container, written, remembered=remembered)

    def forget(self, container_id: str) -> None:
        """Removes what is left of a container."""
        try:
            self.client.api.remove_container(container_id, force=True, v=True)
        except APIError as error:
            if error.status_code not in (_NOT_FOUND, _CONFLICT):
                raise

    def sweep(self, deployment: str) -> None:
        """Removes what steps have left whose run lost its worker for good, so that nobody watches for their ends."""
        for container in self._list({DEPLOYMENT: deployment, KIND: "step"}):
            state = container.attrs.get("State", {})
            kept = _KEPT in container.labels and state.get("ExitCode") != 0
            if container.status in ("exited", "dead") and not kept and _is_long_ago(state.get("FinishedAt")):
                # What Docker cannot remove now must not keep anybody from watching what is alive.
                with contextlib.suppress(APIError):
                    self.forget(container.id)

    def _created(self, workload: Workload, settings: DockerSettings) -> Any:
        try:
            return self._create(workload, settings)
        except ImageNotFound:
            self._pull(settings, settings.image or "")
            return self._create(workload, settings)

    def _create(self, workload: Workload, settings: DockerSettings) -> Any:
        options = dict(settings.container_kwargs)
        given = options.pop("environment", {})
        more = given if isinstance(given, Mapping) else dict(each.partition("=")[::2] for each in given)
        labels = options.pop("labels", {})
        if settings.all_networks:
            options.setdefault("network", settings.all_networks[0])
        return self.client.containers.create(
            settings.image or "",
            command=list(workload.command),
            name=workload.name,
            detach=True,
            environment={**variables(settings.env_vars), **more, **workload.environment, **workload.secrets},
            labels={
                **(labels if isinstance(labels, Mapping) else dict.fromkeys(labels, "")),
                **({_KEPT: "true"} if settings.keep_failed else {}),
                **workload.labels,
            },
            **options,
        )

    def _pull(self, settings: DockerSettings, image: str) -> None:
        client = connect(self._settings.base_url, settings.pull_seconds)
        registry = settings.registry
        login = {"username": registry.username, "password": registry.password} if registry else None
        repository, tag = _parted(image)
        try:
            client.images.pull(repository, tag=tag, auth_config=login)
        except Exception as error:
            raise pull_error(error, settings, image) from error
        finally:
            client.close()

    def _list(self, selector: Labels) -> list[Any]:
        filters: dict[str, Any] = {"label": [f"{name}={value}" for name, value in selector.items()]}
        found: list[Any] = self.client.containers.list(all=True, filters=filters, ignore_removed=True)
        return found


def _made_by_another(client: DockerClient, name: str) -> Any:
    """Returns the container that has a name; a name is taken a moment before its container can be found."""
    for _ in range(_LOOKS):
        try:
            return client.containers.get(name)
        except NotFound:
            time.sleep(_LOOK_SECONDS)
    raise EngineUnavailableError(f"Docker says that there is a container {name}, and does not find it")


def _remove(container: Any) -> None:
    try:
        container.remove(force=True, v=True)
    except APIError as error:
        if error.status_code not in (_NOT_FOUND, _CONFLICT):
            raise


def _parted(image: str) -> tuple[str, str | None]:
    """Returns a reference as the client wants it: a tag of its own, without which it pulls every tag there is."""
    if "@" in image:
        return image, None
    name, colon, tag = image.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (image, "latest")


def _is_abandoned(container: Any) -> bool:
    return container.status == "created" and _is_long_ago(container.attrs.get("Created"))


def _is_long_ago(moment: Any) -> bool:
    """Tells whether something happened so long ago that nobody will come for it; what cannot be read did not."""
    try:
        happened = datetime.strptime(str(moment)[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    except ValueError:
        return False
    return time.time() - happened.timestamp() > _ABANDONED_SECONDS
