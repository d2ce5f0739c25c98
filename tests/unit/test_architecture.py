"""Rules of the import graph that import-linter has no contract for; the others are in pyproject.toml."""

from __future__ import annotations

import fnmatch
import graphlib

import grimp
import pytest

PACKAGES = ("headrace", "headrace_codeloc", "headrace_services")
GENERATED = "headrace.api"

# Whoever speaks protobuf: converters and transport, and on each side of a service those who translate and act.
SPEAK_PROTOBUF = (
    "headrace.client.*",
    "headrace.rpc.*",
    "headrace.wire.*",
    "headrace_codeloc.*",
    "headrace_services.*",
)
# Those among them that must not: pure rules, which decide on domain values, and what holds the database.
KNOW_NO_PROTOBUF = ("*.transitions", "*.leases", "*.ticks", "headrace_services.storage.store.schema")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """The imports of all three packages, those inside functions included, those for type checkers left out."""
    return grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)


def imports_of(graph: grimp.ImportGraph, module: str) -> set[str]:
    """What a module imports; its own parent package does not count, python loads that one first in any case."""
    return {name for name in graph.find_modules_directly_imported_by(module) if not module.startswith(f"{name}.")}


def matches(module: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatch(module, pattern) or f"{module}.*" == pattern for pattern in patterns)


def test_no_import_cycle_not_even_inside_functions(graph: grimp.ImportGraph) -> None:
    sorter = graphlib.TopologicalSorter({module: imports_of(graph, module) for module in graph.modules})
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        pytest.fail("import cycle: " + " <- ".join(error.args[1]))


def test_generated_code_is_imported_only_by_those_who_speak_protobuf(graph: grimp.ImportGraph) -> None:
    trespassers = sorted(
        f"{module} imports {imported}"
        for module in graph.modules
        for imported in imports_of(graph, module)
        if imported.startswith(f"{GENERATED}.")
        and not module.startswith(GENERATED)
        and (not matches(module, SPEAK_PROTOBUF) or matches(module, KNOW_NO_PROTOBUF))
    )
    assert trespassers == []


def test_a_cycle_hidden_in_a_function_would_be_found() -> None:
    graph = grimp.ImportGraph()
    for importer, imported in (("a.x", "a.y"), ("a.y", "a.x")):
        graph.add_import(importer=importer, imported=imported)
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter({module: imports_of(graph, module) for module in graph.modules}).prepare()
