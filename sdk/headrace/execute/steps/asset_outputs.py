"""The assets that the outputs of a step are: which one, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from headrace.definitions.assets.data_version import DataVersion, DataVersionsByPartition, version_tags
from headrace.definitions.metadata.values import normalize_metadata
from headrace.errors import InvalidObservationError, InvariantViolationError
from headrace.execute.events.event import AssetMaterialized, AssetObserved

if TYPE_CHECKING:
    from headrace.definitions.assets.events import ObserveResult
    from headrace.definitions.assets.key import AssetKey
    from headrace.definitions.metadata.values import MetadataValue
    from headrace.execute.contexts.scope import StepScope
    from headrace.execute.planning.plan import StepOutput

T = TypeVar("T")


class AssetOutputs:
    """Records the assets that one attempt makes or looks at."""

    def __init__(self, scope: StepScope) -> None:
        self._scope = scope
        step = scope.step
        self._made: dict[AssetKey, StepOutput] = {
            output.asset_key: output
            for output in step.outputs.values()
            if output.asset_key is not None and output.name in step.selected_outputs
        }

    def output_of(self, key: AssetKey | None, kind: str) -> StepOutput:
        """The output that an asset is; `key` may be left out if there is only one.

        Args:
            key: The asset, as user code names it.
            kind: What named it, for messages.
        """
        return named_output(self._made, key, kind, f"step {self._scope.step_key!r}")

    def materialized(self, output: StepOutput, metadata: Mapping[str, MetadataValue], tags: Mapping[str, str]) -> None:
        """Record that the asset of an output was made; of a partitioned one, each partition."""
        key = output.asset_key
        if key is None:
            return
        tags = {**version_tags(self._scope.data_versions.get(key)), **tags}
        made = self._scope.partitions.made(key)
        for partition in [None] if made is None else made.get_partition_keys():
            all_metadata = {**metadata, **self._scope.asset_metadata(key, partition)}
            self._scope.emit(AssetMaterialized(key, partition, None, all_metadata, tags, output.name))

    def observed(self, output: StepOutput, result: ObserveResult) -> None:
        """Record what was seen of the asset of an output; of a partitioned one, for each partition."""
        key = output.asset_key
        assert key is not None
        tags = {**result.tags, **version_tags(result.data_version)}
        made = self._scope.partitions.made(key)
        for partition in [None] if made is None else made.get_partition_keys():
            metadata = {**normalize_metadata(result.metadata), **self._scope.asset_metadata(key, partition)}
            self._scope.emit(AssetObserved(key, partition, None, metadata, tags))

    def observed_versions(self, output: StepOutput, versions: DataVersion | DataVersionsByPartition) -> None:
        """Record which version the data of the asset of an output has, or of which of its partitions."""
        key = output.asset_key
        assert key is not None
        partitioned = self._scope.partitions.definition_of(key) is not None
        if partitioned != isinstance(versions, DataVersionsByPartition):
            kind, wanted = (
                ("is partitioned", "DataVersionsByPartition") if partitioned else ("has no partitions", "DataVersion")
            )
            raise InvalidObservationError(
                f"{key.to_user_string()!r} {kind}, so what observes it should return a {wanted}, not a "
                f"{type(versions).__name__}."
            )
        if isinstance(versions, DataVersion):
            self._scope.emit(AssetObserved(key, None, None, {}, version_tags(versions)))
            return
        for partition, version in versions.data_versions_by_partition.items():
            self._scope.emit(AssetObserved(key, partition, None, {}, version_tags(version)))

    def check_order(self, output: StepOutput) -> None:
        """Refuses an asset that comes before one of the same step that it is made of."""
        spec = self._scope.spec_of(output.asset_key)
        for dep in spec.deps if spec is not None else ():
            above = self._made.get(dep.asset_key)
            if above is not None and above is not output and above.name not in self._scope.produced:
                assert output.asset_key is not None
                raise InvariantViolationError(
                    f'Asset "{output.asset_key.to_user_string()}" was yielded before its dependency '
                    f'"{dep.asset_key.to_user_string()}" by step {self._scope.step_key!r}; produce them in the order in '
                    "which they are made of each other."
                )


def named_output(made: Mapping[AssetKey, T], key: AssetKey | None, kind: str, where: str) -> T:
    """What belongs to the asset that a result names, or to the only one there is.

    Args:
        made: What belongs to each asset that is made.
        key: The asset, as user code names it.
        kind: What named it, for messages.
        where: What was running, for messages.
    """
    if key is None and len(made) == 1:
        return next(iter(made.values()))
    known = ", ".join(each.to_user_string() for each in made) or "none"
    if key is None:
        raise InvariantViolationError(
            f"{kind} did not include asset_key and it can not be inferred. Specify which asset_key, options are: {known} "
            f"({where})."
        )
    if key not in made:
        raise InvariantViolationError(
            f"Asset key {key.to_user_string()} not found in AssetsDefinition: {kind} of {where} names it; it makes: {known}."
        )
    return made[key]
