import { create } from "@bufbuild/protobuf";

import { ConfigFieldSchema, ConfigTypeSchema, type ConfigField, type ConfigType } from "@/api/gen/headrace/api/types/v1/config_schema_pb.ts";

/** Returns what a run of these ops may be told: of the schema for all assets of a location, what concerns them. */
export function schemaForOps(schema: ConfigType | undefined, opNames: ReadonlySet<string>): ConfigType | undefined {
  if (schema?.kind.case !== "shape") return schema;
  return shapeOf(schema.kind.value.fields.flatMap((field) => (field.name === "ops" ? opsOf(field, opNames) : [field])));
}

function opsOf(field: ConfigField, opNames: ReadonlySet<string>): ConfigField[] {
  const ops = field.type?.kind.case === "shape" ? field.type.kind.value.fields.filter(({ name }) => opNames.has(name)) : [];
  if (ops.length === 0) return [];
  return [create(ConfigFieldSchema, { name: "ops", type: shapeOf(ops), required: ops.some(({ required }) => required) })];
}

function shapeOf(fields: ConfigField[]): ConfigType {
  return create(ConfigTypeSchema, { kind: { case: "shape", value: { fields } } });
}
