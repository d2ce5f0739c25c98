"""`headrace celery`: the workers of Celery that runs and steps are executed by."""

from __future__ import annotations

import os
import sys

import click


@click.group()
def celery() -> None:
    """Workers for the Celery launcher and executors."""


@celery.command()
@click.option(
    "-y",
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False),
    help="YAML file with broker, backend, include, config_source.",
)
@click.option(
    "-q", "--queue", "queues", multiple=True, help="Queue to take tasks from; may be repeated. Default: headrace."
)
@click.option(
    "-c",
    "--concurrency",
    type=click.IntRange(min=1),
    help="How many workers of runs or steps run at once. Default: one for each core.",
)
@click.option("-n", "--name", default="", help="Name of this worker, where a machine has several.")
@click.option("-l", "--loglevel", default="info", show_default=True, help="How much it says.")
def worker(config_file: str | None, queues: tuple[str, ...], concurrency: int | None, name: str, loglevel: str) -> None:
    """Takes tasks, in the environment of the code locations that they come from.

    The broker is that of the config file, or of HEADRACE_CELERY_BROKER_URL.
    """
    if config_file:
        os.environ["HEADRACE_CELERY_CONFIG"] = os.path.abspath(config_file)
    try:
        from headrace_codeloc.engines.celery.worker import app
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("celery", "kombu"):
            raise click.ClickException("Celery is not installed here; install headrace[celery]") from None
        raise
    words = ["worker", "--loglevel", loglevel]
    words += ["--queues", ",".join(queues)] if queues else []
    words += ["--concurrency", str(concurrency)] if concurrency else []
    words += ["--hostname", f"{name}@%h"] if name else []
    sys.argv[:1] = ["headrace celery"]
    app.worker_main(words)
