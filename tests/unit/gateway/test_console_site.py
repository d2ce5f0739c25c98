"""The console is served as files that browsers keep, and as one page for every address."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from headrace_services.gateway.console_site import ConsoleSite

HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def site(tmp_path: Path) -> ConsoleSite:
    """A console with one page and one script."""
    (tmp_path / "static").mkdir()
    (tmp_path / "index.html").write_text("<p>page</p>")
    (tmp_path / "static/app-1.js").write_text("script")
    (tmp_path / "static/app-1.js.gz").write_bytes(gzip.compress(b"script"))
    (tmp_path / "static/app-1.js.br").write_bytes(b"brotli")
    (tmp_path.parent / "secret").write_text("secret")
    return ConsoleSite(tmp_path)


async def ask(
    site: ConsoleSite, path: str, headers: dict[str, str] | None = None, verb: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []
    pairs = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]

    async def send(message: Any) -> None:
        sent.append(message)

    await site({"type": "http", "method": verb, "path": path, "headers": pairs}, None, send)
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize("path", ["/runs", "/assets/a/b.csv", "/locations/x/jobs/y"])
async def test_a_browser_gets_the_page_for_every_address(site: ConsoleSite, path: str) -> None:
    status, headers, body = await ask(site, path, HTML)
    assert (status, body) == (200, b"<p>page</p>")
    assert headers["cache-control"] == "no-cache"


async def test_a_program_is_told_where_there_is_nothing(site: ConsoleSite) -> None:
    status, _, body = await ask(site, "/runs", {"accept": "*/*"})
    assert status == 404
    assert b"/metrics, /healthz" in body
    assert (await ask(site, "/runs", HTML, verb="POST"))[0] == 404


@pytest.mark.parametrize(
    "accepted, encoding, body",
    [("gzip, br", "br", b"brotli"), ("gzip", "gzip", None), ("br;q=0", None, b"script"), ("", None, b"script")],
)
async def test_a_script_is_sent_as_it_lies_there_compressed(
    site: ConsoleSite, accepted: str, encoding: str | None, body: bytes | None
) -> None:
    status, headers, sent = await ask(site, "/static/app-1.js", {"accept-encoding": accepted})
    assert (status, headers.get("content-encoding")) == (200, encoding)
    assert sent == body if body is not None else gzip.decompress(sent) == b"script"
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["vary"] == "accept-encoding"


async def test_what_has_a_digest_in_its_name_is_kept_for_good(site: ConsoleSite) -> None:
    _, headers, _ = await ask(site, "/static/app-1.js")
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_what_has_not_changed_is_not_sent_again(site: ConsoleSite) -> None:
    _, headers, _ = await ask(site, "/", HTML)
    status, _, body = await ask(site, "/", {**HTML, "if-none-match": headers["etag"]})
    assert (status, body) == (304, b"")


async def test_head_tells_the_length_and_sends_nothing(site: ConsoleSite) -> None:
    status, headers, body = await ask(site, "/", HTML, verb="HEAD")
    assert (status, headers["content-length"], body) == (200, "11", b"")


@pytest.mark.parametrize(
    "path", ["/../secret", "/static/../../secret", "/static/%2e%2e/secret", "//etc/passwd", "/static"]
)
async def test_nothing_outside_is_sent(site: ConsoleSite, path: str) -> None:
    status, _, body = await ask(site, path)
    assert status == 404
    assert b"secret" not in body


async def test_a_script_that_is_gone_is_not_answered_with_the_page(site: ConsoleSite) -> None:
    assert (await ask(site, "/static/app-0.js", HTML))[0] == 404


async def test_every_answer_says_what_may_be_executed(site: ConsoleSite) -> None:
    for path in ("/", "/static/app-1.js", "/nothing"):
        _, headers, _ = await ask(site, path)
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "'unsafe-inline'" not in policy.partition("style-src")[0]
        assert headers["x-content-type-options"] == "nosniff"


async def test_a_console_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    status, headers, body = await ask(ConsoleSite(tmp_path / "nothing"), "/", HTML)
    assert (status, headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert b"make console" in body
