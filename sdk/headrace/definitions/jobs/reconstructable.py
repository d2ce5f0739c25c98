"""Jobs that other processes can find again: by the module that defines them, or by a function that makes them."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey
from headrace.definitions.definitions import Definitions
from headrace.definitions.graphs.graph import GraphDefinition
from headrace.definitions.jobs.job import JobDefinition
from headrace.definitions.repository import RepositoryDefinition
from headrace.errors import InvariantViolationError


@dataclass(frozen=True)
class FunctionPlace:
    """A module-level name.

    Attributes:
        module: The module's name.
        file: The file it was loaded from, for modules that cannot be imported by name.
        name: The name in it.
    """

    module: str
    file: str | None
    name: str

    def find(self) -> Any:
        """What stands there."""
        return getattr(self._load(), self.name)

    def _load(self) -> ModuleType:
        try:
            return importlib.import_module(self.module)
        except ImportError:
            if self.file is None:
                raise
        spec = importlib.util.spec_from_file_location(self.module, self.file)
        if spec is None or spec.loader is None:
            raise InvariantViolationError(f"There is no module at {self.file}.")
        module = sys.modules[self.module] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


@dataclass(frozen=True)
class ReconstructableJob:
    """A job that other processes can find again; made with `reconstructable` or `build_reconstructable_job`.

    Attributes:
        place: Where the job, or a function that makes it, is defined.
        args: Arguments of that function.
        kwargs: Keyword arguments of that function.
        working_directory: Added to where modules are looked for.
        op_selection: The ops that are part of it; all when None.
        asset_selection: The assets that it makes; all when None.
        asset_check_selection: The checks that it makes; those of the assets when None.
    """

    place: FunctionPlace
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    working_directory: str | None = None
    op_selection: Set[str] | None = None
    asset_selection: Set[AssetKey] | None = None
    asset_check_selection: Set[AssetCheckKey] | None = None

    def get_subset(
        self,
        *,
        op_selection: Iterable[str] | None = None,
        asset_selection: Set[AssetKey] | None = None,
        asset_check_selection: Set[AssetCheckKey] | None = None,
    ) -> ReconstructableJob:
        """The same job with some of its ops, or some of its assets and checks, only.

        Args:
            op_selection: The ops: `op`, `*op`, `op+`, `++graph.op`; all when left out.
            asset_selection: The assets; all when nothing is selected.
            asset_check_selection: The checks; those of the assets when left out.
        """
        return replace(
            self,
            op_selection=None if op_selection is None else frozenset(op_selection),
            asset_selection=None if asset_selection is None else frozenset(asset_selection),
            asset_check_selection=None if asset_check_selection is None else frozenset(asset_check_selection),
        )

    def get_definition(self) -> JobDefinition:
        """The job."""
        if self.working_directory is not None and self.working_directory not in sys.path:
            sys.path.insert(0, self.working_directory)
        return job_of(self.place.find(), self.args, self.kwargs).get_subset(
            None if self.op_selection is None else sorted(self.op_selection),
            self.asset_selection,
            self.asset_check_selection,
        )


def reconstructable(target: Callable[..., Any] | JobDefinition | GraphDefinition) -> ReconstructableJob:
    """A job, or a function that makes one, as something that other processes can find again.

    Args:
        target: A job made with `@job` or `@graph`, or a function without parameters that returns a job; at module level.
    """
    function = _function_of(target)
    if getattr(function, "__name__", "") == "<lambda>":
        raise InvariantViolationError(
            "Reconstructable target can not be a lambda. Use a function or decorated function defined at module scope "
            "instead, or use build_reconstructable_job."
        )
    module = inspect.getmodule(function)
    if module is None or (module.__name__ == "__main__" and not getattr(module, "__file__", None)):
        raise InvariantViolationError(
            "reconstructable() can not reconstruct jobs defined in interactive environments like <stdin>, IPython, or "
            "Jupyter notebooks. Use a job defined in a module or file instead."
        )
    name, qualified = function.__name__, function.__qualname__
    if qualified != name:
        raise InvariantViolationError(
            f'Use a function or decorated function defined at module scope instead of "{qualified}", or use '
            "build_reconstructable_job."
        )
    if function is target and inspect.signature(function).parameters:
        raise InvariantViolationError(
            f"Reconstructable target must be callable with no arguments; {name} takes some. Use build_reconstructable_job."
        )
    found = ReconstructableJob(FunctionPlace(module.__name__, getattr(module, "__file__", None), name))
    job_of(target, (), {})
    return found


def build_reconstructable_job(
    reconstructor_module_name: str,
    reconstructor_function_name: str,
    reconstructable_args: tuple[Any, ...] | None = None,
    reconstructable_kwargs: Mapping[str, Any] | None = None,
    reconstructor_working_directory: str | None = None,
) -> ReconstructableJob:
    """A job that a function makes from arguments, as something that other processes can find again.

    Args:
        reconstructor_module_name: The module of the function.
        reconstructor_function_name: The function.
        reconstructable_args: Its arguments.
        reconstructable_kwargs: Its keyword arguments.
        reconstructor_working_directory: Added to where modules are looked for.
    """
    return ReconstructableJob(
        FunctionPlace(reconstructor_module_name, None, reconstructor_function_name),
        tuple(reconstructable_args or ()),
        dict(reconstructable_kwargs or {}),
        reconstructor_working_directory,
    )


def job_of(target: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None) -> JobDefinition:
    """The job that a module-level name stands for."""
    made = target(*args, **(kwargs or {})) if inspect.isfunction(target) else target
    if isinstance(made, GraphDefinition):
        return made.to_job()
    if isinstance(made, JobDefinition):
        return made
    if isinstance(made, (Definitions, RepositoryDefinition)):
        jobs = list(made.jobs or ()) if isinstance(made, Definitions) else made.get_all_jobs()
        if len(jobs) == 1 and isinstance(jobs[0], JobDefinition):
            return jobs[0]
    raise InvariantViolationError(
        "Loadable attributes must be either a JobDefinition, GraphDefinition, Definitions, or RepositoryDefinition. "
        f"Got {made!r}."
    )


def _function_of(target: Any) -> Callable[..., Any]:
    function = target
    if isinstance(target, JobDefinition):
        function = target.graph.composition_fn
    elif isinstance(target, GraphDefinition):
        function = target.composition_fn
    if not inspect.isfunction(function):
        raise InvariantViolationError(
            "Reconstructable target was not a function returning a job definition, or a job definition produced by a "
            f"decorated function. Received {target!r}."
        )
    return function
