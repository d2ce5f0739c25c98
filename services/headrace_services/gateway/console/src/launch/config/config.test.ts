import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";

import { ConfigScalar, ConfigTypeSchema } from "@/api/gen/headrace/api/types/v1/config_schema_pb.ts";
import { cursorPlace } from "./cursor.ts";
import { rangeOf, readConfig } from "./document.ts";
import { schemaForOps } from "./forAssets.ts";
import { fieldsAt, mustBeGiven, scaffold, typeText, valuesAt } from "./schema.ts";

const TEXT = `ops:
  load:
    config:
      rows: many
      tables:
        - name: a
        - name: b
`;

function marked(text: string, ...path: string[]): string {
  const { from, to } = rangeOf(readConfig(text).document, path);
  return `${text.slice(0, from).split("\n").length}: ${text.slice(from, to)}`;
}

test("a field is found where it stands", () => {
  expect(marked(TEXT, "ops", "load", "config", "rows")).toBe("4: rows");
  expect(marked(TEXT, "ops", "load", "config", "tables", "1", "name")).toBe("7: name");
});

test("a field that is missing is marked at what should hold it", () => {
  expect(marked(TEXT, "ops", "load", "config", "since")).toBe("3: config");
  expect(marked("{}", "resources", "store")).toBe("1: ");
});

test("what is no YAML, or no mapping, is told", () => {
  expect(readConfig("ops: [").problems).not.toEqual([]);
  expect(readConfig("- 1\n").problems[0]!.message).toContain("mapping");
  expect(readConfig("").value).toBeUndefined();
  expect(readConfig('{"a": 1}').value).toEqual({ a: 1 });
});

const SCHEMA = create(ConfigTypeSchema, {
  kind: {
    case: "shape",
    value: {
      fields: [
        {
          name: "ops",
          required: true,
          type: {
            kind: {
              case: "shape",
              value: {
                fields: [
                  { name: "mode", required: true, type: { kind: { case: "enum", value: { values: ["FAST", "SLOW"] } } } },
                  { name: "rows", required: true, type: { kind: { case: "scalar", value: ConfigScalar.INT } } },
                  { name: "tags", type: { kind: { case: "noneable", value: { kind: { case: "array", value: { kind: { case: "scalar", value: ConfigScalar.STRING } } } } } } },
                ],
              },
            },
          },
        },
      ],
    },
  },
});

test("the schema says what may stand where", () => {
  expect(fieldsAt(SCHEMA, []).map((field) => field.name)).toEqual(["ops"]);
  expect(fieldsAt(SCHEMA, ["ops"]).map((field) => typeText(field.type))).toEqual(["FAST | SLOW", "whole number", "list of text, or null"]);
  expect(valuesAt(SCHEMA, ["ops", "mode"])).toEqual(["FAST", "SLOW"]);
  expect(fieldsAt(SCHEMA, ["nothing", "here"])).toEqual([]);
});

test("what must be given is written down to be filled in", () => {
  expect(scaffold(SCHEMA)).toBe("ops:\n  mode: FAST\n  rows: # whole number\n");
});

test.each([
  [["ops:", "  load:", "    co"], ["ops", "load"], false],
  [["ops:", "  load:", "    config:", "      mode: F"], ["ops", "load", "config", "mode"], true],
  [["ops:", "  load: {}", "  ", "res"], [], false],
  [["ops:", "", "  lo"], ["ops"], false],
])("%j is inside of %j", (lines, path, value) => {
  expect(cursorPlace(lines, lines.length - 1, lines.at(-1)!.length)).toEqual({ path, value });
});

test("of the schema for all assets, what concerns some is left", () => {
  expect(fieldsAt(schemaForOps(SCHEMA, new Set(["tags"])), ["ops"]).map(({ name }) => name)).toEqual(["tags"]);
  expect(mustBeGiven(schemaForOps(SCHEMA, new Set(["tags"])))).toBe(false);
  expect(mustBeGiven(schemaForOps(SCHEMA, new Set(["rows"])))).toBe(true);
  expect(fieldsAt(schemaForOps(SCHEMA, new Set(["other"])), [])).toEqual([]);
});
