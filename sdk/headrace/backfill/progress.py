"""How far a backfill has come."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from headrace.automation.cursor import SavedSubset, restore, save
from headrace.automation.facts import Target
from headrace.automation.parts import Parts
from headrace.automation.subset import EntitySubset, Value, common, joined, without
from headrace.definitions.assets.key import AssetKey
from headrace.errors import InvalidInvocationError

_PREFIX = "backfill/1:"

Targets = Mapping[AssetKey, EntitySubset]
"""What is to be made. A job stands for itself under a key of its own."""


@dataclass(frozen=True)
class EndedRun:
    """A run of the backfill that is over.

    Attributes:
        keys: The assets that it was to make; none: all that have the partition.
        target: What of them.
        succeeded: Whether it did.
        made: The partitions that it has made of each asset although it did not succeed; None stands for all of what
            has no partitions.
    """

    keys: frozenset[AssetKey]
    target: Target
    succeeded: bool
    made: Mapping[AssetKey, Sequence[str | None]] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """What has been asked for, and what came of it; what is missing in a mapping is nothing.

    Attributes:
        requested: What runs were asked for.
        made: What runs have made.
        failed: What runs were to make and did not, and no later one has made.
    """

    requested: Mapping[AssetKey, Value] = field(default_factory=dict)
    made: Mapping[AssetKey, Value] = field(default_factory=dict)
    failed: Mapping[AssetKey, Value] = field(default_factory=dict)

    def after(self, ended: Iterable[EndedRun], targets: Targets) -> Progress:
        """The progress when these runs have ended."""
        made, failed = dict(self.made), dict(self.failed)
        for run in ended:
            for key, value in _values(run, targets):
                got = value if run.succeeded else common(_part(targets[key], run.made.get(key, ())), value)
                made[key] = joined(made.get(key, _nothing(value)), got)
                missing = joined(failed.get(key, _nothing(value)), value)
                failed[key] = without(missing, made[key])
        return Progress(self.requested, made, failed)

    def with_requested(self, now: Mapping[AssetKey, Value]) -> Progress:
        """The progress when more was asked for."""
        requested = dict(self.requested)
        for key, value in now.items():
            requested[key] = joined(requested.get(key, _nothing(value)), value)
        return Progress(requested, self.made, self.failed)

    def of_retry(self) -> Progress:
        """The progress of a backfill that makes again what this one has not made."""
        return Progress(self.made, self.made)

    def to_text(self) -> str:
        """The progress as text."""
        parts = {name: _save(getattr(self, name)) for name in ("requested", "made", "failed")}
        packed = zlib.compress(json.dumps(parts, separators=(",", ":")).encode())
        return _PREFIX + base64.b64encode(packed).decode()

    @staticmethod
    def from_text(text: str, targets: Targets) -> Progress:
        """Reads what `to_text` wrote, as far as it is about these targets.

        Raises:
            InvalidInvocationError: it is something else.
        """
        if not text:
            return Progress()
        if not text.startswith(_PREFIX):
            raise InvalidInvocationError("This is no progress of a backfill.")
        read = json.loads(zlib.decompress(base64.b64decode(text.removeprefix(_PREFIX))))
        return Progress(*(_restore(read[name], targets) for name in ("requested", "made", "failed")))


def _values(run: EndedRun, targets: Targets) -> Iterable[tuple[AssetKey, Value]]:
    for key, target in targets.items():
        if run.keys and key not in run.keys:
            continue
        part = Parts(target.partitions_def)
        part.add_target(run.target)
        value = common(part.value, target.value)
        if value if isinstance(value, bool) else not value.is_empty:
            yield key, value


def _part(target: EntitySubset, partitions: Iterable[str | None]) -> Value:
    part = Parts(target.partitions_def)
    for partition in partitions:
        part.add(partition)
    return part.value


def _nothing(like: Value) -> Value:
    return False if isinstance(like, bool) else like - like


def _save(parts: Mapping[AssetKey, Value]) -> dict[str, object]:
    return {key.to_user_string(): asdict(save(EntitySubset(key, value))) for key, value in parts.items()}


def _restore(read: Mapping[str, Mapping[str, object]], targets: Targets) -> dict[AssetKey, Value]:
    names = {key.to_user_string(): target for key, target in targets.items()}
    return {
        names[name].key: restore(SavedSubset(**saved), names[name]).value  # type: ignore[arg-type, misc]
        for name, saved in read.items()
        if name in names
    }
