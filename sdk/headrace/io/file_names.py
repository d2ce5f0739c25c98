"""Names of files for keys that users make up."""

from __future__ import annotations

import hashlib

# File systems take 255 bytes; suffixes and temporary files need some of them.
_LONGEST_BYTES = 200
_DIGEST_DIGITS = 16


def file_name(key: str) -> str:
    """A key as the name of one file: no path, nothing that climbs out of a tree, and never too long.

    Different keys have different names: a name that is cut ends in a digest of all of it.
    """
    return shortened(escaped(key).replace("/", "%2F"))


def escaped(segment: str) -> str:
    """A segment of a path that means nothing but itself."""
    return segment.replace(".", "%2E") if segment in (".", "..") else segment.replace("%", "%25")


def shortened(name: str) -> str:
    """A name that file systems take."""
    data = name.encode()
    if len(data) <= _LONGEST_BYTES:
        return name
    digest = hashlib.sha256(data).hexdigest()[:_DIGEST_DIGITS]
    # No other name has a percent sign before anything but two digits.
    return data[: _LONGEST_BYTES - len(digest) - 2].decode(errors="ignore") + f"%~{digest}"
