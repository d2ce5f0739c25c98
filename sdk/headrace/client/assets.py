"""Assets as the client gives them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headrace.api.gateway.v1 import asset_service_pb2
from headrace.api.types.v1 import asset_key_pb2
from headrace.client.events import RunEvent, read_event
from headrace.client.plain import key_of, metadata_of, tags_of, time_of


@dataclass(frozen=True, slots=True)
class AssetRecord:
    """An asset's definition and what is known of it.

    Attributes:
        key: Its key, as `a/b`.
        location_name: The location that defines it; empty if none does any more.
        group_name: The group it is shown in.
        description: What it is.
        kinds: What it is made with.
        dependencies: Keys of the assets it is made from.
        tags: Tags of the definition.
        metadata: Metadata of the definition.
        owners: Who answers for it.
        code_version: Version of the code that makes it.
        executable: Whether its location can materialize it.
        materialization_count: How often it was materialized.
        latest_materialization: The newest materialization, None if there is none.
        observation_count: How often it was looked at.
        latest_observation: The newest observation, None if there is none.
        checks: The newest verdict of each of its checks, by name.
        freshness: How fresh it was when it was read: `PASS`, `WARN`, `FAIL` or `UNKNOWN`; empty without a policy.
    """

    key: str
    location_name: str = ""
    group_name: str = ""
    description: str = ""
    kinds: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    code_version: str = ""
    executable: bool = False
    materialization_count: int = 0
    latest_materialization: RunEvent | None = None
    observation_count: int = 0
    latest_observation: RunEvent | None = None
    checks: Mapping[str, RunEvent] = field(default_factory=dict)
    freshness: str = ""


def read_asset(record: asset_service_pb2.AssetRecord) -> AssetRecord:
    """Returns an asset of the contract as the client gives it out."""
    definition, known = record.definition, record.asset
    return AssetRecord(
        key=key_of(record.asset_key),
        location_name=record.location_name,
        group_name=definition.group_name,
        description=definition.description,
        kinds=tuple(definition.kinds),
        dependencies=tuple(key_of(dependency.asset_key) for dependency in definition.dependencies),
        tags=tags_of(definition.tags),
        metadata=metadata_of(definition.metadata),
        owners=tuple(definition.owners),
        code_version=definition.code_version,
        executable=definition.executable,
        materialization_count=known.materialization_count,
        latest_materialization=(
            read_event(known.latest_materialization) if known.HasField("latest_materialization") else None
        ),
        observation_count=known.observation_count,
        latest_observation=read_event(known.latest_observation) if known.HasField("latest_observation") else None,
        checks={each.check_name: read_event(each.latest_evaluation) for each in known.checks},
        freshness=_freshness(record) if definition.HasField("freshness_policy") else "",
    )


def _freshness(record: asset_service_pb2.AssetRecord) -> str:
    # Only who reads assets with a policy pays for what knows policies.
    from headrace.client.freshness import freshness_now

    known = record.asset
    made = time_of(known.latest_materialization, "event_time") if known.HasField("latest_materialization") else None
    return freshness_now(record.definition.freshness_policy, made)


def asset_key(text: object) -> asset_key_pb2.AssetKey:
    """Returns a key of the contract.

    Args:
        text: `a/b`, the parts as a list, or anything with a `path`, such as `headrace.AssetKey`.
    """
    parts: Any = getattr(text, "path", text)
    path = parts.split("/") if isinstance(parts, str) else [str(part) for part in parts]
    if not all(path):
        raise ValueError(f"{text!r} is no asset key: write its parts joined by slashes, such as raw/orders")
    return asset_key_pb2.AssetKey(path=path)
