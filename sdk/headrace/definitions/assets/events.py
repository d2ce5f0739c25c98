"""What code returns, yields or logs to tell that assets were made or looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from headrace.definitions.assets.data_version import DATA_VERSION_TAGS, DataVersion
from headrace.definitions.assets.key import AssetKey, CoercibleToAssetKey
from headrace.definitions.checks.result import AssetCheckResult
from headrace.definitions.metadata.carrier import MetadataCarrier
from headrace.definitions.metadata.values import MetadataValue, normalize_metadata
from headrace.definitions.tags import normalize_tags
from headrace.errors import UnknownNameError
from headrace.undefined import UNDEFINED

T = TypeVar("T")
_NO_NAME = re.compile("[^a-zA-Z0-9_]")


class _Result(MetadataCarrier):
    """Compares and prints by the attributes it is made of."""

    __slots__: Sequence[str] = ()

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for each in type(self).__mro__ for name in getattr(each, "__slots__", ())}

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values() == other._values()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self._values().items() if value)
        return f"{type(self).__name__}({given})"


class MaterializeResult(_Result, Generic[T]):
    """Tells that an asset was made by the code itself; nothing is handed to an I/O manager unless a value is given.

    Args:
        asset_key: The asset; needed only where the code makes several.
        metadata: Recorded with the materialization.
        data_version: The version of the data, when the code knows it.
        tags: Recorded with the materialization.
        value: A value for the asset's I/O manager.
        check_results: The verdicts of checks of the asset.
    """

    __slots__ = ("asset_key", "check_results", "data_version", "metadata", "tags", "value")
    is_output_event: ClassVar[bool] = True

    def __init__(
        self,
        *,
        asset_key: CoercibleToAssetKey | None = None,
        metadata: Mapping[str, Any] | None = None,
        check_results: Sequence[AssetCheckResult] | None = None,
        data_version: Any = None,
        tags: Mapping[str, str] | None = None,
        value: T | Any = UNDEFINED,
    ) -> None:
        self.asset_key = None if asset_key is None else AssetKey.from_coercible(asset_key)
        self.metadata: Mapping[str, Any] = dict(metadata or {})
        self.check_results: Sequence[AssetCheckResult] = list(check_results or ())
        self.data_version = data_version
        self.tags: dict[str, str] = normalize_tags(tags, "A MaterializeResult's tags")
        self.value = value

    def check_result_named(self, check_name: str) -> AssetCheckResult:
        """The verdict of the check of this name."""
        return _named(self.check_results, check_name, self)

    @property
    def has_value(self) -> bool:
        """Whether a value for the I/O manager was given."""
        return self.value is not UNDEFINED


class ObserveResult(_Result):
    """Tells something about an asset that is made elsewhere.

    Args:
        asset_key: The asset; needed only where the code looks at several.
        metadata: Recorded with the observation.
        check_results: The verdicts of checks of the asset.
        data_version: The version of the data.
        tags: Recorded with the observation.
    """

    __slots__ = ("asset_key", "check_results", "data_version", "metadata", "tags")
    is_output_event: ClassVar[bool] = True

    def __init__(
        self,
        *,
        asset_key: CoercibleToAssetKey | None = None,
        metadata: Mapping[str, Any] | None = None,
        check_results: Sequence[AssetCheckResult] | None = None,
        data_version: DataVersion | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self.asset_key = None if asset_key is None else AssetKey.from_coercible(asset_key)
        self.metadata: Mapping[str, Any] = dict(metadata or {})
        self.check_results: Sequence[AssetCheckResult] = list(check_results or ())
        self.data_version = data_version
        self.tags: dict[str, str] = normalize_tags(tags, "An ObserveResult's tags")

    def check_result_named(self, check_name: str) -> AssetCheckResult:
        """The verdict of the check of this name."""
        return _named(self.check_results, check_name, self)


def _named(results: Sequence[AssetCheckResult], name: str, given_with: object) -> AssetCheckResult:
    found = [each for each in results if each.check_name == name]
    if len(found) != 1:
        known = ", ".join(str(each.check_name) for each in results) or "none"
        raise UnknownNameError(
            f"{type(given_with).__name__} has {len(found)} verdicts of check {name!r}; it has: {known}."
        )
    return found[0]


class _AssetEvent(_Result):
    """An event about an asset that code tells of outside of its outputs."""

    __slots__ = ("asset_key", "description", "metadata", "partition", "tags")

    def __init__(
        self,
        asset_key: CoercibleToAssetKey,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        # Unlike where assets are defined, a string is split here, like a path and at whatever is no part of a name.
        path = [part for part in _NO_NAME.split(asset_key) if part] if isinstance(asset_key, str) else asset_key
        self.asset_key = AssetKey.from_coercible(path)
        self.description = description
        self.metadata: dict[str, MetadataValue] = normalize_metadata(metadata)
        self.partition = partition
        self.tags: dict[str, str] = normalize_tags(tags, f"The tags of a {type(self).__name__}")

    @property
    def label(self) -> str:
        """The parts of the asset's key, as words."""
        return " ".join(self.asset_key.path)


class AssetMaterialization(_AssetEvent):
    """Tells that an asset was made, by code that is not defined as that asset.

    Args:
        asset_key: The asset.
        description: What happened.
        metadata: Recorded with the materialization.
        partition: The partition that was made.
        tags: Recorded with the materialization.
    """

    __slots__ = ()

    @staticmethod
    def file(
        path: str, description: str | None = None, asset_key: CoercibleToAssetKey | None = None
    ) -> AssetMaterialization:
        """Tells that a file was written; its path is the asset's key unless another is given, and metadata `path`.

        Args:
            path: Where it is.
            description: What happened.
            asset_key: The asset.
        """
        metadata = {"path": MetadataValue.path(path)}
        return AssetMaterialization(path if asset_key is None else asset_key, description, metadata)


class AssetObservation(_AssetEvent):
    """Tells something about an asset without making it.

    Args:
        asset_key: The asset.
        description: What was observed.
        metadata: Recorded with the observation.
        partition: The partition that was looked at.
        tags: Recorded with the observation.
    """

    __slots__ = ()

    @property
    def data_version(self) -> str | None:
        """The version of the data, where the tags say it."""
        return next((self.tags[name] for name in DATA_VERSION_TAGS if name in self.tags), None)
