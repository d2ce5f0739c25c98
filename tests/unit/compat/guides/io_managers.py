"""I/O managers."""

import json
import os
import tempfile
from pathlib import Path

import dagster as dg


class JsonFiles(dg.ConfigurableIOManager):
    root_path: str

    def _path(self, key: dg.AssetKey) -> str:
        return os.path.join(self.root_path, *key.path) + ".json"

    def handle_output(self, context: dg.OutputContext, obj) -> None:
        path = self._path(context.asset_key)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(json.dumps(obj))
        context.add_output_metadata({"path": dg.MetadataValue.path(path), "bytes": len(json.dumps(obj))})

    def load_input(self, context: dg.InputContext):
        return json.loads(Path(self._path(context.asset_key)).read_text())


class Tables(dg.IOManager):
    def __init__(self) -> None:
        self.stored = {}

    def handle_output(self, context: dg.OutputContext, obj) -> None:
        self.stored[context.step_key, context.name] = (
            obj,
            dict(context.output_metadata or {}),
            dict(context.definition_metadata or {}),
        )

    def load_input(self, context: dg.InputContext):
        return self.stored[context.upstream_output.step_key, context.upstream_output.name][0]


def test_an_io_manager_for_assets():
    @dg.asset
    def upstream() -> list:
        return [1, 2]

    @dg.asset(key_prefix="down")
    def downstream(upstream: list) -> int:
        return sum(upstream)

    root = tempfile.mkdtemp()
    result = dg.materialize([upstream, downstream], resources={"io_manager": JsonFiles(root_path=root)})
    assert json.loads(Path(root, "down", "downstream.json").read_text()) == 3
    metadata = result.asset_materializations_for_node("upstream")[0].metadata
    assert metadata["path"].path.endswith("upstream.json") and metadata["bytes"].value == 6


def test_several_io_managers():
    first, second = Tables(), Tables()

    @dg.asset(io_manager_key="first")
    def one() -> int:
        return 1

    @dg.multi_asset(
        outs={"two": dg.AssetOut(io_manager_key="second", metadata={"schema": "s"}), "three": dg.AssetOut()}
    )
    def others(one):
        return 2, 3

    result = dg.materialize(
        [one, others], resources={"first": first, "second": second, "io_manager": dg.mem_io_manager}
    )
    assert result.success
    assert first.stored["one", "result"][0] == 1
    assert second.stored["others", "two"] == (2, {}, {"schema": "s"})


def test_an_io_manager_for_each_output():
    tables = Tables()

    @dg.op(out=dg.Out(io_manager_key="tables", metadata={"table": "t"}))
    def make() -> int:
        return 1

    @dg.op
    def use(value: int) -> int:
        return value + 1

    @dg.job(
        resource_defs={"tables": dg.IOManagerDefinition.hardcoded_io_manager(tables), "io_manager": dg.fs_io_manager}
    )
    def two_managers():
        use(make())

    assert two_managers.execute_in_process().output_for_node("use") == 2
    assert tables.stored["make", "result"][2] == {"table": "t"}


def test_the_older_function():
    @dg.io_manager(config_schema={"prefix": str}, required_resource_keys={"store"})
    def prefixed(context: dg.InitResourceContext) -> dg.IOManager:
        class Prefixed(dg.IOManager):
            def handle_output(self, output, obj):
                context.resources.store[context.resource_config["prefix"] + output.name] = obj

            def load_input(self, given):
                return context.resources.store[context.resource_config["prefix"] + given.upstream_output.name]

        return Prefixed()

    store: dict = {}

    @dg.op
    def make() -> int:
        return 1

    @dg.op
    def use(value: int) -> int:
        return value + 1

    @dg.job(
        resource_defs={
            "io_manager": prefixed.configured({"prefix": "p_"}),
            "store": dg.ResourceDefinition.hardcoded_resource(store),
        }
    )
    def older():
        use(make())

    assert older.execute_in_process().output_for_node("use") == 2
    assert store == {"p_result": 2}


def test_another_loader_for_an_input():
    class AsText(JsonFiles):
        def load_input(self, context: dg.InputContext) -> str:
            return Path(self._path(context.upstream_output.asset_key)).read_text()

    @dg.asset
    def numbers() -> list:
        return [1, 2]

    @dg.asset(ins={"numbers": dg.AssetIn(input_manager_key="as_text")})
    def text(numbers) -> str:
        return numbers

    root = tempfile.mkdtemp()
    resources = {"io_manager": JsonFiles(root_path=root), "as_text": AsText(root_path=root)}
    assert dg.materialize([numbers, text], resources=resources).output_for_node("text") == "[1, 2]"


def test_inputs_that_come_from_no_op():
    @dg.input_manager
    def simple():
        return "from nowhere"

    @dg.input_manager(input_config_schema={"table": str})
    def configured(context):
        return f"table {context.config['table']}"

    class Loader(dg.InputManager):
        def load_input(self, context: dg.InputContext):
            return "from a class" if context.upstream_output is None else "upstream"

    @dg.input_manager
    def loader():
        return Loader()

    @dg.op(
        ins={
            "a": dg.In(input_manager_key="simple"),
            "b": dg.In(input_manager_key="configured"),
            "c": dg.In(input_manager_key="loader"),
        }
    )
    def use(a, b, c) -> tuple:
        return (a, b, c)

    @dg.job(resource_defs={"simple": simple, "configured": configured, "loader": loader})
    def loading():
        use()

    result = loading.execute_in_process({"ops": {"use": {"inputs": {"b": {"table": "t"}}}}})
    assert result.output_for_node("use") == ("from nowhere", "table t", "from a class")


def test_inputs_from_config():
    @dg.op(ins={"number": dg.In(int)})
    def double(number):
        return number * 2

    @dg.job
    def doubling():
        double()

    config = {"ops": {"double": {"inputs": {"number": 4}}}}
    assert doubling.execute_in_process(run_config=config).output_for_node("double") == 8
    config = {"ops": {"double": {"inputs": {"number": {"value": 4}}}}}
    assert doubling.execute_in_process(run_config=config).output_for_node("double") == 8


def test_outputs_with_metadata_and_events():
    seen = {}

    class Watching(dg.IOManager):
        def handle_output(self, context: dg.OutputContext, obj):
            seen.update(context.output_metadata, run=context.run_id, resource=context.resources.words)
            yield dg.AssetMaterialization(asset_key="logged", metadata={"rows": len(obj)})

        def load_input(self, context):
            return []

    @dg.io_manager(required_resource_keys={"words"})
    def watching(_):
        return Watching()

    @dg.op
    def make(context):
        context.add_output_metadata({"a": 1})
        return [1]

    @dg.job(resource_defs={"io_manager": watching, "words": dg.ResourceDefinition.hardcoded_resource("w")})
    def watched():
        make()

    result = watched.execute_in_process()
    assert seen == {"a": dg.MetadataValue.int(1), "run": result.run_id, "resource": "w"} or seen["a"] == 1
    assert result.asset_materializations_for_node("make")[0].metadata["rows"].value == 1


def test_partitions_are_stored_apart():
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
    def letters(context: dg.AssetExecutionContext) -> str:
        return context.partition_key

    @dg.asset
    def together(letters: dict[str, str]) -> str:
        return "".join(letters[key] for key in sorted(letters))

    resources = {"io_manager": dg.FilesystemIOManager(base_dir=tempfile.mkdtemp())}
    for key in ("a", "b"):
        assert dg.materialize([letters], partition_key=key, resources=resources).success
    assert (
        dg.materialize([letters, together], selection=[together], resources=resources).output_for_node("together")
        == "ab"
    )


def test_a_partition_with_a_window_of_time():
    seen = []

    class Windows(dg.ConfigurableIOManager):
        def handle_output(self, context: dg.OutputContext, obj) -> None:
            seen.append((context.asset_partition_key, context.asset_partitions_time_window))

        def load_input(self, context: dg.InputContext):
            return (context.asset_partition_key, context.has_asset_partitions, list(context.asset_partition_keys))

    daily = dg.DailyPartitionsDefinition(start_date="2024-01-01")

    @dg.asset(partitions_def=daily)
    def up() -> int:
        return 1

    @dg.asset(partitions_def=daily, io_manager_key="memory")
    def down(up: tuple) -> tuple:
        return up

    resources = {"io_manager": Windows(), "memory": dg.mem_io_manager}
    result = dg.materialize([up, down], partition_key="2024-01-02", resources=resources)
    assert result.output_for_node("down") == ("2024-01-02", True, ["2024-01-02"])
    key, window = seen[0]
    assert (key, window.start.day, window.end.day) == ("2024-01-02", 2, 3)


def test_upath_files():
    from upath import UPath

    class TextFiles(dg.UPathIOManager):
        extension = ".txt"

        def dump_to_path(self, context: dg.OutputContext, obj, path: UPath) -> None:
            path.write_text(str(obj))

        def load_from_path(self, context: dg.InputContext, path: UPath) -> str:
            return path.read_text()

    class TextFilesResource(dg.ConfigurableIOManagerFactory):
        base_path: str

        def create_io_manager(self, context) -> TextFiles:
            return TextFiles(base_path=UPath(self.base_path))

    @dg.asset
    def number() -> int:
        return 5

    @dg.asset
    def text(number: str) -> str:
        return number + "!"

    root = tempfile.mkdtemp()
    result = dg.materialize([number, text], resources={"io_manager": TextFilesResource(base_path=root)})
    assert result.success and Path(root, "text.txt").read_text() == "5!"


def test_io_managers_alone():
    root = tempfile.mkdtemp()
    manager = JsonFiles(root_path=root)
    output = dg.build_output_context(asset_key=dg.AssetKey("x"))
    manager.handle_output(output, [1])
    assert manager.load_input(dg.build_input_context(asset_key=dg.AssetKey("x"), upstream_output=output)) == [1]
    assert output.get_logged_metadata()["bytes"] in (3, dg.MetadataValue.int(3))
