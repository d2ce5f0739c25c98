"""The run config of jobs: sections, defaults, mappings, and paths in messages."""

from __future__ import annotations

import pytest

import headrace as dg
from headrace import (
    Config,
    Field,
    RunConfig,
    config_mapping,
    graph,
    job,
    multiprocess_executor,
    op,
    validate_run_config,
)
from headrace.config.binding import OwnConfig
from headrace.errors import ConfigMappingError, InvalidConfigError


@op(config_schema={"n": int, "scale": Field(int, default_value=2)})
def scaled(context) -> int:
    return context.op_config["n"] * context.op_config["scale"]


@graph
def nested():
    return scaled()


@job
def flat():
    scaled()


@job
def deep():
    nested()


def where(job_def, run_config) -> list[str]:
    with pytest.raises(InvalidConfigError) as raised:
        validate_run_config(job_def, run_config)
    return [issue.where for issue in raised.value.issues]


def test_defaults_are_filled_in() -> None:
    checked = validate_run_config(flat, {"ops": {"scaled": {"config": {"n": 3}}}})
    assert checked["ops"]["scaled"]["config"] == {"n": 3, "scale": 2}
    assert checked["execution"] == {
        "multi_or_in_process_executor": {"multiprocess": {"max_concurrent": None, "retries": {"enabled": {}}}}
    }
    assert checked["resources"] == {"io_manager": {"config": None}}
    assert checked["loggers"] == {}


def test_what_a_run_would_use_is_told_by_path_executor_and_logger() -> None:
    @op(config_schema={"n": Field(int, default_value=1)})
    def inner() -> int:
        return 1

    @graph
    def outer() -> None:
        inner()

    @job(executor_def=multiprocess_executor.configured({"max_concurrent": 3}))
    def nested() -> None:
        outer()

    assert validate_run_config(nested, {"loggers": {"console": {}}}) == {
        "ops": {
            "outer": {"config": None, "inputs": {}, "outputs": None},
            "outer.inner": {"config": {"n": 1}, "inputs": {}, "outputs": None},
        },
        "execution": {"multiprocess": {"max_concurrent": 3, "retries": {"enabled": {}}}},
        "resources": {"io_manager": {"config": None}},
        "loggers": {"console": {"config": {"log_level": "INFO", "name": "headrace"}}},
    }


def test_an_optional_field_that_is_left_out_stays_out() -> None:
    schema = {"options": Field({"depth": Field(int, default_value=1)}, is_required=False)}
    assert OwnConfig(schema).field.default_value == {}


def test_messages_name_the_full_path() -> None:
    assert where(flat, {"ops": {"scaled": {"config": {"n": "x"}}}}) == ["root:ops:scaled:config:n"]
    assert where(flat, {}) == ["root:ops"]
    assert where(flat, {"ops": {}}) == ["root:ops:scaled"]
    assert where(flat, {"ops": {"scaled": {"config": {"n": 1}}, "other": {}}}) == ["root:ops:other"]
    assert where(flat, {"ops": {"scaled": {"config": {"n": 1}}}, "jobs": {}}) == ["root:jobs"]
    assert where(deep, {"ops": {"nested": {"ops": {"scaled": {"config": {}}}}}}) == [
        "root:ops:nested:ops:scaled:config:n"
    ]
    assert where(
        flat, {"ops": {"scaled": {"config": {"n": 1}}}, "execution": {"config": {"multiprocess": {"x": 1}}}}
    ) == ["root:execution:config:multiprocess:x"]


def test_nested_ops_are_configured_along_their_path() -> None:
    result = deep.execute_in_process({"ops": {"nested": {"ops": {"scaled": {"config": {"n": 5}}}}}})
    assert result.output_for_node("nested.scaled") == 10


def test_a_job_may_bring_its_run_config_and_a_run_may_replace_sections() -> None:
    @job(config=RunConfig(ops={"scaled": {"config": {"n": 4}}}))
    def preset():
        scaled()

    assert preset.execute_in_process().output_for_node("scaled") == 8
    replaced = preset.execute_in_process({"ops": {"scaled": {"config": {"n": 1}}}})
    assert replaced.output_for_node("scaled") == 2
    assert preset.complete_run_config({"execution": {}})["ops"] == {"scaled": {"config": {"n": 4}}}


def test_a_mapping_makes_the_run_config_of_a_job() -> None:
    @config_mapping(config_schema={"simple": int})
    def simplified(value):
        return {"ops": {"scaled": {"config": {"n": value["simple"]}}}}

    @job(config=simplified)
    def mapped():
        scaled()

    assert mapped.execute_in_process({"simple": 6}).output_for_node("scaled") == 12
    assert where(mapped, {"simple": "x"}) == ["root:simple"]


def test_a_mapping_makes_the_config_of_a_graph() -> None:
    @config_mapping(config_schema=int)
    def simplified(value):
        return {"scaled": {"config": {"n": value}}}

    @graph(config=simplified)
    def inner():
        return scaled()

    @job
    def outer():
        inner()

    assert outer.execute_in_process({"ops": {"inner": {"config": 7}}}).output_for_node("inner.scaled") == 14
    assert where(outer, {"ops": {"inner": {"config": "x"}}}) == ["root:ops:inner:config"]


def test_an_error_in_a_mapping_is_told_as_one() -> None:
    @config_mapping
    def broken(value):
        raise KeyError("boom")

    @job(config=broken)
    def mapped():
        scaled()

    with pytest.raises(ConfigMappingError, match="boom"):
        mapped.check_run_config({})


def test_configured_ops_need_no_run_config() -> None:
    @dg.configured(scaled, config_schema={"half": int})
    def doubled(config):
        return {"n": config["half"] * 2, "scale": 1}

    @job
    def both():
        scaled.configured({"n": 3}, name="fixed")()
        doubled()

    result = both.execute_in_process({"ops": {"doubled": {"config": {"half": 5}}}})
    assert (result.output_for_node("fixed"), result.output_for_node("doubled")) == (6, 10)


def test_resources_are_required_only_where_they_are_used() -> None:
    @dg.resource({"url": str})
    def client(context):
        return context.resource_config["url"]

    @op(required_resource_keys={"client"})
    def use(context):
        return context.resources.client

    @job(resource_defs={"client": client, "unused": client})
    def using():
        use()

    assert where(using, {}) == ["root:resources"]
    assert where(using, {"resources": {"client": {"config": {}}}}) == ["root:resources:client:config:url"]
    result = using.execute_in_process({"resources": {"client": {"config": {"url": "u"}}}})
    assert result.output_for_node("use") == "u"


def test_the_executor_takes_its_own_config() -> None:
    @job(executor_def=dg.multiprocess_executor.configured({"max_concurrent": 3}))
    def fixed():
        scaled()

    @job(executor_def=dg.multiprocess_executor)
    def free():
        scaled()

    ops = {"scaled": {"config": {"n": 1}}}
    assert fixed.resolve_run_config({"ops": ops}).execution_config["max_concurrent"] == 3
    given = {"ops": ops, "execution": {"config": {"max_concurrent": 5, "retries": {"disabled": {}}}}}
    assert free.resolve_run_config(given).execution_config["max_concurrent"] == 5
    limits = [{"key": "db", "value": {"applyLimitPerUniqueValue": True}, "limit": 1}]
    assert validate_run_config(free, {"ops": ops, "execution": {"config": {"tag_concurrency_limits": limits}}})


def test_an_empty_section_is_no_error() -> None:
    class Quiet(Config):
        loud: bool = False

    @op
    def speak(config: Quiet) -> bool:
        return config.loud

    @job
    def speaking():
        speak()

    assert speaking.execute_in_process({"ops": {"speak": {"config": None}}}).output_for_node("speak") is False


def test_run_config_is_a_dict_or_an_object() -> None:
    with pytest.raises(InvalidConfigError, match="Run config is a dict or a RunConfig, not list"):
        flat.check_run_config([])  # type: ignore[arg-type]
    assert RunConfig(ops={"a": {"config": 1}}) == RunConfig(ops={"a": {"config": 1}})
    assert RunConfig().to_config_dict() == {}


def test_a_function_of_a_config_object_maps_too() -> None:
    class Simple(dg.Config):
        half: int = 2

    @config_mapping
    def simplified(config: Simple) -> RunConfig:
        return RunConfig(ops={"scaled": {"config": {"n": config.half * 2}}})

    @job(config=simplified)
    def mapped():
        scaled()

    assert mapped.execute_in_process({"half": 3}).output_for_node("scaled") == 12
    assert mapped.execute_in_process().output_for_node("scaled") == 8


def test_the_mapping_of_the_graph_of_a_job_takes_the_place_of_its_ops() -> None:
    @graph(config=dg.ConfigMapping(lambda n: {"scaled": {"config": {"n": n}}}, config_schema=int))
    def top():
        return scaled()

    assert top.to_job().execute_in_process({"ops": {"config": 2}}).output_value() == 4
    assert where(top.to_job(), {"ops": {"config": "x"}}) == ["root:ops:config"]
    assert top.configured(5, name="five").execute_in_process().output_value() == 10
    doubled = top.configured(lambda n: n * 2, name="doubled", config_schema=int)
    assert doubled.to_job().execute_in_process({"ops": {"config": 2}}).output_value() == 8
    with pytest.raises(dg.InvalidDefinitionError, match="does not have a config mapping"):
        dg.GraphDefinition("plain", node_defs=[scaled]).configured(5)


def test_a_graph_may_bring_the_config_of_its_ops() -> None:
    @graph(config={"scaled": {"config": {"n": 3}}})
    def fixed():
        return scaled()

    assert fixed.execute_in_process().output_value() == 6
