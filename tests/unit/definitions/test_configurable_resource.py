"""Resources as pydantic models."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from pydantic import PrivateAttr, ValidationError

import headrace as dg
from headrace import ConfigurableResource, EnvVar, ResourceDependency, build_resources
from headrace.errors import InvalidConfigError, InvalidDefinitionError, InvariantViolationError


class Database(ConfigurableResource):
    """A database."""

    host: str
    password: str = "none"
    port: int = 5432
    _connection: str | None = PrivateAttr(None)

    def setup_for_execution(self, context) -> None:
        self._connection = f"{self.host}:{self.port}/{self.password}"

    @property
    def connection(self) -> str | None:
        return self._connection


class Client(dg.ConfigurableResourceFactory[str]):
    url: str

    def create_resource(self, context) -> str:
        return f"client of {self.url}"


class Service(ConfigurableResource):
    database: Database
    client: ResourceDependency[str]


def test_fields_are_config_that_runs_may_override() -> None:
    definition = Database(host="h").get_resource_definition()
    assert (
        definition.config_field.config_type.name == "{ host?: StringSource password?: StringSource port?: IntSource }"
    )
    with build_resources({"db": Database(host="h")}, resource_config={"db": {"config": {"port": 1}}}) as resources:
        assert resources.db.connection == "h:1/none"


def test_variables_are_read_when_a_run_starts_and_never_shown(monkeypatch) -> None:
    monkeypatch.delenv("DB_PASSWORD", raising=False)
    monkeypatch.setenv("DB_PORT", "99")
    database = Database(host="h", password=EnvVar("DB_PASSWORD"), port=EnvVar.int("DB_PORT"))

    assert repr(database) == "Database(host='h', password=EnvVar('DB_PASSWORD'), port=EnvVar.int('DB_PORT'))"
    with pytest.raises(InvalidConfigError, match="root:resources:db:config:password .*DB_PASSWORD. which is not set"):
        with build_resources({"db": database}):
            pass
    monkeypatch.setenv("DB_PASSWORD", "secret")
    with build_resources({"db": database}) as resources:
        assert resources.db.connection == "h:99/secret"


def test_a_wrong_value_of_a_variable_is_not_told(monkeypatch) -> None:
    monkeypatch.setenv("DB_PORT", "hunter2")
    with pytest.raises(InvalidConfigError) as raised:
        with build_resources({"db": Database(host="h", port=EnvVar.int("DB_PORT"))}):
            pass
    assert "cannot be coerced into an int" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_wrong_values_are_refused_at_once() -> None:
    with pytest.raises(ValidationError):
        Database(host=3)
    with pytest.raises(ValidationError):
        Database(host="h", unknown=1)


def test_a_factory_gives_what_it_makes() -> None:
    with build_resources({"client": Client(url="u")}) as resources:
        assert resources.client == "client of u"


def test_nested_resources_are_started_with_the_one_that_holds_them() -> None:
    service = Service(database=Database(host="h"), client=Client(url="u"))
    with build_resources({"service": service}) as resources:
        assert resources.service.database.connection == "h:5432/none"
        assert resources.service.client == "client of u"


def test_a_nested_resource_that_is_also_provided_is_started_once() -> None:
    database = Database(host="h")
    service = Service(database=database, client="given as it is")
    with build_resources({"db": database, "service": service}) as resources:
        assert resources.service.database is resources.db
        assert resources.service.client == "given as it is"


def test_what_is_completed_at_launch_takes_the_rest_from_run_config() -> None:
    partial = Database.configure_at_launch(host="h")
    service = Service(database=partial, client="c")
    config = {"db": {"config": {"password": "p"}}}
    with build_resources({"db": partial, "service": service}, resource_config=config) as resources:
        assert resources.service.database.connection == "h:5432/p"
    with pytest.raises(
        InvalidConfigError, match=r"Missing required config entry .host. at path root:resources:db:config"
    ):
        with build_resources({"db": Database.configure_at_launch()}):
            pass
    with pytest.raises(InvalidDefinitionError, match="must be provided as a top level resource"):
        with build_resources({"service": Service(database=Database.configure_at_launch(), client="c")}):
            pass
    with pytest.raises(InvalidConfigError, match="Database has no field 'hots'"):
        Database.configure_at_launch(hots="h")


def test_setting_up_and_tearing_down_frame_the_use() -> None:
    log = []

    class Logged(ConfigurableResource):
        def setup_for_execution(self, context) -> None:
            log.append(f"up {context.resource_config}")

        def teardown_after_execution(self, context) -> None:
            log.append("down")

    class InOnePlace(ConfigurableResource):
        @contextmanager
        def yield_for_execution(self, context):
            log.append("enter")
            yield self
            log.append("exit")

    with build_resources({"a": Logged(), "b": InOnePlace()}):
        log.append("use")
    assert log == ["up {}", "enter", "use", "exit", "down"]


def test_it_is_torn_down_when_its_use_fails() -> None:
    log = []

    class Logged(ConfigurableResource):
        def teardown_after_execution(self, context) -> None:
            log.append("down")

    with pytest.raises(KeyError):
        with build_resources({"a": Logged()}):
            raise KeyError
    assert log == ["down"]


def test_the_context_is_there_only_in_a_run() -> None:
    database = Database(host="h")
    with pytest.raises(
        InvariantViolationError, match="Attempted to get context before resource was initialized. Database"
    ):
        database.get_resource_context()
    with build_resources({"db": database}, instance="the instance") as resources:
        assert resources.db.get_resource_context().instance == "the instance"


def test_scripts_may_start_one_alone(monkeypatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "secret")
    database = Database(host="h", password=EnvVar("DB_PASSWORD"))
    with database.process_config_and_initialize_cm() as started:
        assert started.connection == "h:5432/secret"
    assert database.process_config_and_initialize().connection == "h:5432/secret"


def test_a_function_may_make_one_from_its_context() -> None:
    @dg.resource(config_schema=Database.to_config_schema())
    def database(context):
        return Database.from_resource_context(context)

    with build_resources({"db": database.configured({"host": "x"})}) as resources:
        assert resources.db.connection == "x:5432/none"


def test_ops_and_assets_receive_it_by_name() -> None:
    @dg.op
    def use(db: Database) -> str:
        return db.connection or ""

    @dg.job
    def using():
        use()

    @dg.asset
    def used(db: Database) -> str:
        return db.host

    defs = dg.Definitions(assets=[used], jobs=[using], resources={"db": Database(host="h")})
    assert defs.resolve_job("using").execute_in_process().output_for_node("use") == "h:5432/none"
    result = defs.resolve_job("using").execute_in_process(
        run_config=dg.RunConfig(resources={"db": Database(host="other")})
    )
    assert result.output_for_node("use") == "other:5432/none"
    assert used(db=Database(host="direct")) == "direct"


def test_io_managers_are_models_too() -> None:
    stored = {}

    class Shelf(dg.ConfigurableIOManager):
        prefix: str

        def handle_output(self, context, obj):
            stored[self.prefix + context.name] = obj

        def load_input(self, context):
            return stored[self.prefix + context.upstream_output.name]

    class Factory(dg.ConfigurableIOManagerFactory[Shelf]):
        def create_io_manager(self, context) -> Shelf:
            return Shelf(prefix="made-")

    @dg.asset
    def a():
        return 1

    @dg.asset
    def b(a):
        return a + 1

    assert dg.materialize([a, b], resources={"io_manager": Shelf(prefix="p-")}).success
    assert dg.materialize([a, b], resources={"io_manager": Factory()}).success
    assert stored == {"p-result": 2, "made-result": 2}
