"""Tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from headrace.api.types.v1.metadata_pb2 import Tag


def to_tags(tags: Mapping[str, str]) -> list[Tag]:
    """Writes tags, sorted by key as the contract asks."""
    return [Tag(key=key, value=value) for key, value in sorted(tags.items())]


def from_tags(messages: Iterable[Tag]) -> dict[str, str]:
    """Reads tags."""
    return {tag.key: tag.value for tag in messages}
