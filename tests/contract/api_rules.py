"""The conventions of the contract that a generic linter does not know, as rules over its compiled descriptors.

Every rule takes one file of the contract and yields what is wrong in it. `buf lint` and `buf breaking` check the rest.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    MethodOptions,
)

from headrace.api.types.v1.role_pb2 import needed_role

BUF = Path(sys.executable).parent / "buf"
OURS = "headrace.api."
TIMESTAMP, DURATION = ".google.protobuf.Timestamp", ".google.protobuf.Duration"
UNTYPED = (".google.protobuf.Any", ".google.protobuf.Struct", ".google.protobuf.Value", ".google.protobuf.ListValue")
HOMES_OF_BYTES = frozenset({"Payload", "ReadStepLogResponse"})
STREAMING_VERBS = ("Watch", "Get", "Read", "Write")
ONE_WORD_METHODS = ("Heartbeat",)
LONGEST_FILE = 320
# Path elements of SourceCodeInfo locations: https://protobuf.dev/reference/protobuf/google.protobuf (FileDescriptorProto)
ENUM_IN_FILE, ENUM_IN_MESSAGE, MESSAGE_IN_FILE, MESSAGE_IN_MESSAGE = 5, 4, 4, 3


@dataclass(frozen=True)
class ContractFile:
    """One .proto file, the messages of the whole contract by name, and its source."""

    descriptor: FileDescriptorProto
    messages: dict[str, DescriptorProto]
    source: str

    def methods(self) -> Iterator[MethodDescriptorProto]:
        """Every method of the file's services."""
        for service in self.descriptor.service:
            yield from service.method

    def own_messages(self) -> Iterator[DescriptorProto]:
        """Every message of the file, nested ones included, the entries that stand for maps left out."""
        return nested_messages(self.descriptor.message_type)

    def fields(self) -> Iterator[tuple[DescriptorProto, FieldDescriptorProto]]:
        """Every field of the file with the message it belongs to."""
        for message in self.own_messages():
            for field in message.field:
                yield message, field

    def field_of(self, type_name: str, name: str) -> FieldDescriptorProto | None:
        """Returns a field of a message by name, None if the message has none such."""
        return next((field for field in self.messages[type_name].field if field.name == name), None)

    def has(self, type_name: str, *names: str) -> bool:
        """Tells whether a message has all the named fields."""
        return all(self.field_of(type_name, name) is not None for name in names)


Rule = Callable[[ContractFile], Iterator[str]]


def nested_messages(messages: Iterable[DescriptorProto]) -> Iterator[DescriptorProto]:
    """Yields the messages and all those inside them."""
    for message in messages:
        if not message.options.map_entry:
            yield message
            yield from nested_messages(message.nested_type)


def compile_contract(root: Path) -> list[ContractFile]:
    """Compiles every .proto file below `root`."""
    command = [BUF, "build", root, "--as-file-descriptor-set", "--output", "-"]
    built = subprocess.run(command, check=False, capture_output=True)
    if built.returncode != 0:
        raise ValueError(f"the contract does not compile:\n{built.stderr.decode()}")
    files = [file for file in FileDescriptorSet.FromString(built.stdout).file if file.package.startswith(OURS)]
    messages = {name: message for file in files for name, message in _by_name(f".{file.package}", file.message_type)}
    return [ContractFile(file, messages, (root / file.name).read_text(encoding="utf-8")) for file in files]


def _by_name(prefix: str, messages: Iterable[DescriptorProto]) -> Iterator[tuple[str, DescriptorProto]]:
    for message in messages:
        yield f"{prefix}.{message.name}", message
        yield from _by_name(f"{prefix}.{message.name}", message.nested_type)


def files_hold_one_thing(file: ContractFile) -> Iterator[str]:
    """A resource's file holds no service; a service's file holds one, with its requests and responses."""
    services = len(file.descriptor.service)
    if file.descriptor.name.endswith("_service.proto"):
        if services != 1:
            yield f"holds {services} services, a *_service.proto file holds exactly one"
    elif services:
        yield "holds a service, so its name must end in _service.proto"
    lines = file.source.count("\n")
    if lines > LONGEST_FILE:
        yield f"has {lines} lines, at most {LONGEST_FILE} keep it readable"


def methods_are_verb_and_noun(file: ContractFile) -> Iterator[str]:
    """Methods are named by a verb and a noun."""
    for method in file.methods():
        words = sum(character.isupper() for character in method.name)
        if words < 2 and method.name not in ONE_WORD_METHODS:
            yield f"{method.name}: a method is a verb and a noun"


def methods_say_whether_they_may_be_repeated(file: ContractFile) -> Iterator[str]:
    """Clients derive their retry policy from `idempotency_level`, so every method sets it."""
    for method in file.methods():
        if method.options.idempotency_level == MethodOptions.IDEMPOTENCY_UNKNOWN:
            yield f"{method.name}: set option idempotency_level"


def mutations_can_be_repeated_safely(file: ContractFile) -> Iterator[str]:
    """Whatever changes something carries a request id, works under the epoch of a lease, or has an identity of its own.

    Such as contents by their digest, ticks by their moment, processes and entries by the id that they were given.
    """
    for method in file.methods():
        reads = method.options.idempotency_level == MethodOptions.NO_SIDE_EFFECTS
        names = ("request_id", "epoch", "lease", "sha256", "ticks", "replica", "entries")
        if not reads and not any(file.has(method.input_type, name) for name in names):
            yield f"{method.name}: a mutation carries request_id, or the epoch of a lease"


def changes_name_who_may_make_them(file: ContractFile) -> Iterator[str]:
    """What people may call and what changes something says which role that takes."""
    for method in file.methods():
        reads = method.options.idempotency_level == MethodOptions.NO_SIDE_EFFECTS
        at_the_door = file.descriptor.package.startswith(f"{OURS}gateway.")
        if at_the_door and not reads and not method.options.Extensions[needed_role]:
            yield f"{method.name}: set option (headrace.api.types.v1.needed_role)"


def lists_are_paged(file: ContractFile) -> Iterator[str]:
    """Every list is paged from its first day."""
    for method in file.methods():
        if method.name.startswith("List"):
            if not file.has(method.input_type, "page_size", "page_token"):
                yield f"{method.name}: the request needs page_size and page_token"
            if not file.has(method.output_type, "next_page_token"):
                yield f"{method.name}: the response needs next_page_token"


def watches_can_be_resumed(file: ContractFile) -> Iterator[str]:
    """Every watch streams, starts at a cursor, and says where it is and whether it has caught up."""
    for method in file.methods():
        if method.name.startswith("Watch"):
            if not method.server_streaming:
                yield f"{method.name}: a watch streams its responses"
            if not file.has(method.input_type, "cursor"):
                yield f"{method.name}: the request needs cursor"
            if not file.has(method.output_type, "cursor", "caught_up"):
                yield f"{method.name}: the response needs cursor and caught_up"


def streams_are_rare(file: ContractFile) -> Iterator[str]:
    """Only watches, definitions and blobs stream; everything else is unary, so that every client can call it."""
    for method in file.methods():
        streams = method.server_streaming or method.client_streaming
        if streams and not method.name.startswith(STREAMING_VERBS):
            yield f"{method.name}: only {', '.join(STREAMING_VERBS)} methods stream"
        if method.client_streaming and not method.name.startswith("Write"):
            yield f"{method.name}: only Write methods take a stream"


def times_and_spans_are_typed_and_named(file: ContractFile) -> Iterator[str]:
    """A point in time is a Timestamp named *_time, a span is a Duration named for the thing."""
    for message, field in file.fields():
        where = f"{message.name}.{field.name}"
        is_time = field.type_name == TIMESTAMP
        named_time = field.name.endswith(("_time", "_times")) or "_time_" in field.name
        names_a_kind = field.HasField("oneof_index") and not field.proto3_optional
        if is_time and not named_time and not names_a_kind:
            yield f"{where}: a Timestamp is named *_time"
        if named_time and not is_time:
            yield f"{where}: *_time is a Timestamp"
        if field.name.endswith("_at"):
            yield f"{where}: say *_time"
        if field.name.endswith(("_seconds", "_millis", "_ms")) and field.type_name != DURATION:
            yield f"{where}: a span is a Duration, named for the thing and not for its unit"


def enums_say_whether_they_grow(file: ContractFile) -> Iterator[str]:
    """Readers must know whether to expect values they have not heard of: the comment says open or closed."""
    comments = {
        tuple(location.path): location.leading_comments for location in file.descriptor.source_code_info.location
    }
    for path, enum in _enums(file.descriptor):
        comment = comments.get(path, "").lower()
        if "open" not in comment and "closed" not in comment:
            yield f"{enum.name}: the comment says whether the enum is open (may grow) or closed"


def _enums(file: FileDescriptorProto) -> Iterator[tuple[tuple[int, ...], EnumDescriptorProto]]:
    for index, enum in enumerate(file.enum_type):
        yield (ENUM_IN_FILE, index), enum
    for index, message in enumerate(file.message_type):
        yield from _enums_in((MESSAGE_IN_FILE, index), message)


def _enums_in(path: tuple[int, ...], message: DescriptorProto) -> Iterator[tuple[tuple[int, ...], EnumDescriptorProto]]:
    for index, enum in enumerate(message.enum_type):
        yield (*path, ENUM_IN_MESSAGE, index), enum
    for index, nested in enumerate(message.nested_type):
        yield from _enums_in((*path, MESSAGE_IN_MESSAGE, index), nested)


def everything_is_typed(file: ContractFile) -> Iterator[str]:
    """No container for anything, no JSON in strings; bytes of users live in Payload alone."""
    for message, field in file.fields():
        where = f"{message.name}.{field.name}"
        if field.type_name in UNTYPED:
            yield f"{where}: {field.type_name.rpartition('.')[2]} is untyped; write the message it stands for"
        if field.name.startswith("serialized_") or field.name.endswith("_json"):
            yield f"{where}: write a message, not its text in a string"
        if field.type == FieldDescriptorProto.TYPE_BYTES and message.name not in HOMES_OF_BYTES:
            yield f"{where}: bytes belong in a Payload"


def things_have_a_state(file: ContractFile) -> Iterator[str]:
    """One word for it: state, never status."""
    names = [message.name for message in file.own_messages()]
    names += [f"{message.name}.{field.name}" for message, field in file.fields()]
    names += [method.name for method in file.methods()]
    names += [enum.name for _, enum in _enums(file.descriptor)]
    for name in names:
        if "status" in name.lower():
            yield f"{name}: say state"


RULES: tuple[Rule, ...] = (
    files_hold_one_thing,
    methods_are_verb_and_noun,
    methods_say_whether_they_may_be_repeated,
    mutations_can_be_repeated_safely,
    changes_name_who_may_make_them,
    lists_are_paged,
    watches_can_be_resumed,
    streams_are_rare,
    times_and_spans_are_typed_and_named,
    enums_say_whether_they_grow,
    everything_is_typed,
    things_have_a_state,
)
