"""The public services over HTTP, as curl and browsers call them."""

from __future__ import annotations

import base64
import http.client
import json
import struct
import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest

from headrace.api.gateway.v1 import run_service_pb2 as pb
from rig.dev import DevInstance
from rig.prometheus import check_metrics

RUNS = "/headrace.api.gateway.v1.RunService"
EVENTS = "/headrace.api.gateway.v1.EventService"
JSON = {"content-type": "application/json"}
CONNECT_JSON = {"content-type": "application/connect+json"}


def call(
    dev: DevInstance,
    path: str,
    body: bytes | dict[str, Any] = b"",
    headers: dict[str, str] | None = None,
    verb: str = "POST",
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(dev.web).netloc, timeout=30)
    try:
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        connection.request(verb, path, data if verb == "POST" else None, JSON if headers is None else headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def post(dev: DevInstance, method: str, body: dict[str, Any]) -> Any:
    status, _, data = call(dev, f"{RUNS}/{method}", body)
    assert status == 200, data
    return json.loads(data)


def enveloped(document: dict[str, Any]) -> bytes:
    data = json.dumps(document).encode()
    return struct.pack(">BI", 0, len(data)) + data


def envelopes(body: bytes) -> Iterator[tuple[int, Any]]:
    while body:
        flags, length = struct.unpack_from(">BI", body)
        yield flags, json.loads(body[5 : 5 + length])
        body = body[5 + length :]


@pytest.fixture(scope="module")
def run_id(numbers_dev: DevInstance) -> str:
    made = post(numbers_dev, "CreateRun", {"jobName": "process_numbers"})
    assert made["created"] is True
    return str(made["run"]["runId"])


def test_a_run_is_made_and_followed_line_by_line(numbers_dev: DevInstance, run_id: str) -> None:
    status, headers, body = call(numbers_dev, f"{RUNS}/WatchRun", {"runId": run_id})
    assert (status, headers["content-type"]) == (200, "application/x-ndjson")
    events = [event for line in body.splitlines() for event in json.loads(line).get("events", [])]
    assert [int(event["sequence"]) for event in events] == list(range(1, len(events) + 1))
    assert events[-1]["runStateChanged"]["state"] == "RUN_STATE_SUCCEEDED"


def test_a_stream_has_envelopes_and_an_end(numbers_dev: DevInstance, run_id: str) -> None:
    status, headers, body = call(numbers_dev, f"{RUNS}/WatchRun", enveloped({"runId": run_id}), CONNECT_JSON)
    assert (status, headers["content-type"]) == (200, "application/connect+json")
    *messages, (flags, end) = envelopes(body)
    assert (flags, end) == (2, {})
    assert all(flag == 0 for flag, _ in messages)
    assert sum(len(message.get("events", [])) for _, message in messages) > 20


def test_a_page_of_a_list_is_gone_on_with_as_a_stream(numbers_dev: DevInstance, run_id: str) -> None:
    call(numbers_dev, f"{RUNS}/WatchRun", {"runId": run_id})
    _, _, body = call(numbers_dev, f"{EVENTS}/ListEvents", {"runId": run_id, "pageSize": 3})
    page = json.loads(body)
    assert [int(event["sequence"]) for event in page["events"]] == [1, 2, 3]
    _, _, rest = call(numbers_dev, f"{RUNS}/WatchRun", {"runId": run_id, "cursor": page["nextPageToken"]})
    events = [event for line in rest.splitlines() for event in json.loads(line).get("events", [])]
    assert int(events[0]["sequence"]) == 4


def test_an_error_of_a_stream_is_in_its_end(numbers_dev: DevInstance) -> None:
    status, _, body = call(numbers_dev, f"{RUNS}/WatchRun", enveloped({"runId": "nothing"}), CONNECT_JSON)
    ((flags, end),) = envelopes(body)
    assert (status, flags) == (200, 2)
    assert end["error"]["code"] == "not_found"
    assert end["error"]["details"][0]["debug"]["reason"] == "RUN_NOT_FOUND"


def test_an_error_has_its_status_its_code_and_its_details(numbers_dev: DevInstance) -> None:
    status, headers, body = call(numbers_dev, f"{RUNS}/CreateRun", {"jobName": "process_nombers"})
    error = json.loads(body)
    assert (status, headers["content-type"], error["code"]) == (404, "application/json", "not_found")
    assert "did you mean 'process_numbers'" in error["message"]
    detail = error["details"][0]
    assert (detail["type"], detail["debug"]["reason"]) == ("google.rpc.ErrorInfo", "TARGET_NOT_FOUND")


def test_a_misspelled_field_is_refused_by_name(numbers_dev: DevInstance) -> None:
    status, _, body = call(numbers_dev, f"{RUNS}/CreateRun", {"jobNam": "process_numbers"})
    error = json.loads(body)
    assert (status, error["code"]) == (400, "invalid_argument")
    assert "jobNam" in error["message"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"\xff", b'{"pageSize": "many"}'])
def test_a_body_that_is_no_request_is_refused(numbers_dev: DevInstance, body: bytes) -> None:
    status, _, answer = call(numbers_dev, f"{RUNS}/ListRuns", body)
    assert (status, json.loads(answer)["code"]) == (400, "invalid_argument")


def test_a_body_beyond_the_limit_is_refused(numbers_dev: DevInstance) -> None:
    status, _, answer = call(numbers_dev, f"{RUNS}/ListRuns", b" " * (4 * 1024 * 1024 + 1))
    assert (status, json.loads(answer)["code"]) == (429, "resource_exhausted")


def test_protobuf_is_spoken_too(numbers_dev: DevInstance, run_id: str) -> None:
    request = pb.GetRunRequest(run_id=run_id).SerializeToString()
    status, headers, body = call(numbers_dev, f"{RUNS}/GetRun", request, {"content-type": "application/proto"})
    assert (status, headers["content-type"]) == (200, "application/proto")
    assert pb.GetRunResponse.FromString(body).run.run_id == run_id


def test_what_has_no_side_effects_may_be_got(numbers_dev: DevInstance, run_id: str) -> None:
    query = urllib.parse.urlencode({"connect": "v1", "encoding": "json", "message": json.dumps({"runId": run_id})})
    status, _, body = call(numbers_dev, f"{RUNS}/GetRun?{query}", verb="GET")
    assert (status, json.loads(body)["run"]["runId"]) == (200, run_id)
    message = base64.urlsafe_b64encode(json.dumps({"runId": run_id}).encode()).decode().rstrip("=")
    query = urllib.parse.urlencode({"encoding": "json", "base64": "1", "message": message})
    assert call(numbers_dev, f"{RUNS}/GetRun?{query}", verb="GET")[0] == 200


def test_what_has_side_effects_may_not_be_got(numbers_dev: DevInstance) -> None:
    status, headers, _ = call(numbers_dev, f"{RUNS}/CreateRun?encoding=json&message=%7B%7D", verb="GET")
    assert (status, headers["allow"]) == (405, "POST")


def test_other_content_types_are_refused(numbers_dev: DevInstance) -> None:
    status, headers, _ = call(numbers_dev, f"{RUNS}/ListRuns", b"", {"content-type": "text/plain"})
    assert status == 415
    assert "application/json" in headers["accept-post"]


def test_a_deadline_is_kept(numbers_dev: DevInstance) -> None:
    headers = JSON | {"connect-timeout-ms": "200"}
    _, _, body = call(numbers_dev, f"{EVENTS}/WatchEvents", {}, headers)
    assert json.loads(body.splitlines()[-1])["error"]["code"] == "deadline_exceeded"


@pytest.mark.parametrize(
    "path", [f"{RUNS}/NoSuchMethod", "/headrace.api.storage.v1.RunStoreService/ListRuns", "/nothing"]
)
def test_nothing_else_is_offered(numbers_dev: DevInstance, path: str) -> None:
    status, _, body = call(numbers_dev, path, {})
    assert status == 404
    if not path.startswith("/headrace.api."):
        assert b"/metrics, /healthz, /headrace.api.gateway.v1." in body


def test_health_and_metrics_are_beside_it(numbers_dev: DevInstance) -> None:
    assert call(numbers_dev, "/healthz", verb="GET")[0] == 200
    status, _, body = call(numbers_dev, "/metrics", verb="GET")
    assert status == 200
    check_metrics(body.decode())
