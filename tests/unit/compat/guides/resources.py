"""External resources."""

import os
from contextlib import contextmanager
from datetime import datetime
from unittest import mock

import dagster as dg
from pydantic import PrivateAttr


class Credentials(dg.ConfigurableResource):
    username: str
    password: str


class Bucket(dg.ConfigurableResource):
    credentials: Credentials
    region: str

    def write(self, data: str) -> str:
        return f"{self.credentials.username}@{self.region}:{data}"


class Connection(dg.ConfigurableResource):
    username: str

    def request(self, endpoint: str) -> str:
        return f"{self.username}/{endpoint}"


def test_used_in_assets_and_ops():
    @dg.asset
    def data_from_service(my_conn: Connection) -> str:
        return my_conn.request("fetch")

    @dg.op
    def update(my_conn: Connection) -> str:
        return my_conn.request("update")

    @dg.job
    def update_job():
        update()

    defs = dg.Definitions(
        assets=[data_from_service], jobs=[update_job], resources={"my_conn": Connection(username="me")}
    )
    assert defs.resolve_job_def("update_job").execute_in_process().output_for_node("update") == "me/update"
    job = defs.resolve_implicit_global_asset_job_def()
    assert job.execute_in_process().output_for_node("data_from_service") == "me/fetch"


def test_values_that_are_no_resources():
    @dg.asset
    def from_url(data_url: dg.ResourceParam[str]) -> str:
        return data_url

    assert dg.materialize([from_url], resources={"data_url": "https://x"}).output_for_node("from_url") == "https://x"


def test_configured_when_a_run_starts():
    class Database(dg.ConfigurableResource):
        table: str

    @dg.asset
    def data(db_conn: Database) -> str:
        return db_conn.table

    job = dg.define_asset_job("update_data", selection=[data])

    @dg.sensor(job=job)
    def table_sensor():
        yield dg.RunRequest(run_config=dg.RunConfig(resources={"db_conn": Database(table="t")}))

    defs = dg.Definitions(
        assets=[data], jobs=[job], resources={"db_conn": Database.configure_at_launch()}, sensors=[table_sensor]
    )
    run_request = table_sensor.evaluate_tick(dg.build_sensor_context()).run_requests[0]
    result = defs.resolve_job_def("update_data").execute_in_process(run_config=run_request.run_config)
    assert result.output_for_node("data") == "t"


def test_resources_that_need_others():
    @dg.asset
    def stored(bucket: Bucket) -> str:
        return bucket.write("x")

    fixed = Bucket(credentials=Credentials(username="u", password="p"), region="eu")
    assert dg.materialize([stored], resources={"bucket": fixed}).output_for_node("stored") == "u@eu:x"
    credentials = Credentials.configure_at_launch()
    result = dg.materialize(
        [stored],
        resources={"credentials": credentials, "bucket": Bucket(credentials=credentials, region="us")},
        run_config={"resources": {"credentials": {"config": {"username": "late", "password": "p"}}}},
    )
    assert result.output_for_node("stored") == "late@us:x"


def test_from_the_environment():
    os.environ.update(MY_USERNAME="envy", MY_PASSWORD="secret")

    @dg.asset
    def who(credentials: Credentials) -> str:
        return credentials.username

    credentials = Credentials(username=dg.EnvVar("MY_USERNAME"), password=dg.EnvVar("MY_PASSWORD"))
    assert dg.materialize([who], resources={"credentials": credentials}).output_for_node("who") == "envy"


def test_plain_python_objects_below_resources():
    class Engine:
        def connect(self) -> str:
            return "connected"

    class Database(dg.ConfigurableResource):
        engine: dg.ResourceDependency[Engine]

        def query(self) -> str:
            return self.engine.connect()

    @dg.asset
    def uses(db: Database) -> str:
        return db.query()

    assert dg.materialize([uses], resources={"db": Database(engine=Engine())}).output_for_node("uses") == "connected"


def test_life_of_a_resource():
    lived = []

    class Client(dg.ConfigurableResource):
        username: str
        _token: str = PrivateAttr()

        def setup_for_execution(self, context: dg.InitResourceContext) -> None:
            self._token = f"token of {self.username}"

        def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
            lived.append(self._token)

    class Pooled(dg.ConfigurableResource):
        _connection: str = PrivateAttr()

        @contextmanager
        def yield_for_execution(self, context: dg.InitResourceContext):
            self._connection = "open"
            yield self
            lived.append("closed")

    @dg.asset
    def uses(client: Client, pooled: Pooled) -> tuple:
        return (client._token, pooled._connection)

    result = dg.materialize([uses], resources={"client": Client(username="u"), "pooled": Pooled()})
    assert result.output_for_node("uses") == ("token of u", "open")
    assert sorted(lived) == ["closed", "token of u"]


def test_the_older_functions():
    closed = []

    @dg.resource(config_schema={"prefix": dg.Field(str, default_value="p")}, description="Writes")
    def writer(context: dg.InitResourceContext):
        yield lambda text: context.resource_config["prefix"] + text
        closed.append(True)

    @dg.resource(required_resource_keys={"writer"})
    def louder(context):
        return lambda text: context.resources.writer(text).upper()

    @dg.op(required_resource_keys={"louder"})
    def write(context) -> str:
        return context.resources.louder("x")

    @dg.job(resource_defs={"writer": writer.configured({"prefix": "q"}), "louder": louder})
    def writing():
        write()

    assert writing.execute_in_process().output_for_node("write") == "QX"
    assert closed == [True]


def test_values_as_a_resource():
    @dg.op(required_resource_keys={"values"})
    def needs(context) -> str:
        return context.resources.values["my_str"]

    @dg.job(resource_defs={"values": dg.make_values_resource(my_str=str, my_int=int)})
    def valued():
        needs()

    config = {"resources": {"values": {"config": {"my_str": "foo", "my_int": 1}}}}
    assert valued.execute_in_process(config).output_for_node("needs") == "foo"


def test_in_sensors_and_schedules():
    class Users(dg.ConfigurableResource):
        url: str

        def fetch(self) -> list[str]:
            return ["1", "2", "3"]

    class Formatter(dg.ConfigurableResource):
        format: str

        def strftime(self, moment: datetime) -> str:
            return moment.strftime(self.format)

    @dg.job
    def process(): ...

    @dg.sensor(job=process)
    def new_users(context: dg.SensorEvaluationContext, users: Users):
        last = int(context.cursor) if context.cursor else 0
        for user in users.fetch()[last:]:
            yield dg.RunRequest(run_key=user, tags={"user": user})
        context.update_cursor("3")

    @dg.schedule(job=process, cron_schedule="* * * * *")
    def by_minute(context: dg.ScheduleEvaluationContext, formatter: Formatter):
        return dg.RunRequest(run_key=None, tags={"date": formatter.strftime(context.scheduled_execution_time)})

    context = dg.build_sensor_context(cursor="1")
    assert len(list(new_users(context, users=Users(url="x")))) == 2
    moment = dg.build_schedule_context(scheduled_execution_time=datetime(2020, 1, 1))
    assert by_minute(moment, formatter=Formatter(format="%Y-%m-%d")).tags["date"] == "2020-01-01"


def test_resources_alone():
    assert Bucket(credentials=Credentials(username="u", password="p"), region="r").credentials.username == "u"
    with dg.build_resources({"credentials": Credentials(username="u", password="p"), "plain": 3}) as built:
        assert (built.credentials.username, built.plain) == ("u", 3)

    class InContext(dg.ConfigurableResource):
        base_path: str | None = None

        def path(self) -> str:
            return self.base_path or self.get_resource_context().instance.storage_directory()

    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_init_resource_context(instance=instance)
        assert InContext().with_resource_context(context).path() == instance.storage_directory()


def test_mocks_in_the_place_of_resources():
    @dg.op
    def asks(client: Connection) -> str:
        return client.request("x")

    fake = mock.Mock()
    fake.request.return_value = "faked"
    assert asks(fake) == "faked"


def test_a_factory_of_a_plain_object():
    class GitHub:
        def __init__(self, token: str) -> None:
            self.token = token

    class GitHubResource(dg.ConfigurableResource):
        access_token: str

        def get_client(self) -> GitHub:
            return GitHub(self.access_token)

    @dg.asset
    def repositories(github: GitHubResource) -> str:
        return github.get_client().token

    assert (
        dg.materialize([repositories], resources={"github": GitHubResource(access_token="t")}).output_for_node(
            "repositories"
        )
        == "t"
    )
