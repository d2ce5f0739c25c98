"""Containers of a Docker engine."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from docker import DockerClient
from docker.errors import APIError, ImageNotFound, NotFound

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.base import (
    Ended,
    EngineUnavailableError,
    FoundWorkload,
    HopelessWorkloadError,
    Labels,
    Workload,
)
from headrace_codeloc.engines.docker.client import EventStream, connect
from headrace_codeloc.engines.docker.ends import LOG_LINES, end_of, end_unseen
from headrace_codeloc.engines.docker.settings import DockerSettings
from headrace_codeloc.engines.docker.words import engine_error, pull_error, start_error

T = TypeVar("T")
logger = logging.getLogger(__name__)

_THREADS = 8
_CALL_SECONDS = 30.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
# Who made a container and did not come to start it will not come any more.
_ABANDONED_SECONDS = 600.0
_MOST_TOLD = 10_000
_LOOKS, _LOOK_SECONDS = 20, 0.05
_CONFLICT = 409


class DockerEngine:
    """Talks to the engine through its official client, whose calls block: each has a thread and a deadline."""

    kind = "docker"

    def __init__(self, settings: DockerSettings) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(_THREADS, "headrace-docker")
        self._client: DockerClient | None = None
        self._told: OrderedDict[str, None] = OrderedDict()

    async def start(self, workload: Workload) -> bool:
        """Creates and starts a container, unless there is one of the workload's name."""
        try:
            settings = self._settings.for_workload(workload)
            variables = settings.variables()
        except InvalidConfigError as error:
            raise HopelessWorkloadError(str(error)) from error
        if not settings.image:
            raise HopelessWorkloadError(
                "no image is named: serve the code location with --image or HEADRACE_CURRENT_IMAGE, or give the launcher "
                "the key image"
            )
        return await self._do(self._start, workload, settings, variables)

    async def stop(self, selector: Labels, *, kill: bool) -> None:
        """Signals containers; those that are killed are removed as well."""
        await self._do(self._stop, selector, kill)

    async def find(self, selector: Labels) -> Sequence[FoundWorkload]:
        """Returns containers, running or not."""
        return await self._do(self._find, selector)

    async def watch(self, selector: Labels, ended: Ended) -> None:
        """Follows the engine's events; what happened while nobody listened shows in the list of containers."""
        pause, first = _FIRST_PAUSE, True
        since: int | None = None
        while True:
            try:
                stream = await self._do(EventStream, self._connected(), selector, since)
                try:
                    await self._tell_ended(selector, ended, remembered=first)
                    pause, first = _FIRST_PAUSE, False
                    while (event := await stream.next()) is not None:
                        since = int(event["time"])
                        await self._died(event, ended)
                finally:
                    stream.close()
            except Exception as error:
                # Whatever it was, also of those who are told: what was not told is found again.
                logger.warning("containers are not watched for a moment", extra={"problem": str(error)})
            await asyncio.sleep(random.uniform(pause / 2, pause))
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def close(self) -> None:
        """Closes the client."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _do(self, act: Callable[..., T], *args: Any) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, act, *args)
        except (HopelessWorkloadError, EngineUnavailableError):
            raise
        except Exception as error:
            raise engine_error(error, self._settings.base_url, "do what it was asked") from error

    def _connected(self) -> DockerClient:
        if self._client is None:
            self._client = connect(self._settings.base_url, _CALL_SECONDS)
        return self._client

    def _start(self, workload: Workload, settings: DockerSettings, variables: Mapping[str, str]) -> bool:
        client, image = self._connected(), settings.image or ""
        try:
            try:
                container = self._create(client, workload, settings, variables)
            except ImageNotFound:
                self._pull(settings, image)
                container = self._create(client, workload, settings, variables)
        except APIError as error:
            if error.status_code != _CONFLICT:
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

    def _create(
        self, client: DockerClient, workload: Workload, settings: DockerSettings, variables: Mapping[str, str]
    ) -> Any:
        options = dict(settings.container_kwargs)
        given = options.pop("environment", {})
        more = given if isinstance(given, Mapping) else dict(each.partition("=")[::2] for each in given)
        labels = options.pop("labels", {})
        networks = settings.all_networks
        if networks:
            options.setdefault("network", networks[0])
        return client.containers.create(
            settings.image or "",
            command=list(workload.command),
            name=workload.name,
            detach=True,
            environment={**variables, **more, **workload.environment, **workload.secrets},
            labels={**(labels if isinstance(labels, Mapping) else dict.fromkeys(labels, "")), **workload.labels},
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

    def _stop(self, selector: Labels, kill: bool) -> None:
        for container in self._containers(selector):
            try:
                if kill:
                    _remove(container)
                elif container.status == "running":
                    container.kill("SIGTERM")
            except APIError as error:
                if error.status_code not in (404, _CONFLICT):
                    raise

    def _find(self, selector: Labels) -> list[FoundWorkload]:
        alive = ("created", "running", "restarting", "paused")
        return [FoundWorkload(each.name, each.labels, each.status in alive) for each in self._containers(selector)]

    def _containers(self, selector: Labels) -> list[Any]:
        found: list[Any] = self._connected().containers.list(
            all=True, filters={"label": labels_of(selector)}, ignore_removed=True
        )
        return found

    async def _tell_ended(self, selector: Labels, ended: Ended, *, remembered: bool) -> None:
        def over() -> list[str]:
            found = self._containers(selector)
            return [each.id for each in found if each.status in ("exited", "dead") or _is_abandoned(each)]

        for container_id in await self._do(over):
            await self._tell(container_id, ended, lambda: None, remembered=remembered)

    async def _died(self, event: Mapping[str, Any], ended: Ended) -> None:
        attributes = event["Actor"]["Attributes"]
        labels = {key: value for key, value in attributes.items() if key.startswith("headrace/")}
        gone = lambda: end_unseen(attributes.get("name", ""), labels, attributes.get("exitCode", ""))  # noqa: E731
        await self._tell(event["Actor"]["ID"], ended, gone, remembered=False)

    async def _tell(self, container_id: str, ended: Ended, otherwise: Callable[[], Any], *, remembered: bool) -> None:
        if container_id in self._told:
            return
        end = await self._do(self._inspected, container_id, remembered) or otherwise()
        if end is None:
            return
        await ended(end)
        self._told[container_id] = None
        if len(self._told) > _MOST_TOLD:
            self._told.popitem(last=False)
        if end.kind == "normal" or not self._settings.keep_failed:
            await self._do(self._forget, container_id)

    def _inspected(self, container_id: str, remembered: bool) -> Any:
        api = self._connected().api
        try:
            container = api.inspect_container(container_id)
        except NotFound:
            return None
        try:
            written = b"" if container["State"]["ExitCode"] == 0 else api.logs(container_id, tail=LOG_LINES)
        except APIError:
            written = b""  # it is being removed, or its logs go where they cannot be read from
        return end_of(container, written, remembered=remembered)

    def _forget(self, container_id: str) -> None:
        try:
            self._connected().api.remove_container(container_id, force=True, v=True)
        except APIError as error:
            # Somebody else removes it, or has.
            if error.status_code not in (404, _CONFLICT):
                raise


def labels_of(selector: Labels) -> list[str]:
    """Returns a selector as filters of the engine."""
    return [f"{name}={value}" for name, value in selector.items()]


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
        if error.status_code not in (404, _CONFLICT):
            raise


def _parted(image: str) -> tuple[str, str | None]:
    """Returns a reference as the client wants it: a tag of its own, without which it pulls every tag there is."""
    if "@" in image:
        return image, None
    name, colon, tag = image.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (image, "latest")


def _is_abandoned(container: Any) -> bool:
    if container.status != "created":
        return False
    made = container.attrs.get("Created", "")
    return isinstance(made, str) and _age_seconds(made) > _ABANDONED_SECONDS


def _age_seconds(moment: str) -> float:
    try:
        return time.time() - time.mktime(time.strptime(moment[:19], "%Y-%m-%dT%H:%M:%S")) + time.timezone
    except ValueError:
        return 0.0
