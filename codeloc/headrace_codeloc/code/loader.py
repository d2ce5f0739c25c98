"""Importing the user's code and finding its definitions."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import sysconfig
from types import ModuleType

from headrace.compat.environment import pass_on
from headrace.compat.inherited import install_if_inherited
from headrace.definitions.definitions import Definitions
from headrace.definitions.jobs.job import JobDefinition
from headrace.errors import InvalidDefinitionError
from headrace.execute.spec import RunSpec
from headrace_codeloc.code.finder import find_definitions
from headrace_codeloc.code.location import LoadedLocation
from headrace_codeloc.options import CodeSource


def enter_working_directory(source: CodeSource) -> None:
    """Goes to the working directory, and makes modules there and beside the file importable.

    They come behind the standard library: a file of the user called `numbers.py` must not stand in for its module.
    """
    if source.working_directory:
        os.chdir(source.working_directory)
    directories = [source.working_directory]
    if source.python_file:
        directories.append(os.path.dirname(source.python_file))
    place = _behind_standard_library()
    for directory in reversed([each for each in dict.fromkeys(directories) if each]):
        sys.path.insert(place, directory)


def load_location(source: CodeSource) -> LoadedLocation:
    """Imports the user's code and puts its definitions together.

    Raises:
        HeadraceError: what it defines does not fit together, or nothing was found.
        BaseException: whatever the user's code raises.
    """
    answer_for_dagster(source)
    module = _import(source)
    definitions = find_definitions(module, source)
    Definitions.validate_loadable(definitions)
    return LoadedLocation(definitions, source)


def answer_for_dagster(source: CodeSource) -> None:
    """Makes `import dagster` mean Headrace, where the location or the process that started this one wants it."""
    if source.dagster_compat:
        pass_on()
    install_if_inherited()


def resolve_job(source: CodeSource, spec: RunSpec) -> JobDefinition:
    """Returns the job of a run in an interpreter that has not loaded the user's code yet."""
    enter_working_directory(source)
    return load_location(source).job(spec.job_name)


def _import(source: CodeSource) -> ModuleType:
    if source.python_file:
        return _import_file(source.python_file)
    return importlib.import_module(source.module or source.package)


def _import_file(path: str) -> ModuleType:
    if os.path.isdir(path):
        raise IsADirectoryError(f"{path} is a directory: name a file in it, or its package")
    if not os.path.isfile(path):
        raise FileNotFoundError(f"there is no file {path}")
    name = _module_name(path)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InvalidDefinitionError(f"{path} is no Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _module_name(path: str) -> str:
    """The file's own name, unless another module has it already or will be looked for under it."""
    name = os.path.splitext(os.path.basename(path))[0]
    taken = name in sys.modules or name in sys.stdlib_module_names or not name.isidentifier()
    return f"{name}__location" if taken else name


def _behind_standard_library() -> int:
    standard = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    standard |= {os.path.join(path, "lib-dynload") for path in standard}
    return max((number + 1 for number, path in enumerate(sys.path) if path in standard), default=0)
