"""The contract keeps its conventions, and each rule catches what it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.api_rules import RULES, Rule, compile_contract

PROTOS = Path(__file__).parents[2] / "protos"

HEADER = """
syntax = "proto3";
package headrace.api.toys.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
"""
READS = "{ option idempotency_level = NO_SIDE_EFFECTS; }"
WRITES = "{ option idempotency_level = IDEMPOTENT; }"


def service(methods: str, messages: str) -> str:
    return f"service ToyService {{ {methods} }} {messages}"


KEEPS_ALL_RULES = service(
    f"""
    rpc ListToys(ListToysRequest) returns (ListToysResponse) {READS}
    rpc WatchToys(WatchToysRequest) returns (stream WatchToysResponse) {READS}
    rpc CreateToy(CreateToyRequest) returns (CreateToyResponse) {WRITES}
    rpc RenewToy(RenewToyRequest) returns (RenewToyResponse) {WRITES}
    """,
    """
    message ListToysRequest { int32 page_size = 1; string page_token = 2; }
    message ListToysResponse { string next_page_token = 1; }
    message WatchToysRequest { string cursor = 1; }
    message WatchToysResponse { string cursor = 1; bool caught_up = 2; }
    message CreateToyRequest { string request_id = 1; google.protobuf.Timestamp create_time = 2; ToyState state = 3; }
    message CreateToyResponse { bool created = 1; google.protobuf.Duration timeout = 2; }
    message RenewToyRequest { int64 epoch = 1; }
    message RenewToyResponse { map<string, string> tags = 1; }
    // ToyState is open: it may grow.
    enum ToyState { TOY_STATE_UNSPECIFIED = 0; }
    """,
)

VIOLATIONS = {
    "a second service in a file": (
        "service AService {} service BService {}",
        "holds 2 services, a *_service.proto file holds exactly one",
    ),
    "a file too long": ("\n" * 321, "has 327 lines, at most 320 keep it readable"),
    "a method without a noun": (
        service(
            f"rpc Ping(PingRequest) returns (PingResponse) {READS}", "message PingRequest {} message PingResponse {}"
        ),
        "Ping: a method is a verb and a noun",
    ),
    "a method that does not say whether it may be repeated": (
        service(
            "rpc GetToy(Request) returns (Response);", "message Request { string request_id = 1; } message Response {}"
        ),
        "GetToy: set option idempotency_level",
    ),
    "a mutation without a request id": (
        service(f"rpc CreateToy(Request) returns (Response) {WRITES}", "message Request {} message Response {}"),
        "CreateToy: a mutation carries request_id, or the epoch of a lease",
    ),
    "a list request without pages": (
        service(
            f"rpc ListToys(Request) returns (Response) {READS}",
            "message Request { int32 page_size = 1; } message Response { string next_page_token = 1; }",
        ),
        "ListToys: the request needs page_size and page_token",
    ),
    "a list response without pages": (
        service(
            f"rpc ListToys(Request) returns (Response) {READS}",
            "message Request { int32 page_size = 1; string page_token = 2; } message Response {}",
        ),
        "ListToys: the response needs next_page_token",
    ),
    "a watch that answers once": (
        service(
            f"rpc WatchToys(Request) returns (Response) {READS}",
            "message Request { string cursor = 1; } message Response { string cursor = 1; bool caught_up = 2; }",
        ),
        "WatchToys: a watch streams its responses",
    ),
    "a watch that starts anywhere": (
        service(
            f"rpc WatchToys(Request) returns (stream Response) {READS}",
            "message Request {} message Response { string cursor = 1; bool caught_up = 2; }",
        ),
        "WatchToys: the request needs cursor",
    ),
    "a watch that cannot be resumed": (
        service(
            f"rpc WatchToys(Request) returns (stream Response) {READS}",
            "message Request { string cursor = 1; } message Response { bool caught_up = 1; }",
        ),
        "WatchToys: the response needs cursor and caught_up",
    ),
    "a verb that streams": (
        service(f"rpc PlanToy(Request) returns (stream Response) {READS}", "message Request {} message Response {}"),
        "PlanToy: only Watch, Get, Read, Write methods stream",
    ),
    "a read that takes a stream": (
        service(f"rpc GetToy(stream Request) returns (Response) {READS}", "message Request {} message Response {}"),
        "GetToy: only Write methods take a stream",
    ),
    "a timestamp by another name": (
        service("", "message Toy { google.protobuf.Timestamp created = 1; }"),
        "Toy.created: a Timestamp is named *_time",
    ),
    "a time in a number": (
        service("", "message Toy { int64 create_time = 1; }"),
        "Toy.create_time: *_time is a Timestamp",
    ),
    "a time named at": (
        service("", "message Toy { string created_at = 1; }"),
        "Toy.created_at: say *_time",
    ),
    "a span in a number": (
        service("", "message Toy { int64 timeout_seconds = 1; }"),
        "Toy.timeout_seconds: a span is a Duration, named for the thing and not for its unit",
    ),
    "an enum that does not say whether it grows": (
        service("", "message Toy { enum Kind { KIND_UNSPECIFIED = 0; } }"),
        "Kind: the comment says whether the enum is open (may grow) or closed",
    ),
    "a container for anything": (
        service("", "message Toy { google.protobuf.Struct config = 1; }"),
        "Toy.config: Struct is untyped; write the message it stands for",
    ),
    "text that stands for a message": (
        service("", "message Toy { string config_json = 1; }"),
        "Toy.config_json: write a message, not its text in a string",
    ),
    "bytes outside a payload": (
        service("", "message Toy { bytes blob = 1; }"),
        "Toy.blob: bytes belong in a Payload",
    ),
    "a status": (
        service("", "message Toy { message Part { string toy_status = 1; } }"),
        "Part.toy_status: say state",
    ),
}


def complaints(root: Path) -> list[str]:
    return [
        f"{file.descriptor.name}: {what}" for file in compile_contract(root) for rule in RULES for what in rule(file)
    ]


def write_toy(folder: Path, text: str) -> Path:
    path = folder / "headrace/api/toys/v1/toy_service.proto"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + text)
    return folder


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_contract_keeps_the_rule(rule: Rule, contract_files: list) -> None:
    assert [f"{file.descriptor.name}: {what}" for file in contract_files for what in rule(file)] == []


@pytest.fixture(scope="module")
def contract_files() -> list:
    files = compile_contract(PROTOS)
    assert files, "the contract is empty"
    return files


def test_a_contract_that_keeps_all_rules_passes(tmp_path: Path) -> None:
    assert complaints(write_toy(tmp_path, KEEPS_ALL_RULES)) == []


@pytest.mark.parametrize("text, complaint", VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_violation_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    assert f"headrace/api/toys/v1/toy_service.proto: {complaint}" in complaints(write_toy(tmp_path, text))


def test_a_resource_file_with_a_service_is_named(tmp_path: Path) -> None:
    root = write_toy(tmp_path, "service ToyService {}")
    (root / "headrace/api/toys/v1/toy_service.proto").rename(root / "headrace/api/toys/v1/toy.proto")
    assert complaints(root) == [
        "headrace/api/toys/v1/toy.proto: holds a service, so its name must end in _service.proto"
    ]


def test_a_change_that_anybody_might_make_is_named(tmp_path: Path) -> None:
    text = service(
        "rpc BreakToy(BreakToyRequest) returns (BreakToyResponse) { option idempotency_level = IDEMPOTENT; }",
        "message BreakToyRequest { string request_id = 1; } message BreakToyResponse {}",
    )
    path = tmp_path / "headrace/api/gateway/v1/toy_service.proto"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER.replace("api.toys", "api.gateway") + text)
    assert complaints(tmp_path) == [
        "headrace/api/gateway/v1/toy_service.proto: BreakToy: set option (headrace.api.types.v1.needed_role)"
    ]
