"""Output of steps as objects in a bucket."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from headrace.integrations.objects.store import ObjectStore
from headrace.io.compute_log_manager import ComputeLogManager, LogStream
from headrace.io.file_names import file_name
from headrace.settings import Secret, setting

_SUFFIXES: Mapping[LogStream, str] = {"stdout": ".out", "stderr": ".err"}
_SO_FAR = ".partial"
_READ_AT_ONCE = 256 * 1024
_REMOVED_AT_ONCE = 1000


@dataclass(frozen=True)
class UploadedLogs(ComputeLogManager):
    """Keeps the output of steps in a bucket: an object for each attempt's stdout and one for its stderr.

    The objects are `<prefix>/storage/<run>/compute_logs/<step>.<attempt>.out` and `.err`. While the attempt writes, what it
    has written so far is in an object with `.partial` behind that name, replaced from time to time.

    A subclass is a dataclass whose fields are what an instance file may say, and opens the bucket.

    Attributes:
        named: The field that names the bucket.
        library: The library that it needs.
        extra: What installs that: `headrace[<extra>]`.
    """

    named: ClassVar[str] = "bucket"
    library: ClassVar[str]
    extra: ClassVar[str]

    prefix: str = setting("dagster", "Begins all keys.")
    local_dir: Path | None = setting(None, "Where output is until it is stored; a temporary directory when left out.")
    skip_empty_files: bool = setting(False, "Whether output that is empty is not stored.")
    upload_interval: float | None = setting(
        2.0,
        "Seconds after which more output is stored while a step writes; null to store it at its end only.",
        least=0.1,
    )
    show_url_only: bool = setting(False, "Whether readers get a link to the object in place of what is in it.")

    def __post_init__(self) -> None:
        """Takes secrets as plain text, too: a worker gets them so."""
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.type == "Secret" and not isinstance(value, Secret):
                object.__setattr__(self, field.name, Secret(value=value))

    @abstractmethod
    def open_store(self) -> ObjectStore:
        """Opens the bucket."""

    @cached_property
    def bucket_store(self) -> ObjectStore:
        """The bucket; whoever asks first opens it."""
        return self.open_store()

    def check(self) -> Mapping[str, str]:
        """Returns what is missing, by field."""
        return {} if getattr(self, self.named) else {self.named: "missing"}

    def secrets(self) -> Mapping[str, Secret]:
        """Returns the fields that are secret."""
        values = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, Secret)}

    def to_config(self) -> dict[str, Any]:
        """Returns what the constructor makes the same manager of, in another process; secrets are in it."""
        given = {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}
        left_out = {field.name: field.default for field in dataclasses.fields(self)} | {"local_dir": given["local_dir"]}
        return {name: value for name, value in given.items() if value not in (left_out[name], "")}

    def store(self, run_id: str, step_key: str, attempt: int, stream: LogStream, file: Path) -> None:
        """Keeps what an attempt wrote."""
        key = self._key(run_id, step_key, attempt, stream)
        if not (self.skip_empty_files and file.stat().st_size == 0):
            self.bucket_store.put_file(key, file)
        if self.upload_interval is not None:
            self.bucket_store.delete([key + _SO_FAR])

    def store_so_far(self, run_id: str, step_key: str, attempt: int, stream: LogStream, file: Path) -> None:
        """Keeps what an attempt has written until now."""
        self.bucket_store.put_file(self._key(run_id, step_key, attempt, stream) + _SO_FAR, file)

    def read(self, run_id: str, step_key: str, attempt: int, stream: LogStream, offset: int) -> bytes | None:
        """Returns what is kept from `offset` on."""
        key = self._key(run_id, step_key, attempt, stream)
        if self.show_url_only:
            return self._link(key)[offset:]
        found = self.bucket_store.get_range(key, offset, _READ_AT_ONCE)
        if found is None:
            found = self.bucket_store.get_range(key + _SO_FAR, offset, _READ_AT_ONCE)
        # What was empty was not stored.
        return b"" if found is None and self.skip_empty_files else found

    def is_complete(self, run_id: str, step_key: str, attempt: int, stream: LogStream) -> bool:
        """Tells whether the object is there that an attempt leaves at its end."""
        return self.bucket_store.exists(self._key(run_id, step_key, attempt, stream))

    def newest_attempt(self, run_id: str, step_key: str) -> int:
        """Returns the newest attempt of a step whose output is kept; 0 if there is none."""
        folder = self._folder(run_id)
        begin = f"{folder}/{file_name(step_key)}."
        keys = (entry.key for entry in self.bucket_store.entries(folder))
        return max((_attempt_in(key[len(begin) :]) for key in keys if key.startswith(begin)), default=0)

    def place_of(self, run_id: str, step_key: str, attempt: int, stream: LogStream) -> str:
        """Says where such output is kept."""
        return self.bucket_store.url(self._key(run_id, step_key, attempt, stream))

    def forget(self, before: datetime) -> int:
        """Removes the objects that were written before that."""
        entries = self.bucket_store.entries(self._below("storage"))
        old = [entry.key for entry in entries if entry.modified < before and "/compute_logs/" in entry.key]
        for begin in range(0, len(old), _REMOVED_AT_ONCE):
            self.bucket_store.delete(old[begin : begin + _REMOVED_AT_ONCE])
        return len(old)

    def _link(self, key: str) -> bytes:
        return f"The output of this step is kept at {self.bucket_store.link(key)}\n".encode()

    def _key(self, run_id: str, step_key: str, attempt: int, stream: LogStream) -> str:
        return f"{self._folder(run_id)}/{file_name(step_key)}.{attempt}{_SUFFIXES[stream]}"

    def _folder(self, run_id: str) -> str:
        return self._below(f"storage/{run_id}/compute_logs")

    def _below(self, path: str) -> str:
        prefix = self.prefix.strip("/")
        return f"{prefix}/{path}" if prefix else path

    def __str__(self) -> str:
        return f"objects below {self._below('storage')} in {getattr(self, self.named)}"


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):
        return value.reveal()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value


def _attempt_in(rest: str) -> int:
    """The number in `<attempt>.out`, `.err` or either with `.partial`; 0 in what belongs to a step of a longer name."""
    number, _, suffix = rest.removesuffix(_SO_FAR).partition(".")
    return int(number) if number.isdecimal() and f".{suffix}" in _SUFFIXES.values() else 0
