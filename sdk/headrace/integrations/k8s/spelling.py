"""Keys of Kubernetes objects: users write them in snake_case or in camelCase, the API knows camelCase only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ODD = {
    "host_ipc": "hostIPC",
    "host_pid": "hostPID",
    "host_ip": "hostIP",
    "set_hostname_as_fqdn": "setHostnameAsFQDN",
    "downward_api": "downwardAPI",
    "scale_io": "scaleIO",
    "storage_policy_id": "storagePolicyID",
    "volume_id": "volumeID",
    "pd_id": "pdID",
    "dataset_uuid": "datasetUUID",
    "target_wwns": "targetWWNs",
    "disk_uri": "diskURI",
}
# Below these, keys are names that somebody gave.
_NAMES = frozenset(
    [
        "annotations",
        "labels",
        "matchLabels",
        "nodeSelector",
        "limits",
        "requests",
        "overhead",
        "volumeAttributes",
        "options",
        "data",
        "stringData",
    ]
)


def camel_case(key: str) -> str:
    """Returns a key as the API spells it."""
    plain = key.strip("_")
    if plain in _ODD:
        return _ODD[plain]
    first, *others = plain.split("_")
    return first + "".join(other[:1].upper() + other[1:] for other in others)


def as_the_api_spells(value: Any) -> Any:
    """Returns a part of an object with all its keys in camelCase; names that users chose stay as they are."""
    if isinstance(value, Mapping):
        spelled = {camel_case(str(key)): each for key, each in value.items()}
        return {key: dict(each) if _is_named(key, each) else as_the_api_spells(each) for key, each in spelled.items()}
    if isinstance(value, (list, tuple)):
        return [as_the_api_spells(each) for each in value]
    return value


def _is_named(key: str, value: Any) -> bool:
    # flexVolume has `options` that are names; those of a pod's dnsConfig are a list.
    return key in _NAMES and isinstance(value, Mapping)
