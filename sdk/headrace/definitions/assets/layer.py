"""Which assets the nodes of a job make and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from headrace.definitions.assets.key import AssetKey
from headrace.definitions.checks.spec import AssetCheckKey, AssetCheckSpec
from headrace.definitions.graphs.node import OutputHandle
from headrace.definitions.ops.outputs import DEFAULT_IO_MANAGER_KEY

if TYPE_CHECKING:
    from headrace.definitions.assets.spec import AssetSpec


@dataclass(frozen=True)
class AssetLayer:
    """Which assets the nodes of a job make and read.

    Attributes:
        keys_by_output: The asset that an output of a top-level node materializes.
        keys_by_input: The asset that an input of a top-level node reads.
        assets_defs_by_node: The `AssetsDefinition` that a top-level node stands for.
        specs: What is known about every asset that the job makes or reads.
        io_manager_keys: The resource that loads each asset that the job reads or makes.
        selected_keys: The assets that the job makes.
        asset_graph: All assets that were there when the job was made.
        narrowed: Makes the graph and the layer of fewer of the assets and checks.
        gates: The verdicts of blocking checks that a top-level node waits for.
    """

    keys_by_output: Mapping[tuple[str, str], AssetKey] = field(default_factory=dict)
    keys_by_input: Mapping[tuple[str, str], AssetKey] = field(default_factory=dict)
    assets_defs_by_node: Mapping[str, Any] = field(default_factory=dict)
    specs: Mapping[AssetKey, AssetSpec] = field(default_factory=dict)
    io_manager_keys: Mapping[AssetKey, str] = field(default_factory=dict)
    selected_keys: frozenset[AssetKey] = frozenset()
    asset_graph: Any = None
    narrowed: Callable[[Set[AssetKey], Set[AssetCheckKey]], tuple[Any, AssetLayer]] | None = None
    gates: Mapping[str, tuple[OutputHandle, ...]] = field(default_factory=dict)

    @property
    def assets_defs_by_key(self) -> Mapping[AssetKey, Any]:
        """All assets that were there when the job was made."""
        defs: Mapping[AssetKey, Any] = self.asset_graph.assets_defs_by_key if self.asset_graph is not None else {}
        return defs

    @property
    def executable_asset_keys(self) -> Set[AssetKey]:
        """The assets that the job makes, under the name that older code reads."""
        return self.selected_keys

    @property
    def check_keys(self) -> Set[AssetCheckKey]:
        """The checks that the job makes."""
        return {key for each in self.assets_defs_by_node.values() for key in each.check_keys}

    def key_of_output(self, node: str, output: str) -> AssetKey | None:
        """The asset that an output materializes."""
        return self.keys_by_output.get((node, output))

    def key_of_input(self, node: str, name: str) -> AssetKey | None:
        """The asset that an input reads."""
        return self.keys_by_input.get((node, name))

    def makes(self, node: str, key: AssetKey) -> bool:
        """Whether a node makes an asset in this job; it may be able to and another one does."""
        return key in self.assets_defs_by_node[node].selected_keys

    def check_of_output(self, node: str, output: str) -> AssetCheckSpec | None:
        """The check whose verdict an output of a top-level node is."""
        checks: Mapping[str, AssetCheckSpec] = self.assets_defs_by_node[node].node_check_specs_by_output_name
        return checks.get(output)

    def makes_check(self, node: str, output: str) -> bool:
        """Whether a node gives the verdict of a check in this job."""
        return output in self.assets_defs_by_node[node].selected_check_outputs

    def io_manager_key(self, key: AssetKey) -> str:
        """The resource that stores and loads an asset."""
        return self.io_manager_keys.get(key, DEFAULT_IO_MANAGER_KEY)

    def node_of(self, key: AssetKey) -> str | None:
        """The node that makes an asset."""
        return self._nodes_by_key().get(key)

    def _nodes_by_key(self) -> Mapping[AssetKey, str]:
        return {key: node for (node, _output), key in self.keys_by_output.items()}
