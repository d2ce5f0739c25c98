"""Code that loads, and code that does not: the front answers, and says what is wrong and where."""

from __future__ import annotations

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from headrace.api.codeloc.v1 import code_location_service_pb2 as pb
from rig.location import FAILED, LOADED, LOADING, StartLocation

GOOD = """
    import headrace as dg

    @dg.asset
    def first(): return 1

    @dg.asset
    def second(first): return first + 1

    @dg.op
    def do_it(): pass

    @dg.job
    def one_job(): do_it()

    every_minute = dg.ScheduleDefinition(job=one_job, cron_schedule="* * * * *")

    @dg.sensor(job=one_job)
    def looking(): yield dg.SkipReason("nothing")
"""
WITH_DEFINITIONS = (
    GOOD
    + """
    defs = dg.Definitions(assets=[first], jobs=[one_job])
"""
)


def test_loose_definitions_of_a_module_are_found(start_location: StartLocation) -> None:
    location = start_location(GOOD)
    assert location.info().state == LOADED, location.info().failure
    assert location.names("job") == ["__ASSET_JOB", "one_job"]
    assert location.names("schedule") == ["one_job_schedule"]
    assert location.names("sensor") == ["looking"]
    assets = [each.asset for each in location.definitions() if each.WhichOneof("kind") == "asset"]
    assert [list(asset.asset_key.path) for asset in assets] == [["first"], ["second"]]
    assert [list(each.asset_key.path) for each in assets[1].dependencies] == [["first"]]


def test_only_what_is_in_the_definitions_exists(start_location: StartLocation) -> None:
    location = start_location(WITH_DEFINITIONS)
    assert location.names("schedule") == []
    assert len([each for each in location.definitions() if each.WhichOneof("kind") == "asset"]) == 1


def test_the_digest_is_that_of_the_stream_and_stays_while_the_code_stays(start_location: StartLocation) -> None:
    first, second = start_location(GOOD), start_location(GOOD)
    parts = [each.part for each in first.code.GetDefinitions(pb.GetDefinitionsRequest())]
    assert parts[0].HasField("header")
    assert parts[-1].trailer.digest == first.info().definitions_digest == second.info().definitions_digest
    assert parts[-1].trailer.definition_count == len(first.definitions())


@pytest.mark.proves("P12", fault="F16", of="location")
@pytest.mark.parametrize(
    ("source", "kind", "line", "words"),
    [
        ("import headrace\n\ndef broken(:\n    pass\n", "SyntaxError", 3, "invalid syntax"),
        ("import os\nimport no_such_module_here\n", "ModuleNotFoundError", 2, "no_such_module_here"),
        ("import os\n\nraise ValueError('wrong')\n", "ValueError", 3, "wrong"),
        ("import sys\nsys.exit(3)\n", "SystemExit", 2, "sys.exit(3)"),
        ("import os\nos._exit(7)\n", "LoadCrashed", 0, "exited with code 7"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", "LoadCrashed", 0, "SIGSEGV"),
        ("x = 1\n", "InvalidDefinitionError", 0, "defines nothing"),
    ],
)
def test_code_that_does_not_load_says_what_and_where(
    start_location: StartLocation, source: str, kind: str, line: int, words: str
) -> None:
    location = start_location(source)
    info = location.wait_state(FAILED)
    assert (info.failure.type, info.failure.line) == (kind, line)
    assert info.failure.file == str(location.file)
    assert words in info.failure.message
    with pytest.raises(grpc.RpcError) as caught:
        location.definitions()
    assert caught.value.code() == grpc.StatusCode.FAILED_PRECONDITION


def test_two_assets_with_one_key_are_named_with_their_places(start_location: StartLocation) -> None:
    location = start_location(
        """
        import headrace as dg

        @dg.asset(key="twice")
        def one(): ...

        @dg.asset(key="twice")
        def other(): ...

        defs = dg.Definitions(assets=[one, other])
        """
    )
    failure = location.info().failure
    assert failure.type == "DuplicateDefinitionError"
    assert "is defined twice" in failure.message
    assert f"{location.file}:" in failure.message


@pytest.mark.proves("P12", fault="F16", of="location")
def test_code_that_hangs_is_ended_and_the_line_named(start_location: StartLocation) -> None:
    location = start_location(
        """
        import time

        def wait_for_ever():
            while True:
                time.sleep(60)

        wait_for_ever()
        """,
        "--load-timeout",
        "1",
    )
    info = location.wait_state(FAILED)
    assert (info.failure.type, info.failure.file, info.failure.line) == ("LoadTimeout", str(location.file), 6)
    assert "wait_for_ever" in info.failure.stack_trace


def test_health_and_info_answer_while_the_code_is_loading(start_location: StartLocation) -> None:
    location = start_location("import time\ntime.sleep(600)\n", wait=False)
    health = health_pb2_grpc.HealthStub(location.channel).Check(health_pb2.HealthCheckRequest(), timeout=30)
    assert health.status == health_pb2.HealthCheckResponse.SERVING
    assert location.info().state == LOADING


def test_what_the_code_prints_does_not_spoil_the_readiness_line(start_location: StartLocation) -> None:
    location = start_location("print('hello from the import')\n" + "import headrace as dg\n@dg.asset\ndef a(): ...\n")
    assert location.info().state == LOADED


def test_a_file_named_like_a_module_of_the_standard_library_loads(start_location: StartLocation) -> None:
    location = start_location(GOOD, file_name="numbers.py")
    assert location.info().state == LOADED, location.info().failure
    assert location.names("job") == ["__ASSET_JOB", "one_job"]
