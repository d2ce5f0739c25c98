"""Config schemas."""

from __future__ import annotations

from collections.abc import Mapping

from headrace.api.types.v1 import config_schema_pb2 as pb
from headrace.config import fields, sources, types
from headrace.config.enums import Enum
from headrace.wire.payloads import to_json_payload

_SCALARS: Mapping[types.ConfigType, pb.ConfigScalar.ValueType] = {
    types.String: pb.CONFIG_SCALAR_STRING,
    types.Int: pb.CONFIG_SCALAR_INT,
    types.Float: pb.CONFIG_SCALAR_FLOAT,
    types.Bool: pb.CONFIG_SCALAR_BOOL,
    sources.StringSource: pb.CONFIG_SCALAR_STRING_SOURCE,
    sources.IntSource: pb.CONFIG_SCALAR_INT_SOURCE,
    sources.BoolSource: pb.CONFIG_SCALAR_BOOL_SOURCE,
}
MAX_DEPTH = 20
"""What lies deeper is shown as anything: a schema that contains itself has no end."""


def to_config_type(config_type: types.ConfigType, depth: int = MAX_DEPTH) -> pb.ConfigType:
    """Writes a type; a kind that the contract does not know is written as anything."""
    message = pb.ConfigType(description=config_type.description or "")
    if depth == 0:
        message.scalar = pb.CONFIG_SCALAR_ANY
    elif isinstance(config_type, fields.Shape):
        message.shape.CopyFrom(_shape(config_type, depth, is_open=isinstance(config_type, fields.Permissive)))
    elif isinstance(config_type, fields.Selector):
        message.selector.CopyFrom(_shape(config_type, depth, is_open=False))
    elif isinstance(config_type, fields.Array):
        message.array.CopyFrom(to_config_type(config_type.inner_type, depth - 1))
    elif isinstance(config_type, fields.Map):
        message.map.CopyFrom(to_config_type(config_type.inner_type, depth - 1))
    elif isinstance(config_type, fields.Noneable):
        message.noneable.CopyFrom(to_config_type(config_type.inner_type, depth - 1))
    elif isinstance(config_type, Enum):
        message.enum.CopyFrom(_enum(config_type))
    else:
        message.scalar = _SCALARS.get(config_type, pb.CONFIG_SCALAR_ANY)
    return message


def _shape(config_type: fields.Shape | fields.Selector, depth: int, *, is_open: bool) -> pb.ConfigShape:
    members = sorted(config_type.fields.items())
    return pb.ConfigShape(fields=[_field(name, field, depth - 1) for name, field in members], open=is_open)


def _field(name: str, field: fields.Field, depth: int) -> pb.ConfigField:
    return pb.ConfigField(
        name=name,
        type=to_config_type(field.config_type, depth),
        required=field.is_required,
        default_value=to_json_payload(field.default_value) if field.default_provided else None,
        description=field.description or "",
    )


def _enum(config_type: Enum) -> pb.ConfigEnum:
    return pb.ConfigEnum(name=config_type.name, values=[value.config_value for value in config_type.enum_values])
