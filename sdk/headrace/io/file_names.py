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
    name = key.replace(".", "%2E") if key in (".", "..") else key.replace("%", "%25").replace("/", "%2F")
    data = name.encode()
    if len(data) <= _LONGEST_BYTES:
        return name
    digest = hashlib.sha256(data).hexdigest()[:_DIGEST_DIGITS]
    # No other name has a percent sign before anything but two digits.
    return data[: _LONGEST_BYTES - len(digest) - 2].decode(errors="ignore") + f"%~{digest}"
