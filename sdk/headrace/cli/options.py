"""Options that many commands share, and reading their values."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from headrace.client import Client

F = TypeVar("F", bound=Callable[..., Any])


def connected(function: F) -> F:
    """Adds --target and --token, for commands that talk to a running Headrace."""
    function = click.option("--token", envvar="HEADRACE_TOKEN", help="Who calls, where the deployment asks.")(function)
    return click.option("--target", envvar="HEADRACE_TARGET", help="Address of the gateway.")(function)


def in_location(function: F) -> F:
    """Adds --location."""
    return click.option("--location", "location_name", default="", help="The code location, where several have it.")(
        function
    )


def as_json(function: F) -> F:
    """Adds --json."""
    return click.option("--json", "json_output", is_flag=True, help="Write JSON.")(function)


def limited(default: int) -> Callable[[F], F]:
    """Adds --limit."""
    return click.option(
        "--limit", type=click.IntRange(min=1), default=default, show_default=True, help="At most this many."
    )


def configurable(function: F) -> F:
    """Adds what a run is made from beside its job: --config, --config-json, --tag, --partition."""
    options = (
        click.option(
            "-c",
            "--config",
            "config_files",
            multiple=True,
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="YAML or JSON file with run configuration; later ones add to earlier ones.",
        ),
        click.option("--config-json", help="Run configuration as JSON, instead of a file."),
        click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Tag of the run; may be repeated."),
        click.option("--partition", "partition_key", default="", help="The partition."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def confirmable(function: F) -> F:
    """Adds --yes."""
    return click.option("--yes", is_flag=True, help="Do not ask.")(function)


def confirm(question: str, *, yes: bool) -> None:
    """Asks, unless `yes`.

    Raises:
        click.Abort: the answer is no.
        click.UsageError: nobody is there to answer.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(f"{question} Nobody is there to be asked; --yes does it without asking")
    click.confirm(question, abort=True)


def open_client(target: str | None, token: str | None) -> Client:
    """Returns a client of the gateway."""
    from headrace.cli.patience import waiting_policy
    from headrace.client import Client

    return Client(target, token=token, retry=waiting_policy())


def read_config(files: Sequence[Path], text: str | None) -> dict[str, Any] | None:
    """Returns the run configuration that options give; None if they give none.

    Raises:
        click.UsageError: it cannot be read; the message says where.
    """
    if files and text is not None:
        raise click.UsageError("give --config or --config-json, not both")
    if text is not None:
        return _mapping(_parse_json(text), "--config-json")
    config: dict[str, Any] | None = None
    for file in files:
        config = merge_config(config or {}, _mapping(_parse_yaml(file), str(file)))
    return config


def read_tags(pairs: Sequence[str]) -> dict[str, str]:
    """Returns tags that are given as KEY=VALUE.

    Raises:
        click.UsageError: one has no `=`.
    """
    for pair in pairs:
        if "=" not in pair.lstrip("="):
            raise click.UsageError(f"--tag {pair!r} is no KEY=VALUE")
    return dict(pair.split("=", 1) for pair in pairs)


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.UsageError(f"--config-json is no JSON: {error}") from None


def _parse_yaml(file: Path) -> Any:
    import yaml

    try:
        with file.open("rb") as stream:
            return yaml.safe_load(stream)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file} is no YAML: {error}") from None


def _mapping(value: Any, place: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise click.UsageError(f"{place}: run configuration is a mapping, such as ops: {{…}}, not {value!r}")
    return value


def merge_config(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Returns configuration with what the second says over what the first says."""
    merged = dict(first)
    for key, value in second.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = merge_config(merged[key], value) if both else value
    return merged
