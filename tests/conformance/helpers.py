"""What Dagster's tests take from inside of Dagster to help themselves, written anew: nothing of it is what they test."""

from __future__ import annotations

import contextlib
import os
import random
import string
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone, tzinfo
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import headrace as dg
from headrace.definitions.assets.asset_graph import AssetGraph
from headrace.definitions.checks.factories import freshness_sensor, last_update_freshness, time_partition_freshness
from headrace.errors import HeadraceError
from headrace.execute.contexts import scope
from headrace.instance import asset_questions, recording

__all__ = ["AssetGraph"]

IS_PYTHON_3_12 = sys.version_info >= (3, 12)
# Where arguments have the wrong type, Headrace raises errors of its own tree or Python's.
CheckError: Any = (HeadraceError, TypeError)
ParameterCheckError: Any = CheckError
PARTITION_NAME_TAG = "dagster/partition"


def get_timezone(name: str) -> tzinfo:
    """Returns a time zone."""
    return ZoneInfo(name)


def create_datetime(*fields: int, tz: str | tzinfo | None = "UTC", **named: int) -> datetime:
    """Returns a time of a time zone."""
    zone = ZoneInfo(tz) if isinstance(tz, str) else tz or timezone.utc
    return datetime(*fields, **named, tzinfo=zone)  # type: ignore[misc,arg-type]


def get_current_datetime(tz: str = "UTC") -> datetime:
    """Returns the time."""
    return datetime.now(ZoneInfo(tz))


def get_current_timestamp() -> float:
    """Returns the time in seconds."""
    return time.time()


@contextlib.contextmanager
def freeze_time(moment: datetime) -> Iterator[None]:
    """Lets partitions be seen, and freshness be checked, as of a moment."""
    seconds = (moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)).timestamp()
    clocks = (last_update_freshness, time_partition_freshness, freshness_sensor, asset_questions, recording, scope)
    with dg.partition_loading_context(effective_dt=moment), contextlib.ExitStack() as stack:
        for module in (*clocks, sys.modules[__name__]):
            stack.enter_context(mock.patch.object(module, "time", mock.Mock(wraps=time, time=lambda: seconds)))
        yield


def create_test_asset_job(
    assets: Sequence[Any],
    *,
    selection: Any = None,
    name: str = "asset_job",
    resources: Mapping[str, Any] | None = None,
    **options: Any,
) -> dg.JobDefinition:
    """Returns a job of assets, resolved."""
    made = [each for each in assets if isinstance(each, dg.AssetsDefinition)]
    executable = [each for each in made if each.is_executable]
    job = dg.define_asset_job(name, executable if selection is None else selection, **options)
    return dg.Definitions(assets=assets, jobs=[job], resources=resources).resolve_job_def(name)


def observe(source_assets: Sequence[Any], *arguments: Any, **options: Any) -> dg.ExecuteInProcessResult:
    """Observes assets."""
    return dg.materialize(
        source_assets, *arguments, selection=[key for each in source_assets for key in each.keys], **options
    )


@contextlib.contextmanager
def get_temp_file_name() -> Iterator[str]:
    """Lets a file be written that is gone afterwards."""
    with tempfile.TemporaryDirectory() as directory:
        yield os.path.join(directory, "file")


@contextlib.contextmanager
def environ(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Sets environment variables for a while."""
    before = dict(os.environ)
    for name, value in variables.items():
        os.environ.pop(name, None) if value is None else os.environ.__setitem__(name, value)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def wrap_op_in_graph(op_def: Any, tags: Mapping[str, str] | None = None) -> dg.GraphDefinition:
    """Returns a graph of one op, with the inputs and outputs of the op."""
    name = f"wraps_{op_def.name}"
    ins, outs = list(op_def.ins), list(op_def.outs)
    source = f"def {name}({', '.join(ins)}): return op_def({', '.join(ins)})"
    namespace: dict[str, Any] = {"op_def": op_def}
    exec(source, namespace)
    out: Any = {each: dg.GraphOut() for each in outs} if len(outs) > 1 else None
    return dg.graph(name=name, out=out)(namespace[name])


def _alone(op_def: Any) -> dg.GraphDefinition:
    """Returns a graph whose op gets its inputs from run config."""

    @dg.graph(name=f"wraps_{op_def.name}", out=dict.fromkeys(op_def.outs, dg.GraphOut()) or None)
    def wraps() -> Any:
        made = op_def()
        return made if len(op_def.outs) != 1 else {next(iter(op_def.outs)): made}

    return wraps


def wrap_op_in_graph_and_execute(
    op_def: Any,
    resources: Mapping[str, Any] | None = None,
    input_values: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    run_config: Mapping[str, Any] | None = None,
    raise_on_error: bool = True,
    logger_defs: Mapping[str, Any] | None = None,
    do_input_mapping: bool = True,
    **_others: Any,
) -> dg.ExecuteInProcessResult:
    """Runs one op."""
    graph = wrap_op_in_graph(op_def) if do_input_mapping else _alone(op_def)
    job = graph.to_job(resource_defs=resources, logger_defs=logger_defs)
    return job.execute_in_process(
        run_config=run_config, input_values=input_values, raise_on_error=raise_on_error, tags=tags
    )


def make_new_run_id() -> str:
    """Returns an id."""
    return str(uuid.uuid4())


def get_random_name(length: int = 8) -> str:
    """Returns a word."""
    return "".join(random.choices(string.ascii_lowercase, k=length))


def merge_dicts(*dicts: Mapping[Any, Any]) -> dict[Any, Any]:
    """Returns one dict of several; the last one wins."""
    return {name: value for each in dicts for name, value in each.items()}


def not_none(value: Any, *_args: Any) -> Any:
    """Returns the value."""
    return value


def ignore_warning(_text: str) -> Callable[[Any], Any]:
    """Warnings are not looked at: the decorated test is the test."""
    return lambda test: test


def raise_exception_on_warnings() -> None:
    """Warnings are not looked at."""
