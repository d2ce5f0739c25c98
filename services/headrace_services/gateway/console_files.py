"""The console as files: found, negotiated, and sent with what a browser has to know about them."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CONSOLE = Path(__file__).parent / "console" / "dist"

# Files below it carry a digest of their content in their name.
_IMMUTABLE = "static/"
_YEAR_SECONDS = 31_536_000
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_SAFE_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}

# Scripts come from here alone and are files, so that nothing a user wrote is ever executed; styles are set on
# elements by the editor and the graph. Nothing is loaded from, or told to, another host.
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the form that a caller takes.

    Attributes:
        content: Its bytes, compressed if `headers` say so.
        headers: What is told about it.
    """

    content: bytes
    headers: Mapping[str, str]


def find_file(root: Path, path: str, accept_encoding: str) -> StoredFile | None:
    """Returns the file at a path below `root`; None if there is none."""
    if not _SAFE_PATH.fullmatch(path) or ".." in path or path.endswith((".br", ".gz")):
        return None
    file = root / path
    if not file.is_file():
        return None
    encoding, stored = _stored_form(file, accept_encoding)
    stat = stored.stat()
    headers = {
        "content-type": _content_type(file),
        "cache-control": f"public, max-age={_YEAR_SECONDS}, immutable" if path.startswith(_IMMUTABLE) else "no-cache",
        "etag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"',
        "vary": "accept-encoding",
        **SECURITY_HEADERS,
    }
    if encoding:
        headers["content-encoding"] = encoding
    return StoredFile(stored.read_bytes(), headers)


def _stored_form(file: Path, accept_encoding: str) -> tuple[str, Path]:
    accepted = {each.partition(";")[0].strip() for each in accept_encoding.split(",") if not _refused(each)}
    for encoding, suffix in _ENCODINGS:
        compressed = file.with_name(file.name + suffix)
        if encoding in accepted and compressed.is_file():
            return encoding, compressed
    return "", file


def _refused(entry: str) -> bool:
    return re.search(r";\s*q=0(\.0*)?\s*$", entry) is not None


def _content_type(file: Path) -> str:
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind == "image/svg+xml"
    return f"{kind}; charset=utf-8" if text else kind
