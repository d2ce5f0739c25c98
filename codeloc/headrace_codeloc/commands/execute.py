"""`headrace job execute`: run a job here and now, without services."""

from __future__ import annotations

from pathlib import Path

import click

from headrace.cli.options import as_json, configurable, read_config, read_tags
from headrace_codeloc.commands.code import load, naming_code, source_of
from headrace_codeloc.commands.local_run import LocalRun
from headrace_codeloc.commands.local_run import execute as run_here


@click.command()
@click.argument("job_name", metavar="JOB", required=False)
@naming_code
@click.option("--op", "op_selection", multiple=True, metavar="SELECTION", help="Only these ops, such as '*my_op+'.")
@configurable
@as_json
def execute(
    job_name: str | None,
    python_file: str,
    module: str,
    package: str,
    attribute: str,
    working_directory: str,
    op_selection: tuple[str, ...],
    config_files: tuple[Path, ...],
    config_json: str | None,
    tags: tuple[str, ...],
    partition_key: str,
    json_output: bool,
) -> int:
    """Run a job here and now, with the executor that it names; no services are needed.

    JOB may be left out where the code has one job only.
    """
    source = source_of(python_file, module, package, attribute, working_directory)
    if source is None:
        raise click.UsageError("name the code with -f FILE or -m MODULE; `headrace job launch` runs what is deployed")
    config = read_config(config_files, config_json)
    location = load(source)
    jobs = [each for each in location.definitions.resolved.job_names if not each.startswith("__")]
    if job_name is None and len(jobs) != 1:
        raise click.UsageError(f"say which job: {', '.join(sorted(jobs)) or 'the code defines none'}")
    run = LocalRun(job_name or jobs[0], config or {}, read_tags(tags), op_selection or None, None, partition_key)
    return run_here(location, run, json_output=json_output)
