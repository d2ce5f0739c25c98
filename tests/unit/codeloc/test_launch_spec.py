"""What a location says of how its workers are started elsewhere."""

from __future__ import annotations

import sys

import pytest

from headrace_codeloc.engines.orders import step_variables, workload_name
from headrace_codeloc.launch_spec import launch_spec_of
from headrace_codeloc.options import parse_options

RUN = "01a20411-73fe-7778-8f04-11229fd0cd9a"


def test_workers_get_the_same_code_in_the_same_place() -> None:
    options = parse_options(["-m", "team.code", "-a", "defs", "-d", "/code", "--dagster-compat", "--tls-ca", "/ca.pem"])
    spec = launch_spec_of(options, {})
    assert spec.run_command[:4] == [sys.executable, "-m", "headrace_codeloc", "work"]
    again = parse_options(list(spec.run_command[4:]))
    assert (again.source, again.tls, again.claim_timeout) == (options.source, options.tls, options.claim_timeout)
    assert spec.step_command == spec.run_command
    assert not spec.image and not spec.HasField("container_context")


def test_the_image_names_itself_by_a_variable_or_an_option() -> None:
    variables = {"DAGSTER_CURRENT_IMAGE": "theirs:1", "DAGSTER_CLI_API_GRPC_CONTAINER_CONTEXT": '{"k8s": {}}'}
    spec = launch_spec_of(parse_options(["-m", "code"]), variables)
    assert (spec.image, spec.container_context.text) == ("theirs:1", '{"k8s": {}}')
    ours = launch_spec_of(parse_options(["-m", "code", "--image", "ours:2"]), variables)
    assert {each.name: each.value for each in ours.environment} == {"HEADRACE_CURRENT_IMAGE": "ours:2"}


@pytest.mark.parametrize("context", ["[]", "{", '{"docker": 1}'])
def test_a_container_context_that_is_none_is_refused(context: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse_options(["-m", "code", "--container-context", context])
    assert "--container-context" in capsys.readouterr().err


def test_names_of_workloads_are_dns_labels_and_those_of_one_order() -> None:
    long = "a_graph.An_Op.with_a_name_that_is_much_too_long[some key]"
    names = [
        workload_name(RUN, 1),
        workload_name(RUN, 2),
        *(workload_name(RUN, 1, key, attempt) for key in (long, f"{long}2") for attempt in (1, 2)),
    ]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 63 and name.replace("-", "").isalnum() and name == name.lower() for name in names)
    assert workload_name(RUN, 1, long, 1) == names[2]


def test_tokens_are_apart_from_what_anybody_may_see() -> None:
    variables = step_variables(RUN, 3, "token", "coordinator:4271", "nightly", "sum", 2)
    assert "token" not in variables.open.values()
    assert list(variables.secret.values()) == ["token"]
