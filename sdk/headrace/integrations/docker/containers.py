"""Containers that a step makes, and that are gone when it ends."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from headrace.definitions.ops.failure import Failure
from headrace.integrations.endings import plain
from headrace.integrations.vendor import vendor

_STOP_SECONDS = 10
"""How long a container has to end when its step is canceled; then it is killed."""


@contextmanager
def attached(container: Any) -> Iterator[Iterator[tuple[str, bytes]]]:
    """Gives what a container prints, in pieces, with the stream that each is of; begin before it starts."""
    # Whoever attaches to a container that has ended already may wait for ever.
    stream = container.attach(stdout=True, stderr=True, stream=True, demux=True)
    try:
        yield _named(stream)
    finally:
        with suppress(OSError):
            stream.close()
        # Closing the stream leaves its answer open.
        stream._response.close()


def _named(printed: Iterable[tuple[bytes | None, bytes | None]]) -> Iterator[tuple[str, bytes]]:
    for stdout, stderr in printed:
        for name, piece in (("stdout", stdout), ("stderr", stderr)):
            if piece:
                yield name, piece


@contextmanager
def opened_engine(registry: Mapping[str, str] | None) -> Iterator[Any]:
    """Connects to the engine that `DOCKER_HOST` names, and logs in to a registry."""
    with _explained("connect to"):
        engine = vendor("docker", "docker").from_env(version="auto")
    try:
        if registry:
            with _explained(f"log in to {registry['url']} at"):
                engine.login(registry=registry["url"], username=registry["username"], password=registry["password"])
        yield engine
    finally:
        engine.close()


@contextmanager
def new_container(engine: Any, image: str, options: Mapping[str, Any]) -> Iterator[Any]:
    """Makes a container, which is told to end and removed however the step ends."""
    # In a thread, which a cancel does not break off: Docker would go on making what nobody knows of.
    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(_created, engine, image, options)
        try:
            yield made.result()
        finally:
            if made.exception() is None:
                made.result().stop(timeout=_STOP_SECONDS)
                made.result().remove(force=True, v=True)


def start(container: Any) -> None:
    """Starts a container.

    Raises:
        Failure: the engine does not; the message has its own words.
    """
    with _explained(f"start a container of {container.attrs['Config']['Image']} at"):
        container.start()


def _created(engine: Any, image: str, options: Mapping[str, Any]) -> Any:
    with _explained(f"make a container of {image} at"):
        try:
            return engine.containers.create(image, **options)
        except vendor("docker.errors", "docker").ImageNotFound:
            with _explained(f"pull {image} at", "build or push it, correct its name, or give registry"):
                engine.images.pull(image)
            return engine.containers.create(image, **options)


@contextmanager
def _explained(doing: str, remedy: str = "") -> Iterator[None]:
    errors = vendor("docker.errors", "docker")
    try:
        yield
    except errors.APIError as error:
        said = plain(error.explanation or error)
        raise Failure(
            f"Docker could not {doing.removesuffix(' at')}: {said}{f'; {remedy}' if remedy else ''}."
        ) from error
    except (errors.DockerException, OSError) as error:
        where = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
        raise Failure(
            f"This step cannot {doing} the Docker engine at {where}: {plain(error)}; start it there, let this user use its "
            "socket, or say where it is by DOCKER_HOST."
        ) from error
    except (TypeError, ValueError) as error:
        raise Failure(
            f"Docker's client cannot {doing.removesuffix(' at')}: {error}; correct container_kwargs."
        ) from error
