"""What users say of containers: under `run_launcher`, `container_context: docker`, in an executor's config, in tags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, field_validator

from headrace.errors import InvalidConfigError
from headrace_codeloc.engines.settings import EngineSettings

CONFIG_TAG = "headrace/docker"
"""A tag of a job, run or step: JSON, with the keys of `DockerSettings`."""
_OURS = ("image", "command", "name", "detach", "labels_of_headrace")


class Registry(BaseModel):
    """Where images come from, and who may have them."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str
    username: str = ""
    password: str = ""


class DockerSettings(EngineSettings):
    """The keys.

    Attributes:
        image: The image, where the code location names none.
        registry: Where to log in before an image is pulled.
        env_vars: `NAME=value`, or `NAME` for the value that the launcher has.
        network: A network to connect containers to.
        networks: Several of them.
        container_kwargs: What else `containers.create` of the Docker client takes: `volumes`, `mem_limit`, …
        base_url: The engine; by default what `DOCKER_HOST` says.
        keep_failed: Whether containers that ended badly are left for somebody to look at.
        pull_seconds: How long an image may take to come.
    """

    LAUNCHER_ONLY: ClassVar[frozenset[str]] = frozenset({"base_url"})

    image: str | None = None
    registry: Registry | None = None
    env_vars: tuple[str, ...] = ()
    network: str | None = None
    networks: tuple[str, ...] = ()
    container_kwargs: Mapping[str, Any] = Field(default_factory=dict)
    base_url: str | None = None
    keep_failed: bool = False
    pull_seconds: float = Field(600.0, gt=0)

    @field_validator("container_kwargs")
    @classmethod
    def _leaves_ours_alone(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        taken = sorted(set(value) & set(_OURS))
        if taken:
            raise ValueError(f"{taken[0]} is said by Headrace itself, or has a key of its own")
        return value

    @classmethod
    def layer_of_tags(cls, tags: Mapping[str, str]) -> Mapping[str, Any]:
        """Returns what the tag `headrace/docker` says."""
        text = tags.get(CONFIG_TAG, "")
        if not text:
            return {}
        try:
            found = json.loads(text)
        except ValueError as error:
            raise InvalidConfigError(f"the tag {CONFIG_TAG} must be JSON: {error}") from error
        if not isinstance(found, dict):
            raise InvalidConfigError(f"the tag {CONFIG_TAG} must be a JSON object")
        return found

    @property
    def all_networks(self) -> tuple[str, ...]:
        """The networks to connect a container to, each once."""
        return tuple(dict.fromkeys((*((self.network,) if self.network else ()), *self.networks)))
