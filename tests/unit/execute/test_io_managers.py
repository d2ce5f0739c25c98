"""I/O managers know what they store and load, and the built-in ones give back what they got."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from headrace.definitions.assets.decorator import asset
from headrace.definitions.assets.in_out import AssetIn
from headrace.definitions.jobs.decorator import job
from headrace.definitions.ops.decorator import op
from headrace.definitions.ops.inputs import In
from headrace.definitions.ops.outputs import Out, Output
from headrace.definitions.resources.io_manager import IOManager, input_manager, io_manager
from headrace.definitions.resources.resource import resource
from headrace.errors import HandleOutputError, InvariantViolationError, StepOutputNotFoundError
from headrace.execute.contexts.input_context import InputContext
from headrace.execute.contexts.output_context import OutputContext
from headrace.execute.events.event import InputLoaded, OutputStored
from headrace.io.filesystem import fs_io_manager
from headrace.io.memory import InMemoryIOManager
from headrace.io.pickle_files import PickleFilesIOManager
from headrace.testing.contexts import build_input_context, build_output_context
from headrace.testing.materialize import materialize


class Recorder(IOManager):
    """Keeps values and the contexts it was called with."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], Any] = {}
        self.outputs: list[OutputContext] = []
        self.inputs: list[InputContext] = []

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.outputs.append(context)
        self.values[tuple(context.get_identifier())] = obj
        context.add_output_metadata({"size": 1})

    def load_input(self, context: InputContext) -> Any:
        self.inputs.append(context)
        context.add_input_metadata({"seen": True})
        return self.values[tuple(context.get_identifier())]


def manager(kind: str, directory: Path) -> IOManager:
    return PickleFilesIOManager(directory) if kind == "files" else InMemoryIOManager()


@pytest.mark.parametrize("kind", ["files", "memory"])
@pytest.mark.parametrize(
    "where",
    [
        {"run_id": "r", "step_key": "graph.step", "name": "result"},
        {"run_id": "r", "step_key": "s", "name": "result", "mapping_key": "k"},
        {"asset_key": ["a", "b"]},
        {"asset_key": "a", "partition_key": "2024-01-01/x"},
        {"asset_key": ["..", "a/../b", "%2F"]},
    ],
)
def test_what_is_stored_is_loaded(kind: str, where: Any, tmp_path: Path) -> None:
    io = manager(kind, tmp_path / "base")
    io.handle_output(build_output_context(**where), {"value": 1})
    stored = build_output_context(**where)
    io.handle_output(stored, {"value": 2})
    assert io.load_input(build_input_context(upstream_output=stored)) == {"value": 2}
    assert all(path.is_relative_to(tmp_path / "base") for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", ["files", "memory"])
def test_what_was_not_stored_is_told(kind: str, tmp_path: Path) -> None:
    context = build_input_context(asset_key=["a", "b"])
    with pytest.raises(StepOutputNotFoundError, match="a/b"):
        manager(kind, tmp_path).load_input(context)


@pytest.mark.parametrize("kind", ["files", "memory"])
def test_several_partitions_load_as_a_dict(kind: str, tmp_path: Path) -> None:
    io = manager(kind, tmp_path)
    for key in "xy":
        io.handle_output(build_output_context(asset_key="a", partition_key=key), key.upper())
    assert io.load_input(build_input_context(asset_key="a", asset_partition_keys=["x", "y"])) == {"x": "X", "y": "Y"}


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    io, context = PickleFilesIOManager(tmp_path), build_output_context(asset_key="a")
    io.handle_output(context, "old")

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        io.handle_output(context, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert io.load_input(build_input_context(asset_key="a")) == "old"


def test_the_base_directory_is_the_home_unless_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_HOME", str(tmp_path))
    assert fs_io_manager(None).path_of(["a"]) == str(tmp_path / "storage" / "a")
    configured = fs_io_manager.configured({"base_dir": "/data"})
    assert configured(None).path_of(["a"]) == "/data/a"
    monkeypatch.delenv("HEADRACE_HOME")
    assert "headrace-storage-" in fs_io_manager(None).path_of(["a"])


def test_contexts_tell_both_sides() -> None:
    recorder = Recorder()

    @op(out=Out(metadata={"table": "t"}))
    def makes() -> Any:
        return Output(5, metadata={"rows": 3})

    @op(ins={"value": In(metadata={"how": "fast"})})
    def takes(value: int) -> int:
        return value

    @job(resource_defs={"io_manager": recorder})
    def both() -> None:
        takes(makes())

    result = both.execute_in_process(run_id="r", tags={"team": "x"})
    made, loaded = recorder.outputs[0], recorder.inputs[0]
    assert (made.name, made.step_key, made.run_id, made.job_name) == ("result", "makes", "r", "both")
    assert (made.definition_metadata, made.metadata) == ({"table": "t"}, {"table": "t"})
    assert made.output_metadata["rows"].value == 3
    assert (made.op_def.name, made.has_asset_key, made.has_partition_key) == ("makes", False, False)
    assert (loaded.name, loaded.definition_metadata) == ("value", {"how": "fast"})
    assert loaded.upstream_output is not None
    assert loaded.upstream_output.step_key == "makes"
    assert loaded.upstream_output.definition_metadata == {"table": "t"}
    stored = [event.detail for event in result.all_events if isinstance(event.detail, OutputStored)]
    assert stored[0].metadata["size"].value == 1
    events = [event.detail for event in result.all_events if isinstance(event.detail, InputLoaded)]
    assert (events[0].upstream_step_key, events[0].metadata["seen"].value) == ("makes", True)


def test_contexts_of_assets_tell_key_and_definition_metadata() -> None:
    recorder = Recorder()

    @asset(key_prefix="p", metadata={"schema": "s"})
    def first() -> int:
        return 1

    @asset(ins={"given": AssetIn(key=["p", "first"])})
    def second(given: int) -> int:
        return given + 1

    assert materialize([first, second], resources={"io_manager": recorder}).asset_value("second") == 2
    run = recorder.outputs[0].run_id
    assert [context.get_identifier() for context in recorder.outputs] == [
        [run, "p__first", "result"],
        [run, "second", "result"],
    ]
    assert recorder.outputs[0].definition_metadata == {"schema": "s"}
    assert recorder.inputs[0].asset_key.path == ["p", "first"]
    assert recorder.inputs[0].upstream_output is not None
    assert recorder.inputs[0].upstream_output.definition_metadata == {"schema": "s"}


def test_each_output_and_input_may_have_its_own_manager() -> None:
    special = Recorder()

    @op(out=Out(io_manager_key="special"))
    def makes() -> int:
        return 1

    @input_manager
    def from_elsewhere(context: InputContext) -> int:
        return 40

    @op(ins={"other": In(input_manager_key="elsewhere")})
    def takes(value: int, other: int) -> int:
        return value + other

    @job(resource_defs={"special": special, "elsewhere": from_elsewhere})
    def mixed() -> None:
        made = makes()
        takes(made, makes.alias("again")())

    assert mixed.execute_in_process().output_for_node("takes") == 41
    assert len(special.inputs) == 1


def test_an_io_manager_gets_its_config_and_resources() -> None:
    @resource
    def client() -> str:
        return "client"

    @io_manager(required_resource_keys={"client"}, config_schema={"bucket": str})
    def bucket(context: Any) -> Recorder:
        assert context.resources.client == "client"
        return found

    found = Recorder()

    @op
    def makes() -> int:
        return 1

    @job(resource_defs={"io_manager": bucket, "client": client})
    def stored() -> None:
        makes()

    stored.execute_in_process({"resources": {"io_manager": {"config": {"bucket": "b"}}}})
    assert found.outputs[0].resource_config == {"bucket": "b"}
    assert found.outputs[0].resources.client == "client"


def test_an_error_of_an_io_manager_says_which_output() -> None:
    class Broken(Recorder):
        def handle_output(self, context: OutputContext, obj: Any) -> None:
            raise PermissionError("read only")

    @op
    def makes() -> int:
        return 1

    @job(resource_defs={"io_manager": Broken()})
    def failing() -> None:
        makes()

    with pytest.raises(PermissionError, match="read only"):
        failing.execute_in_process()
    failure = failing.execute_in_process(raise_on_error=False).failure
    assert failure is not None
    assert (failure.type, failure.message) == (
        HandleOutputError.__name__,
        "While storing output 'result' of step 'makes':",
    )
    assert failure.cause is not None
    assert failure.cause.type == "PermissionError"


def test_contexts_of_tests_tell_what_is_missing() -> None:
    with pytest.raises(InvariantViolationError, match="OutputContext has no step_key here"):
        _ = build_output_context().step_key
    with pytest.raises(InvariantViolationError, match="InputContext has no asset_key here"):
        _ = build_input_context().asset_key
    with pytest.raises(InvariantViolationError, match="already has metadata rows"):
        context = build_output_context(name="a")
        context.add_output_metadata({"rows": 1})
        context.add_output_metadata({"rows": 2})
    with pytest.raises(InvariantViolationError, match="is for 2 partitions"):
        _ = build_input_context(asset_key="a", asset_partition_keys=["x", "y"]).asset_partition_key
