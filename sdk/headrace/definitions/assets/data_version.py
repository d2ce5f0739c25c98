"""Versions of data: whether what an asset was made from has changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headrace.definitions.assets.key import AssetKey
from headrace.errors import InvalidDefinitionError

DATA_VERSION_TAG = "headrace/data_version"
DATA_VERSION_TAGS = (DATA_VERSION_TAG, "dagster/data_version")
CODE_VERSION_TAG = "headrace/code_version"
INPUT_VERSION_PREFIX = "headrace/input_data_version/"
USER_PROVIDED_TAG = "headrace/data_version_is_user_provided"


@dataclass(frozen=True)
class DataVersion:
    """The version of an asset's data: equal versions mean equal data.

    Args:
        value: Any string, such as a hash or a date.
    """

    value: str

    def __post_init__(self) -> None:
        if not isinstance(self.value, str):
            raise InvalidDefinitionError(f"A DataVersion is made of a string, not of {self.value!r}.")


@dataclass(frozen=True)
class DataVersionsByPartition:
    """The versions of the data of partitions, as an observation of a partitioned asset finds them.

    Args:
        data_versions_by_partition: Versions, or what they are made of, by partition key.
    """

    data_versions_by_partition: Mapping[str, DataVersion]

    def __init__(self, data_versions_by_partition: Mapping[str, str | DataVersion]) -> None:
        versions = {
            key: version if isinstance(version, DataVersion) else DataVersion(version)
            for key, version in data_versions_by_partition.items()
        }
        object.__setattr__(self, "data_versions_by_partition", versions)


@dataclass(frozen=True)
class DataProvenance:
    """What a materialization was made of.

    Attributes:
        code_version: The version of the code.
        input_data_versions: The versions of the assets upstream.
        is_user_provided: Whether the code told the version of the data itself.
    """

    code_version: str
    input_data_versions: Mapping[AssetKey, DataVersion]
    is_user_provided: bool = False

    def has_input_asset(self, key: AssetKey) -> bool:
        """Whether it was made of an asset."""
        return key in self.input_data_versions

    @staticmethod
    def from_tags(tags: Mapping[str, str]) -> DataProvenance | None:
        """What the tags of a materialization say of it; None if they say nothing."""
        if CODE_VERSION_TAG not in tags:
            return None
        inputs = {
            AssetKey.from_user_string(name.removeprefix(INPUT_VERSION_PREFIX)): DataVersion(value)
            for name, value in tags.items()
            if name.startswith(INPUT_VERSION_PREFIX)
        }
        return DataProvenance(tags[CODE_VERSION_TAG], inputs, tags.get(USER_PROVIDED_TAG) == "true")


def version_tags(version: Any) -> dict[str, str]:
    """The tag that keeps the version that user code gave."""
    if version is None:
        return {}
    if not isinstance(version, DataVersion):
        raise InvalidDefinitionError(f"data_version is a DataVersion, not {version!r}.")
    return {DATA_VERSION_TAG: version.value}


def computed_version(code_version: str, inputs: Mapping[AssetKey, str]) -> str:
    """The version of data that code of one version makes of inputs of these versions."""
    parts = [code_version, *(inputs[key] for key in sorted(inputs))]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def provenance_tags(
    given: Mapping[str, str], code_version: str | None, run_id: str, inputs: Mapping[AssetKey, str]
) -> dict[str, str]:
    """All tags about versions that a materialization gets; code without a version makes new data each time."""
    code = code_version or run_id
    data = given.get(DATA_VERSION_TAG) or computed_version(code, inputs)
    sources = {f"{INPUT_VERSION_PREFIX}{key.to_user_string()}": version for key, version in inputs.items()}
    told = {USER_PROVIDED_TAG: "true"} if DATA_VERSION_TAG in given else {}
    return {DATA_VERSION_TAG: data, CODE_VERSION_TAG: code, **sources, **told}
