"""`headrace asset materialize`: in a running Headrace, or here and now."""

from __future__ import annotations

from pathlib import Path

import click

from headrace.cli.options import as_json, configurable, connected, in_location, open_client, read_config, read_tags
from headrace_codeloc.commands.chosen_assets import chosen_in_code, chosen_in_deployment
from headrace_codeloc.commands.code import load, naming_code, source_of
from headrace_codeloc.commands.local_run import LocalRun, execute


@click.command()
@click.argument("assets", nargs=-1, metavar="[ASSET]...")
@naming_code
@click.option("--select", "selections", multiple=True, help="A selection of assets, such as 'group:numbers' or '+a/b'.")
@click.option(
    "--partition-range", metavar="FIRST...LAST", default="", help="The partitions from one to another, in one run."
)
@click.option("--detach", is_flag=True, help="Do not wait for the end of the run.")
@configurable
@in_location
@as_json
@connected
def materialize(
    assets: tuple[str, ...],
    python_file: str,
    module: str,
    package: str,
    attribute: str,
    working_directory: str,
    selections: tuple[str, ...],
    partition_range: str,
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
    """Materialize assets by their keys, such as raw/orders; without any, all of the location.

    With -f or -m the code runs here and now and no services are needed; otherwise a running Headrace does it.
    """
    source = source_of(python_file, module, package, attribute, working_directory)
    config = read_config(config_files, config_json)
    run_tags = {**read_tags(tags), **_range_tags(partition_range, partition_key)}
    if source is None:
        from headrace.cli.following import follow_or_tell

        with open_client(target, token) as client:
            made = client.materialize(
                chosen_in_deployment(client.assets.list(), assets, selections, location_name) if selections else assets,
                location_name=location_name,
                run_config=config,
                tags=run_tags,
                partition_key=partition_key,
            )
            return follow_or_tell(client, made, detach=detach, json_output=json_output)
    from headrace.definitions.assets.asset_job import IMPLICIT_ASSET_JOB
    from headrace.execute.planning.partitioned_run import require_partition

    location = load(source)
    keys = chosen_in_code(location, assets, selections)
    run = LocalRun(IMPLICIT_ASSET_JOB, config or {}, run_tags, None, keys, partition_key)
    require_partition(location.job(run.job_name), run.spec({}))
    return execute(location, run, json_output=json_output)


def _range_tags(text: str, partition_key: str) -> dict[str, str]:
    """Returns the tags of a run that is for a range of partitions."""
    if not text:
        return {}
    first, separator, last = text.partition("...")
    if not (first and separator and last):
        raise click.UsageError(f"--partition-range {text!r} is no FIRST...LAST, such as 2024-01-01...2024-01-31")
    if partition_key:
        raise click.UsageError("give --partition or --partition-range, not both")
    return {"headrace/asset_partition_range_start": first, "headrace/asset_partition_range_end": last}
