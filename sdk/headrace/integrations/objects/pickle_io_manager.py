"""Values as pickled objects, whoever provides the bucket."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

from headrace.definitions.metadata.values import MetadataValue
from headrace.definitions.resources.io_manager import IOManager
from headrace.integrations.objects.store import ObjectStore
from headrace.io.partition_values import load_partitions, refuse_several_partitions
from headrace.io.paths import partition_path
from headrace.io.pickle_files import pickled

if TYPE_CHECKING:
    from headrace.execute.contexts.input_context import InputContext
    from headrace.execute.contexts.output_context import OutputContext

PREFIX = "dagster"
"""The prefix that code written for Dagster relies on: what it has stored is found."""


class PickledObjects(IOManager):
    """Stores each value as one pickled object.

    An op's output goes to `<prefix>/storage/<run>/<step>/<output>`, an asset to `<prefix>/<parts of its key>`, with a
    partition below. Slashes in a partition's key part it, and so do several dimensions.

    Args:
        store: The bucket.
        prefix: Begins all keys.
    """

    def __init__(self, store: ObjectStore, prefix: str) -> None:
        self._store = store
        self._prefix = prefix.strip("/")

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Write the object."""
        refuse_several_partitions(context, self)
        key = self._key_of(context)
        data = pickled(obj, self._store.url(key))
        context.log.debug("Writing %d bytes to %s.", len(data), self._store.url(key))
        self._store.put(key, data)
        if obj is not None:
            context.add_output_metadata(
                {
                    "path": MetadataValue.path(key),
                    "uri": MetadataValue.path(self._store.url(key)),
                    "size_bytes": MetadataValue.int(len(data)),
                }
            )

    def load_input(self, context: InputContext) -> Any:
        """Read the object; for several partitions, a dict of their values by partition key; for none, None."""
        if context.has_asset_partitions and len(context.asset_partition_keys) != 1:
            return load_partitions(context, lambda partition: self._read(self._partition_key(context, partition)))
        return self._read(self._key_of(context if context.upstream_output is None else context.upstream_output))

    def has_output(self, context: OutputContext) -> bool:
        """Whether the output is stored already."""
        return self._store.exists(self._key_of(context))

    def _read(self, key: str) -> Any:
        return pickle.loads(self._store.get(key))

    def _key_of(self, context: InputContext | OutputContext) -> str:
        if not context.has_asset_key:
            return self._below_prefix("storage", *context.get_identifier())
        if context.has_asset_partitions:
            return self._partition_key(context, context.asset_partition_key)
        return self._below_prefix(*context.asset_key.path)

    def _partition_key(self, context: InputContext | OutputContext, partition: str) -> str:
        return self._below_prefix(*context.asset_key.path, partition_path(partition))

    def _below_prefix(self, *parts: str) -> str:
        return "/".join((self._prefix, *parts) if self._prefix else parts)
