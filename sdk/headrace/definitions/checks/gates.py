"""Blocking checks: what must not start before their verdicts."""

from __future__ import annotations

from collections.abc import Mapping

from headrace.definitions.assets.assets_definition import AssetsDefinition
from headrace.definitions.assets.key import AssetKey
from headrace.definitions.graphs.node import OutputHandle


def gates_of(nodes: Mapping[str, AssetsDefinition]) -> dict[str, tuple[OutputHandle, ...]]:
    """The verdicts that each node waits for: those of the blocking checks of what it reads.

    A check that is made along with its asset needs none: its failure fails the step that makes the asset.
    """
    blocking = _blocking(nodes)
    if not blocking:
        return {}
    gates: dict[str, tuple[OutputHandle, ...]] = {}
    for node, each in nodes.items():
        upstream = {dep.asset_key for key in each.selected_keys for dep in each.specs_by_key[key].deps}
        handles = [handle for key in sorted(upstream) for handle in blocking.get(key, ()) if handle.node != node]
        if handles:
            gates[node] = tuple(handles)
    return gates


def _blocking(nodes: Mapping[str, AssetsDefinition]) -> dict[AssetKey, list[OutputHandle]]:
    blocking: dict[AssetKey, list[OutputHandle]] = {}
    for node, each in nodes.items():
        if each.specs_by_key:
            continue
        for output in sorted(each.selected_check_outputs):
            spec = each.node_check_specs_by_output_name[output]
            if spec.blocking:
                blocking.setdefault(spec.asset_key, []).append(OutputHandle(node, output))
    return blocking
