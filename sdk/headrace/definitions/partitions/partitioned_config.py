"""Run config that is made for each partition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from headrace.config.run_config import to_run_config
from headrace.definitions.partitions.dynamic import DynamicPartitionsDefinition
from headrace.definitions.partitions.partitions_definition import PartitionsDefinition
from headrace.definitions.partitions.static import StaticPartitionsDefinition
from headrace.definitions.tags import normalize_tags
from headrace.errors import InvalidDefinitionError, InvalidInvocationError

ConfigOfKey = Callable[[str], Any]
TagsOfKey = Callable[[str], Mapping[str, str]]


class PartitionedConfig:
    """Run config, and tags, that a function makes for each partition; given to a job as its `config`.

    Args:
        partitions_def: The partitions.
        run_config_for_partition_fn: The older name of `run_config_for_partition_key_fn`.
        decorated_fn: What calling this object calls; the decorated function.
        tags_for_partition_fn: The older name of `tags_for_partition_key_fn`.
        run_config_for_partition_key_fn: Makes the run config from a partition key.
        tags_for_partition_key_fn: Makes tags of the run from a partition key.
    """

    def __init__(
        self,
        partitions_def: PartitionsDefinition,
        run_config_for_partition_fn: ConfigOfKey | None = None,
        decorated_fn: Callable[..., Any] | None = None,
        tags_for_partition_fn: TagsOfKey | None = None,
        run_config_for_partition_key_fn: ConfigOfKey | None = None,
        tags_for_partition_key_fn: TagsOfKey | None = None,
    ) -> None:
        if not isinstance(partitions_def, PartitionsDefinition):
            raise InvalidDefinitionError(f"PartitionedConfig takes a PartitionsDefinition, not {partitions_def!r}.")
        config_fn = run_config_for_partition_key_fn or run_config_for_partition_fn
        if config_fn is None or (run_config_for_partition_key_fn and run_config_for_partition_fn):
            raise InvalidDefinitionError(
                "PartitionedConfig takes one function for the run config: run_config_for_partition_key_fn."
            )
        if tags_for_partition_key_fn and tags_for_partition_fn:
            raise InvalidDefinitionError(
                "PartitionedConfig takes one function for the tags: tags_for_partition_key_fn."
            )
        self.partitions_def = partitions_def
        self.decorated_fn = decorated_fn
        self.run_config_for_partition_key_fn: ConfigOfKey = config_fn
        self.tags_for_partition_key_fn = tags_for_partition_key_fn or tags_for_partition_fn

    def get_partition_keys(self, current_time: datetime | None = None) -> Sequence[str]:
        """The keys of the partitions."""
        return self.partitions_def.get_partition_keys(current_time)

    def get_run_config_for_partition_key(self, partition_key: str) -> dict[str, Any]:
        """The run config of a partition."""
        return dict(to_run_config(self.run_config_for_partition_key_fn(partition_key)))

    def get_tags_for_partition_key(self, partition_key: str, job_name: str | None = None) -> dict[str, str]:
        """The tags of a partition's run."""
        own = self.tags_for_partition_key_fn(partition_key) if self.tags_for_partition_key_fn else {}
        tags = normalize_tags(own, f"The tags of partition {partition_key!r}")
        return {**tags, **self.partitions_def.get_tags_for_partition_key(partition_key)}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the decorated function, as tests do."""
        if self.decorated_fn is None:
            raise InvalidInvocationError("This PartitionedConfig was made without a decorated function to call.")
        return self.decorated_fn(*args, **kwargs)


def partitioned_config(
    partitions_def: PartitionsDefinition, tags_for_partition_key_fn: TagsOfKey | None = None
) -> Callable[[ConfigOfKey], PartitionedConfig]:
    """Makes partitioned config of a function that takes a partition key and returns run config.

    Args:
        partitions_def: The partitions, of any kind.
        tags_for_partition_key_fn: Makes tags of the run from a partition key.
    """
    return _by_key(partitions_def, None, tags_for_partition_key_fn)


def static_partitioned_config(
    partition_keys: Sequence[str],
    tags_for_partition_fn: TagsOfKey | None = None,
    tags_for_partition_key_fn: TagsOfKey | None = None,
) -> Callable[[ConfigOfKey], PartitionedConfig]:
    """Makes partitioned config of a function that takes a partition key and returns run config.

    Args:
        partition_keys: The keys.
        tags_for_partition_fn: The older name of `tags_for_partition_key_fn`.
        tags_for_partition_key_fn: Makes tags of the run from a partition key.
    """
    return _by_key(StaticPartitionsDefinition(partition_keys), tags_for_partition_fn, tags_for_partition_key_fn)


def dynamic_partitioned_config(
    partition_fn: Callable[[datetime | None], Sequence[str]],
    tags_for_partition_fn: TagsOfKey | None = None,
    tags_for_partition_key_fn: TagsOfKey | None = None,
) -> Callable[[ConfigOfKey], PartitionedConfig]:
    """Makes partitioned config of a function that takes a partition key and returns run config.

    Args:
        partition_fn: Makes the keys from a time.
        tags_for_partition_fn: The older name of `tags_for_partition_key_fn`.
        tags_for_partition_key_fn: Makes tags of the run from a partition key.
    """
    return _by_key(DynamicPartitionsDefinition(partition_fn), tags_for_partition_fn, tags_for_partition_key_fn)


def _by_key(
    partitions_def: PartitionsDefinition, older_tags: TagsOfKey | None, tags: TagsOfKey | None
) -> Callable[[ConfigOfKey], PartitionedConfig]:
    def make(function: ConfigOfKey) -> PartitionedConfig:
        return PartitionedConfig(
            partitions_def,
            decorated_fn=function,
            run_config_for_partition_key_fn=function,
            tags_for_partition_fn=older_tags,
            tags_for_partition_key_fn=tags,
        )

    return make
