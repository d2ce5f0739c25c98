"""The options that name the user's code, and loading it into this very process."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from headrace_codeloc.options import CodeSource

if TYPE_CHECKING:
    from headrace_codeloc.code.location import LoadedLocation

F = TypeVar("F", bound=Callable[..., Any])


def naming_code(function: F) -> F:
    """Adds -f, -m, --package-name, -a and -d, and --dagster-compat, which acts at once."""
    options = (
        click.option("-f", "--python-file", default="", help="The Python file with the definitions."),
        click.option("-m", "--module-name", "module", default="", help="The module with the definitions."),
        click.option("--package-name", "package", default="", help="The installed package with the definitions."),
        click.option("-a", "--attribute", default="", help="The variable that holds the definitions."),
        click.option("-d", "--working-directory", default="", help="Where the code runs and imports from."),
        click.option(
            "--dagster-compat",
            is_flag=True,
            expose_value=False,
            callback=_answer_for_dagster,
            help="Answer `import dagster` with Headrace.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _answer_for_dagster(_context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from headrace.compat.dagster.hook import install

        install()


def source_of(python_file: str, module: str, package: str, attribute: str, working_directory: str) -> CodeSource | None:
    """Returns the code that the options name; None if they name none.

    Raises:
        click.UsageError: they name several.
    """
    named = [each for each in (python_file, module, package) if each]
    if len(named) > 1:
        raise click.UsageError("give one of -f, -m and --package-name")
    if not named:
        return None
    file = os.path.abspath(python_file) if python_file else ""
    return CodeSource(file, module, package, attribute, os.path.abspath(working_directory or os.getcwd()))


def load(source: CodeSource) -> LoadedLocation:
    """Imports the user's code.

    Raises:
        CodeLoadError: it does not load; the message has the file and the line.
    """
    from headrace_codeloc.code.load_failures import describe_load_failure
    from headrace_codeloc.code.loader import enter_working_directory, load_location

    try:
        enter_working_directory(source)
        return load_location(source)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        failure = describe_load_failure(error, source)
        place = f"{failure.file}:{failure.line}: " if failure.file and failure.line else ""
        raise CodeLoadError(f"{place}{failure.type}: {failure.message}") from error


class CodeLoadError(click.ClickException):
    """The user's code does not load."""

    exit_code = 1
