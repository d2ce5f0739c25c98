"""Which steps of a job a run executes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING

from headrace.definitions.walk import reachable
from headrace.errors import InvalidSubsetError
from headrace.execute.planning.sources import split_key

if TYPE_CHECKING:
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.assets.layer import AssetLayer
    from headrace.definitions.checks.spec import AssetCheckKey
    from headrace.definitions.jobs.job import JobDefinition
    from headrace.execute.spec import RunSpec

Upstream = Mapping[str, Set[str]]
"""The steps upstream of each step."""

_CLAUSE = re.compile(r"^(?P<up>\*|\+*)(?P<name>[\w.]+)(?P<key>\[[^\]]*\])?(?P<down>\+*|\*)$")


def select_steps(job: JobDefinition, spec: RunSpec, upstream: Upstream) -> frozenset[str] | None:
    """The steps that all selections of `spec` leave; None when nothing is selected, which means all.

    Raises:
        InvalidSubsetError: a selection names what is not there, or leaves nothing.
    """
    selections: list[frozenset[str]] = []
    if spec.asset_selection is not None or spec.asset_check_selection is not None:
        selections.append(steps_of_assets(spec.asset_selection or (), job, upstream, spec.asset_check_selection))
    if spec.step_keys is not None:
        selections.append(_known(spec.step_keys, upstream, job.name))
    if not selections:
        return None
    selected = frozenset.intersection(*selections)
    if not selected:
        raise InvalidSubsetError(f"The selection leaves nothing of job {job.name!r} to run.")
    return selected


def steps_of_ops(clauses: Sequence[str], upstream: Upstream, job_name: str) -> frozenset[str]:
    """The steps that clauses such as `op`, `*op`, `op+`, `++graph.op` select; a graph's name selects all inside."""
    downstream: dict[str, set[str]] = {key: set() for key in upstream}
    for key, above in upstream.items():
        for each in above:
            downstream[each].add(key)
    selected: set[str] = set()
    for clause in clauses:
        if clause == "*":
            selected.update(upstream)
            continue
        parsed = _CLAUSE.match(clause)
        if parsed is None:
            raise InvalidSubsetError(
                f"No qualified ops to execute found for op_selection={list(clauses)}: {clause!r} is no op selection; write an op's name, "
                "with * or + before or after it."
            )
        try:
            starts = _named(parsed["name"], upstream, job_name)
        except InvalidSubsetError as error:
            raise InvalidSubsetError(
                f"No qualified ops to execute found for op_selection={list(clauses)}: {error}"
            ) from None
        selected |= starts
        selected |= _reached(starts, upstream, parsed["up"])
        selected |= _reached(starts, downstream, parsed["down"])
    return frozenset(selected)


def steps_of_assets(
    keys: Iterable[AssetKey],
    job: JobDefinition,
    upstream: Upstream,
    checks: Iterable[AssetCheckKey] | None = None,
) -> frozenset[str]:
    """The steps that make these assets and these checks, or else the checks of the assets."""
    layer = job.asset_layer
    if layer is None:
        raise InvalidSubsetError(f"Job {job.name!r} makes no assets, so none can be selected.")
    keys = frozenset(keys)
    nodes = {key: node for (node, _output), key in layer.keys_by_output.items() if layer.makes(node, key)}
    checks = frozenset(checks) if checks is not None else checks_of(keys, layer)
    for key in keys:
        if key not in nodes:
            raise InvalidSubsetError(f"Job {job.name!r} does not make asset {key.to_user_string()!r}.")
    chosen = {nodes[key] for key in keys} | set(_nodes_of_checks(checks, layer, job.name))
    for node in chosen:
        # Refuses a part of what cannot be made in parts.
        layer.assets_defs_by_node[node].subset_for(keys, checks)
    return frozenset().union(*(_named(node, upstream, job.name) for node in chosen))


def checks_of(keys: Set[AssetKey], layer: AssetLayer) -> frozenset[AssetCheckKey]:
    """The checks of these assets that a job makes."""
    return frozenset(
        key for each in layer.assets_defs_by_node.values() for key in each.check_keys if key.asset_key in keys
    )


def _nodes_of_checks(checks: Set[AssetCheckKey], layer: AssetLayer, job_name: str) -> Iterator[str]:
    nodes = {key: node for node, each in layer.assets_defs_by_node.items() for key in each.check_keys}
    for key in checks:
        if key not in nodes:
            raise InvalidSubsetError(f"Job {job_name!r} does not make asset check {key.to_user_string()!r}.")
        yield nodes[key]


def _named(name: str, upstream: Upstream, job_name: str) -> set[str]:
    found = {name} if name in upstream else {key for key in upstream if key.startswith(f"{name}.")}
    if not found:
        raise InvalidSubsetError(f"Job {job_name!r} has no op {name!r}; it has: {_listing(upstream)}.")
    return found


def _known(keys: Sequence[str], upstream: Upstream, job_name: str) -> frozenset[str]:
    keys = [split_key(key)[0] for key in keys]
    unknown = [key for key in keys if key not in upstream]
    if unknown:
        raise InvalidSubsetError(f"Job {job_name!r} has no step {', '.join(unknown)}; it has: {_listing(upstream)}.")
    return frozenset(keys)


def _reached(starts: set[str], neighbours: Upstream, marks: str) -> Set[str]:
    depth = None if marks == "*" else len(marks)
    return reachable(starts, lambda key: neighbours[key], depth)


def _listing(names: Iterable[str], most: int = 20) -> str:
    names = sorted(names)
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
