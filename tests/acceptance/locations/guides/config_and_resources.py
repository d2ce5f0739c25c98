"""Config, resources and I/O managers, as the guides write them."""

import enum
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import dagster as dg
from pydantic import Field, PrivateAttr

ROOT = os.environ.get("GUIDES_DIRECTORY") or tempfile.gettempdir()


# Config


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Cat(dg.Config):
    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(dg.Config):
    kind: Literal["dog"] = "dog"
    tricks: list[str] = []


class Inner(dg.Config):
    host: str = "localhost"
    port: int = Field(5432, description="Where it listens.", gt=0)


class Report(dg.Config):
    name: str
    inner: Inner = Inner()
    color: Color = Color.RED
    limit: int | None = None
    labels: dict[str, str] = {}
    animal: Cat | Dog = Field(discriminator="kind", default=Cat())
    token: str = dg.EnvVar("GUIDES_TOKEN")


class Open(dg.PermissiveConfig):
    known: int


@dg.op
def pydantic_config(config: Report) -> None:
    assert (config.name, config.inner.port, config.color, config.limit) == ("sales", 1, Color.BLUE, None), config
    assert config.animal.tricks == ["sit"] and config.token == "t0ken" and config.labels == {"a": "b"}


@dg.op
def open_config(config: Open) -> None:
    assert config.known == 1 and config.other == 2


@dg.op(
    config_schema={
        "shape": dg.Shape({"x": dg.Field(int, default_value=1), "y": dg.Noneable(str)}),
        "choice": dg.Selector({"file": {"path": str}, "url": str}),
        "table": dg.Map(str, int, key_label_name="name"),
        "several": dg.Array(dg.Shape({"n": int})),
        "color": dg.Enum("Color", [dg.EnumValue("RED", Color.RED), dg.EnumValue("BLUE", Color.BLUE)]),
        "secret": dg.StringSource,
        "port": dg.IntSource,
        "yes": dg.BoolSource,
        "either": dg.ScalarUnion(scalar_type=str, non_scalar_schema={"a": int}),
        "rest": dg.Field(dg.Permissive({"a": dg.Field(float, is_required=False)}), is_required=False),
        "when": dg.Field(dg.Any, default_value="now"),
    }
)
def older_config(context) -> None:
    c = context.op_config
    assert c["shape"] == {"x": 1, "y": None} and c["choice"] == {"url": "u"} and c["table"] == {"k": 1}
    assert c["several"] == [{"n": 1}] and c["color"] is Color.RED and c["secret"] == "t0ken" and c["port"] == 7
    assert c["yes"] is True and c["either"] == "s" and c["when"] == "now"


@dg.configured(older_config, {"url": str})
def preset_config(config):
    return {
        "shape": {"y": None},
        "choice": {"url": config["url"]},
        "table": {"k": 1},
        "several": [{"n": 1}],
        "color": "RED",
        "secret": {"env": "GUIDES_TOKEN"},
        "port": {"env": "GUIDES_PORT"},
        "yes": True,
        "either": "s",
    }


@dg.job
def configured_job():
    pydantic_config()
    open_config()
    preset_config()


@dg.job(
    config=dg.RunConfig(
        ops={
            "pydantic_config": Report(
                name="sales", inner=Inner(port=1), color=Color.BLUE, labels={"a": "b"}, animal=Dog(tricks=["sit"])
            ),
            "open_config": Open(known=1, other=2),
        }
    )
)
def preconfigured_job():
    pydantic_config()
    open_config()


# Resources


class Credentials(dg.ConfigurableResource):
    user: str
    password: str = dg.EnvVar("GUIDES_TOKEN")


class Database(dg.ConfigurableResource):
    credentials: Credentials
    host: str = "db"
    _open: bool = PrivateAttr(default=False)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Database"]:
        self._open = True
        try:
            yield self
        finally:
            self._open = False

    def query(self, text: str) -> str:
        assert self._open
        return f"{self.credentials.user}:{self.credentials.password}@{self.host}: {text}"


class Cache(dg.ConfigurableResource):
    size: int
    _entries: dict = PrivateAttr(default_factory=dict)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        self._entries["ready"] = self.size

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        self._entries.clear()


@dg.resource({"prefix": str})
def prefixer(context: dg.InitResourceContext):
    return lambda text: context.resource_config["prefix"] + text


@dg.resource(config_schema={"start": int}, required_resource_keys={"cache"}, description="Counts.")
def counter(context):
    values = [context.resource_config["start"], context.resources.cache.size]
    yield values
    values.clear()


@dg.asset
def queried(
    context: dg.AssetExecutionContext, database: Database, cache: dg.ResourceParam[Any], prefixed: dg.ResourceParam[Any]
):
    assert database.query("q") == "me:t0ken@db2: q", database.query("q")
    assert cache._entries == {"ready": 5}
    assert prefixed("x") == "p-x"
    assert context.resources.database is not None


@dg.asset(required_resource_keys={"counter", "settings"})
def counted(context):
    assert context.resources.counter == [3, 5]
    assert context.resources.settings["mode"] == "fast"


@dg.asset(resource_defs={"own": dg.ResourceDefinition.hardcoded_resource("mine")})
def with_own(context):
    assert context.resources.own == "mine"


@dg.asset(required_resource_keys={"late"})
def bound_late(context):
    assert context.resources.late == "bound"


# I/O managers


class LineManager(dg.ConfigurableIOManager):
    folder: str

    def path(self, context) -> str:
        return os.path.join(self.folder, "-".join(context.asset_key.path) + ".txt")

    def handle_output(self, context: dg.OutputContext, obj: list[str]) -> None:
        os.makedirs(self.folder, exist_ok=True)
        with open(self.path(context), "w") as file:
            file.write("\n".join(obj))
        context.add_output_metadata({"lines": len(obj), "path": dg.MetadataValue.path(self.path(context))})

    def load_input(self, context: dg.InputContext) -> list[str]:
        assert context.upstream_output.definition_metadata["kind"] == "lines"
        with open(self.path(context.upstream_output)) as file:
            return file.read().split("\n")


class Stored(dg.IOManager):
    def __init__(self, folder: str) -> None:
        self.folder = folder

    def handle_output(self, context, obj):
        os.makedirs(self.folder, exist_ok=True)
        with open(os.path.join(self.folder, context.asset_key.to_python_identifier()), "w") as file:
            file.write(obj)

    def load_input(self, context):
        with open(os.path.join(self.folder, context.asset_key.to_python_identifier())) as file:
            return file.read()


class StoredFactory(dg.ConfigurableIOManagerFactory):
    name: str

    def create_io_manager(self, context) -> Stored:
        return Stored(os.path.join(ROOT, self.name))


@dg.io_manager(config_schema={"folder": dg.Field(str, is_required=False)}, required_resource_keys={"settings"})
def older_manager(context):
    assert context.resources.settings["mode"] == "fast"
    return LineManager(folder=context.resource_config.get("folder", os.path.join(ROOT, "older")))


@dg.input_manager
def shouting(context: dg.InputContext):
    with open(os.path.join(ROOT, "lines", "lines.txt")) as file:
        return file.read().upper().split("\n")


@dg.asset(io_manager_key="stored")
def kept() -> str:
    return "kept"


@dg.asset
def reads_kept(kept: str) -> None:
    assert kept == "kept"


@dg.asset(io_manager_key="line_manager", metadata={"kind": "lines"})
def lines() -> list[str]:
    return ["a", "b"]


@dg.asset(io_manager_key="older_manager", metadata={"kind": "lines"})
def more_lines(lines: list[str]) -> list[str]:
    return [*lines, "c"]


@dg.asset(ins={"lines": dg.AssetIn(input_manager_key="shouting"), "older": dg.AssetIn("more_lines")})
def both(lines, older) -> None:
    assert (lines, older) == (["A", "B"], ["a", "b", "c"])


@dg.op(required_resource_keys={"files"})
def write_file(context) -> Any:
    return context.resources.files.write_data(b"bytes", ext="bin").path_desc


@dg.op
def read_file(path: Any) -> None:
    with open(path, "rb") as file:
        assert file.read() == b"bytes"


@dg.job(resource_defs={"files": dg.local_file_manager.configured({"base_dir": os.path.join(ROOT, "files")})})
def file_job():
    read_file(write_file())


@dg.op
def uses_database(database: Database) -> None:
    assert database.host == "db3"


@dg.job
def configured_at_launch():
    uses_database()


database = Database(credentials=Credentials(user="me"), host="db2")

defs = dg.Definitions(
    assets=[
        queried,
        counted,
        with_own,
        *dg.with_resources([bound_late], {"late": dg.ResourceDefinition.hardcoded_resource("bound")}),
        lines,
        more_lines,
        both,
        kept,
        reads_kept,
    ],
    jobs=[configured_job, preconfigured_job, file_job, configured_at_launch],
    resources={
        "database": database,
        "cache": Cache(size=5),
        "prefixed": prefixer.configured({"prefix": "p-"}),
        "counter": counter.configured({"start": 3}),
        "settings": dg.make_values_resource(mode=dg.Field(str, default_value="fast")),
        "line_manager": LineManager(folder=os.path.join(ROOT, "lines")),
        "older_manager": older_manager,
        "shouting": shouting,
        "stored": StoredFactory(name="s"),
    },
)
