"""`headrace job`: list, show, launch and execute jobs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headrace.cli.lazy import LazyGroup
from headrace.cli.options import (
    as_json,
    configurable,
    connected,
    in_location,
    merge_config,
    open_client,
    read_config,
    read_tags,
)
from headrace.cli.output import console, write_fields, write_json, write_table
from headrace.cli.plugins import plugged_in

if TYPE_CHECKING:
    from headrace.client.locations import JobRecord


@click.group(cls=LazyGroup, lazy={"execute": plugged_in("job.execute", "Run a job here and now, without services.")})
def job() -> None:
    """List, show, launch and execute jobs."""


@job.command("list")
@in_location
@as_json
@connected
def list_(location_name: str, json_output: bool, target: str | None, token: str | None) -> None:
    """List the jobs of the code locations that are loaded."""
    with open_client(target, token) as client:
        jobs = client.jobs.list(location_name=location_name)
    if json_output:
        return write_json(jobs)
    rows = [
        (
            each.name,
            each.location_name,
            f"{len(each.asset_keys)} assets" if each.asset_keys else f"{len(each.ops)} ops",
            each.description,
        )
        for each in jobs
        if not each.implicit
    ]
    write_table(("Job", "Location", "Has", "Description"), rows, empty="No location defines a job.")


@job.command()
@click.argument("job_name", metavar="JOB")
@click.option("--config", "config_only", is_flag=True, help="Only its configuration, as YAML to begin with.")
@click.option("--preset", metavar="NAME", help="With --config: this preset instead of what the job is defined with.")
@in_location
@as_json
@connected
def show(
    job_name: str,
    config_only: bool,
    preset: str | None,
    location_name: str,
    json_output: bool,
    target: str | None,
    token: str | None,
) -> None:
    """Show a job, and the configuration of its runs that give none."""
    with open_client(target, token) as client:
        found = client.jobs.get(job_name, location_name=location_name)
    if config_only or preset:
        config = found.run_config if preset is None else _preset(found, preset)
        return write_json(config) if json_output else console().print(_as_yaml(config or {}))
    if json_output:
        return write_json(found)
    write_fields(
        [
            ("Job", found.name),
            ("Location", found.location_name),
            ("Description", found.description),
            ("Executor", found.executor),
            ("Ops", ", ".join(found.ops)),
            ("Assets", ", ".join(found.asset_keys)),
            ("Tags", ", ".join(f"{key}={value}" for key, value in found.tags.items())),
            ("Presets", ", ".join(found.presets)),
            ("Configuration", _whose_config(found)),
        ]
    )
    if found.run_config is not None:
        console().print(_as_yaml(found.run_config))


def _whose_config(found: JobRecord) -> str:
    if found.run_config is not None:
        return "its own:"
    return "must be given" if found.config_required else ""


def _preset(found: JobRecord, name: str) -> Mapping[str, Any]:
    if name not in found.presets:
        known = ", ".join(map(repr, found.presets)) or "none"
        raise click.UsageError(f"job {found.name!r} has no preset {name!r}; it has: {known}")
    return found.presets[name]


def _as_yaml(config: Mapping[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True).rstrip()


@job.command()
@click.argument("job_name", metavar="JOB")
@click.option("--op", "op_selection", multiple=True, metavar="SELECTION", help="Only these ops, such as '*my_op+'.")
@click.option("--asset", "asset_selection", multiple=True, metavar="KEY", help="Only these assets of the job.")
@click.option("--step", "step_keys", multiple=True, metavar="KEY", help="Only this step; may be repeated.")
@click.option("--preset", metavar="NAME", help="Begin with this preset of the job; --config goes over it.")
@click.option("-d", "--detach", is_flag=True, help="Do not wait for the end of the run.")
@configurable
@in_location
@as_json
@connected
def launch(
    job_name: str,
    op_selection: tuple[str, ...],
    asset_selection: tuple[str, ...],
    step_keys: tuple[str, ...],
    preset: str | None,
    detach: bool,
    config_files: tuple[Path, ...],
    config_json: str | None,
    tags: tuple[str, ...],
    partition_key: str,
    location_name: str,
    json_output: bool,
    target: str | None,
    token: str | None,
) -> int:
    """Queue a run of a job in a running Headrace, and follow it to its end."""
    from headrace.cli.following import follow_or_tell

    if not job_name:
        raise click.UsageError("JOB is empty; `headrace asset materialize` makes assets without naming a job")
    config = read_config(config_files, config_json)
    with open_client(target, token) as client:
        if preset is not None:
            found = client.jobs.get(job_name, location_name=location_name)
            config = merge_config(_preset(found, preset), config or {})
        made = client.submit_job(
            job_name,
            location_name=location_name,
            run_config=config,
            tags=read_tags(tags),
            op_selection=op_selection,
            asset_selection=asset_selection,
            partition_key=partition_key,
            step_keys=step_keys,
        )
        return follow_or_tell(client, made, detach=detach, json_output=json_output)
