"""Code in a container of Docker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headrace.execute.contexts.context import OpExecutionContext
from headrace.integrations.docker.containers import attached, new_container, opened_engine, start
from headrace.pipes.client import PipesClient, PipesClientCompletedInvocation
from headrace.pipes.errors import PipesExecutionError
from headrace.pipes.injectors import PipesContextInjector, PipesEnvContextInjector
from headrace.pipes.readers import PipesMessageReader
from headrace.pipes.session import PipesSession, open_pipes_session
from headrace.pipes.stream_reader import PipesStreamMessageReader


class PipesDockerLogsMessageReader(PipesStreamMessageReader):
    """Takes messages out of what a container prints."""


class PipesDockerClient(PipesClient):
    """Starts a container, takes what its code reports, and removes it.

    The engine is the one that `DOCKER_HOST` names.

    Args:
        env: Environment variables of the containers.
        registry: Where to log in before images are pulled: `url`, `username` and `password`.
        context_injector: Hands over the context; in an environment variable when left out.
        message_reader: Takes messages; out of what the container prints when left out.
    """

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        registry: Mapping[str, str] | None = None,
        context_injector: PipesContextInjector | None = None,
        message_reader: PipesMessageReader | None = None,
    ) -> None:
        self.env = dict(env or {})
        self.registry = registry
        self.context_injector = context_injector or PipesEnvContextInjector()
        self.message_reader = message_reader or PipesDockerLogsMessageReader()

    def run(  # type: ignore[override]
        self,
        *,
        context: OpExecutionContext,
        image: str,
        command: str | Sequence[str] | None = None,
        extras: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        registry: Mapping[str, str] | None = None,
        container_kwargs: Mapping[str, Any] | None = None,
    ) -> PipesClientCompletedInvocation:
        """Starts a container, takes its messages, and returns when it has ended.

        Args:
            context: The context of the op or asset.
            image: The image; pulled if it is not there.
            command: What it executes; what the image says when left out.
            extras: Anything more that the code shall know; it must be JSON.
            env: More environment variables.
            registry: Where to log in, instead of where the client says.
            container_kwargs: What else `containers.create` of the Docker client takes.

        Raises:
            PipesExecutionError: the container ended with an exit code other than 0.
        """
        with open_pipes_session(context, self.context_injector, self.message_reader, extras) as session:
            options = self._options(session, command, env or {}, container_kwargs or {})
            with opened_engine(registry or self.registry) as engine, new_container(engine, image, options) as container:
                if isinstance(self.message_reader, PipesStreamMessageReader):
                    with attached(container) as printed:
                        _start(container, session)
                        self.message_reader.consume(printed)
                else:
                    _start(container, session)
                code = container.wait()["StatusCode"]
        if code != 0:
            raise PipesExecutionError(f"The container of {image} failed with code {code}.")
        return PipesClientCompletedInvocation(session)

    def _options(
        self,
        session: PipesSession,
        command: str | Sequence[str] | None,
        env: Mapping[str, str],
        container_kwargs: Mapping[str, Any],
    ) -> Mapping[str, Any]:
        options = dict(container_kwargs)
        said = options.pop("environment", None) or {}
        given = said if isinstance(said, Mapping) else dict(each.partition("=")[::2] for each in said)
        environment = {**given, **self.env, **env, **session.get_bootstrap_env_vars()}
        return {"command": command, **options, "environment": environment}


def _start(container: Any, session: PipesSession) -> None:
    start(container)
    session.report_launched({"container_id": container.id})
