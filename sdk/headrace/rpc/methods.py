"""What the contract says about a method, read from its descriptor once and kept.

The descriptor is the only source: a method's `idempotency_level` and the fields of its request decide how long a
client waits and whether it may try again, its `needed_role` who may call it. There is no second table to keep in step.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.descriptor import MethodDescriptor

from headrace.api.types.v1.role_pb2 import ROLE_UNSPECIFIED, Role, needed_role

READ_SECONDS = 5.0
WRITE_SECONDS = 10.0
# User code answers these: imports, evaluations and plans take as long as they take, within reason.
USER_CODE_SECONDS = 60.0
UPLOAD_SECONDS = 300.0
_USER_CODE_VERBS = ("Evaluate", "PlanRun", "Preview", "Reload")
_REPEATABLE_FIELDS = ("request_id", "epoch")


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the contract.

    Attributes:
        path: As on the wire, `/package.Service/Method`.
        service: The full name of its service.
        name: Its own name.
        timeout: Seconds a client waits by default; None for streams from the server, which end when they end.
        safe: Whether it may be repeated whatever the request says.
        reads: Whether it changes nothing.
        needed_role: The least role that may call it, where the contract names one.
        repeatable_fields: Fields of the request that make a repetition safe when they are set.
    """

    path: str
    service: str
    name: str
    timeout: float | None
    safe: bool
    repeatable_fields: tuple[str, ...]
    reads: bool = False
    needed_role: Role.ValueType = ROLE_UNSPECIFIED

    def may_repeat(self, request: object) -> bool:
        """Tells whether sending `request` twice has one effect."""
        return self.safe or any(getattr(request, field) for field in self.repeatable_fields)


@lru_cache(maxsize=4096)
def method_of(path: str) -> Method:
    """Returns what is known of the method at `path`; an unknown one is taken for a write that must not be repeated."""
    service, _, name = path.removeprefix("/").partition("/")
    try:
        descriptor = descriptor_pool.Default().FindMethodByName(f"{service}.{name}")
    except KeyError:
        return Method(path, service, name, WRITE_SECONDS, safe=False, repeatable_fields=())
    said = descriptor.GetOptions()
    level = said.idempotency_level
    options = descriptor_pb2.MethodOptions
    reads = level == options.NO_SIDE_EFFECTS
    fields = descriptor.input_type.fields_by_name
    return Method(
        path,
        service,
        name,
        _default_timeout(descriptor, reads=reads),
        safe=level in (options.NO_SIDE_EFFECTS, options.IDEMPOTENT),
        repeatable_fields=tuple(field for field in _REPEATABLE_FIELDS if field in fields),
        reads=reads,
        needed_role=said.Extensions[needed_role],
    )


def _default_timeout(descriptor: MethodDescriptor, *, reads: bool) -> float | None:
    if descriptor.server_streaming:
        return None
    if descriptor.client_streaming:
        return UPLOAD_SECONDS
    if descriptor.name.startswith(_USER_CODE_VERBS):
        return USER_CODE_SECONDS
    return READ_SECONDS if reads else WRITE_SECONDS
