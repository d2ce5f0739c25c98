"""Where things are stored below a base path, as parts of relative paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from headrace.definitions.partitions.multi_key import MultiPartitionKey
from headrace.io.file_names import escaped, shortened

if TYPE_CHECKING:
    from upath import UPath

ESCAPED_SLASH = "%2F"


def coerce_to_relative_parts(path: UPath) -> tuple[str, ...]:
    """The parts of a path, to be joined onto a base; of an absolute path the root becomes text in the first part.

    Joining an absolute path would forget the base, and dropping the root would let two keys share a place.
    """
    text = str(path)
    if not text.startswith("/"):
        return tuple(path.parts)
    first, *others = text.lstrip("/").split("/")
    return (f"{ESCAPED_SLASH}{first}", *others)


def partition_segments(key: str) -> list[str]:
    """A partition's key as names of directories and, at last, of a file: slashes part them, and none leads out of the tree."""
    first, *others = (escaped(segment) for segment in partition_path(key).split("/"))
    if not first and others:
        first = f"{ESCAPED_SLASH}{others.pop(0)}"
    return [shortened(segment or ESCAPED_SLASH) for segment in (first, *others)]


def partition_path(key: str) -> str:
    """A partition's key as a path; a key in several dimensions has a segment for each."""
    return "/".join(key.keys_by_dimension.values()) if isinstance(key, MultiPartitionKey) else key


def with_suffix(path: UPath, suffix: str | None) -> UPath:
    """A path with a suffix added to what its name has, dots included."""
    return path.with_name(f"{path.name}{suffix}") if suffix else path


def with_suffixes(paths: Mapping[str, UPath], suffix: str | None) -> dict[str, UPath]:
    """The same for several paths."""
    return {key: with_suffix(path, suffix) for key, path in paths.items()}
