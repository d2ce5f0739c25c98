"""Something that is no op of ours, as a container of Docker that a step makes and waits for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headrace.config.fields import Field
from headrace.config.sources import StringSource
from headrace.definitions.ops.decorator import op
from headrace.definitions.ops.failure import Failure
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.types import Nothing
from headrace.execute.contexts.context import OpExecutionContext
from headrace.integrations.docker.containers import attached, new_container, opened_engine, start
from headrace.integrations.docker.executor import DOCKER_FIELDS
from headrace.integrations.endings import by_exit_code
from headrace.integrations.engine_executor import optional
from headrace.integrations.env_vars import variables
from headrace.integrations.printed import print_lines

_SHARED = ("registry", "env_vars", "network", "networks", "container_kwargs")


def execute_docker_container(
    context: OpExecutionContext,
    image: str,
    entrypoint: str | Sequence[str] | None = None,
    command: str | Sequence[str] | None = None,
    networks: Sequence[str] | None = None,
    registry: Mapping[str, str] | None = None,
    env_vars: Sequence[str] | None = None,
    container_kwargs: Mapping[str, Any] | None = None,
) -> None:
    """Starts a container, prints what it prints, and returns when it has succeeded; then it is removed.

    The engine is the one that `DOCKER_HOST` names.

    Args:
        context: The context of the op.
        image: The image; pulled if it is not there.
        entrypoint: What its container executes; what the image says when left out.
        command: The arguments of that.
        networks: What it is connected to.
        registry: Where to log in before the image is pulled: `url`, `username` and `password`.
        env_vars: `NAME=value`, or `NAME` for a variable of this process.
        container_kwargs: What else `containers.create` of the Docker client takes.

    Raises:
        Failure: there could be no such container, or it failed.
        InvalidConfigError: a variable is not set here.
    """
    options = dict(container_kwargs or {})
    said = options.pop("environment", None) or {}
    given = said if isinstance(said, Mapping) else dict(each.partition("=")[::2] for each in said)
    options["environment"] = {**given, **variables(env_vars or ())}
    first, *others = networks or (None,)
    options |= {
        key: each for key, each in (("entrypoint", entrypoint), ("command", command), ("network", first)) if each
    }
    with opened_engine(registry) as engine, new_container(engine, image, options) as container:
        for network in others:
            engine.networks.get(network).connect(container)
        context.log.info("Made container %s of %s.", container.name, image)
        with attached(container) as printed:
            start(container)
            print_lines(printed)
        result = container.wait()
    kind, how = by_exit_code(f"The container of {image}", result["StatusCode"])
    if kind != "normal":
        raise Failure(f"{how}.")


@op(
    ins={"start_after": In(Nothing)},
    config_schema={
        "image": Field(StringSource, description="The image; pulled if it is not there."),
        "entrypoint": optional([str], "What its container executes; what the image says when left out."),
        "command": optional([str], "The arguments of that."),
        **{name: DOCKER_FIELDS[name] for name in _SHARED},
    },
)
def docker_container_op(context: OpExecutionContext) -> None:
    """Starts a container, and waits for its end; see `execute_docker_container`."""
    config = dict(context.op_config)
    network = config.pop("network", None)
    config["networks"] = [*([network] if network else ()), *config.get("networks", ())]
    execute_docker_container(context, **config)
