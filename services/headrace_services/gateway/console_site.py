"""Serves the console: its files, and its one page for every address that a browser may be given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from headrace_services.gateway.connect.http import Exchange
from headrace_services.gateway.console_files import CONSOLE, SECURITY_HEADERS, find_file

_PAGE = "index.html"
_TEXT = {"content-type": "text/plain; charset=utf-8"}
_NOTHING = (
    b"there is nothing here; there is /metrics, /healthz, /headrace.api.gateway.v1...., and to a browser the console\n"
)
_NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Headrace</title>
<h1>The console is not built</h1>
<p>This gateway runs from sources. Build the console once with <code>make console</code> (it needs Node and npm), then load
this page again. What is installed with <code>pip</code> has it built in.</p>
<p>Everything else works meanwhile: <code>headrace run list</code>, <code>headrace asset list</code>, and the API on this
port and over gRPC.</p>
</html>
"""


class ConsoleSite:
    """The console as an ASGI application.

    Args:
        root: Where the built console lies.
    """

    def __init__(self, root: Path = CONSOLE) -> None:
        self._root = root

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one HTTP request."""
        http = Exchange(scope, receive, send)
        if http.verb not in ("GET", "HEAD"):
            return await _answer(http, 404, _NOTHING, _TEXT)
        path = str(scope["path"]).lstrip("/")
        encodings = http.headers.get("accept-encoding", "")
        file = find_file(self._root, path, encodings)
        if file is None and _is_page(path, http.headers.get("accept", "")):
            file = find_file(self._root, _PAGE, encodings)
            if file is None:
                return await _answer(http, 503, _NOT_BUILT.encode(), {"content-type": "text/html; charset=utf-8"})
        if file is None:
            return await _answer(http, 404, _NOTHING, _TEXT)
        if http.headers.get("if-none-match") == file.headers["etag"]:
            return await http.answer(304, b"", file.headers)
        await _answer(http, 200, file.content, file.headers)


def _is_page(path: str, accept: str) -> bool:
    # Browsers ask for HTML when they are given an address; a program that errs is told so instead of getting a page.
    return path == "" or ("text/html" in accept and not path.startswith("static/"))


async def _answer(http: Exchange, status: int, body: bytes, headers: Any) -> None:
    await http.begin(status, {**SECURITY_HEADERS, **headers, "content-length": str(len(body))})
    await http.write(b"" if http.verb == "HEAD" else body, more=False)
