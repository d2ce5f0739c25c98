from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from rig.prometheus import StartPrometheus, check_metrics
from rig.waiting import wait_until

PAGE = "# HELP answers_total Answers given.\n# TYPE answers_total counter\nanswers_total 42\n"


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def page() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_page_is_scraped(start_prometheus: StartPrometheus, page: str) -> None:
    server = start_prometheus(
        f"""
scrape_configs:
  - job_name: page
    scrape_interval: 1s
    static_configs: [{{targets: ["{page}"]}}]
"""
    )
    [sample] = wait_until(lambda: server.query("answers_total"), what="a scrape")
    assert sample["value"][1] == "42"
    assert [target["health"] for target in server.targets()] == ["up"]


def test_a_page_without_help_is_refused() -> None:
    check_metrics(PAGE)
    with pytest.raises(AssertionError, match="no help text"):
        check_metrics("# TYPE answers_total counter\nanswers_total 42\n")
