import { ConfigScalar, type ConfigField, type ConfigShape, type ConfigType } from "@/api/gen/headrace/api/types/v1/config_schema_pb.ts";
import { payloadText } from "@/model/payload.ts";

const SCALARS: Partial<Record<ConfigScalar, string>> = {
  [ConfigScalar.STRING]: "text",
  [ConfigScalar.INT]: "whole number",
  [ConfigScalar.FLOAT]: "number",
  [ConfigScalar.BOOL]: "true or false",
  [ConfigScalar.STRING_SOURCE]: "text or {env: NAME}",
  [ConfigScalar.INT_SOURCE]: "whole number or {env: NAME}",
  [ConfigScalar.BOOL_SOURCE]: "true or false or {env: NAME}",
};

/** Says in words what values a type has. */
export function typeText(type: ConfigType | undefined): string {
  switch (type?.kind.case) {
    case "scalar":
      return SCALARS[type.kind.value] ?? "anything";
    case "shape":
      return "fields";
    case "selector":
      return "one of its fields";
    case "array":
      return `list of ${typeText(type.kind.value)}`;
    case "map":
      return `names with ${typeText(type.kind.value)}`;
    case "noneable":
      return `${typeText(type.kind.value)}, or null`;
    case "enum":
      return type.kind.value.values.join(" | ");
    default:
      return "anything";
  }
}

/** Finds the type at a path; undefined where the schema says nothing. */
export function typeAt(type: ConfigType | undefined, path: readonly string[]): ConfigType | undefined {
  const bare = unwrapped(type);
  const [name, ...rest] = path;
  if (name === undefined) return bare;
  switch (bare?.kind.case) {
    case "shape":
    case "selector":
      return typeAt(fieldOf(bare.kind.value, name)?.type, rest);
    case "array":
    case "map":
      return typeAt(bare.kind.value, rest);
    default:
      return undefined;
  }
}

/** Returns the fields that may stand at a path. */
export function fieldsAt(type: ConfigType | undefined, path: readonly string[]): readonly ConfigField[] {
  const found = typeAt(type, path);
  return found?.kind.case === "shape" || found?.kind.case === "selector" ? found.kind.value.fields : [];
}

/** Returns the values that may stand at a path, where there are only some. */
export function valuesAt(type: ConfigType | undefined, path: readonly string[]): readonly string[] {
  const found = typeAt(type, path);
  if (found?.kind.case === "enum") return found.kind.value.values;
  return found?.kind.case === "scalar" && found.kind.value === ConfigScalar.BOOL ? ["true", "false"] : [];
}

/** Tells whether there are fields that must be given. */
export function mustBeGiven(type: ConfigType | undefined): boolean {
  return fieldsAt(type, []).some((field) => field.required);
}

/** Writes YAML with every field that must be given, for people to fill in. */
export function scaffold(type: ConfigType | undefined): string {
  return scaffoldLines(type, 0).join("\n") + "\n";
}

function scaffoldLines(type: ConfigType | undefined, level: number): string[] {
  const bare = unwrapped(type);
  if (bare?.kind.case !== "shape") return [];
  const indent = "  ".repeat(level);
  return bare.kind.value.fields
    .filter((field) => field.required)
    .flatMap((field) => {
      const inside = scaffoldLines(field.type, level + 1);
      return inside.length > 0 ? [`${indent}${field.name}:`, ...inside] : [`${indent}${field.name}: ${example(field)}`];
    });
}

function example(field: ConfigField): string {
  if (field.defaultValue) return payloadText(field.defaultValue);
  const type = unwrapped(field.type);
  switch (type?.kind.case) {
    case "array":
      return "[]";
    case "map":
    case "shape":
    case "selector":
      return "{}";
    case "enum":
      return type.kind.value.values[0] ?? '""';
    default:
      return `# ${typeText(type)}`;
  }
}

function unwrapped(type: ConfigType | undefined): ConfigType | undefined {
  return type?.kind.case === "noneable" ? unwrapped(type.kind.value) : type;
}

function fieldOf(shape: ConfigShape, name: string): ConfigField | undefined {
  return shape.fields.find((field) => field.name === name);
}
