import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";

import { AssetRecordSchema } from "@/api/gen/headrace/api/gateway/v1/asset_service_pb.ts";
import { assetInfos, childrenOf } from "../info.ts";
import { filterAssets } from "./filter.ts";
import { parseSelection, SelectionError } from "./syntax.ts";

interface Given {
  from?: string[];
  group?: string;
  kinds?: string[];
  tags?: Record<string, string>;
  description?: string;
  external?: boolean;
}

function worldOf(given: Record<string, Given>) {
  const records = Object.entries(given).map(([key, { from = [], group = "default", kinds = [], tags = {}, description = "", external = false }]) =>
    create(AssetRecordSchema, {
      assetKey: { path: key.split("/") },
      locationName: "here",
      definition: {
        assetKey: { path: key.split("/") },
        groupName: group,
        kinds,
        description,
        executable: !external,
        tags: Object.entries(tags).map(([tag, value]) => ({ key: tag, value })),
        owners: ["team:data"],
        dependencies: from.map((each) => ({ assetKey: { path: each.split("/") } })),
      },
    }),
  );
  const assets = assetInfos(records, []);
  return { assets, children: childrenOf(assets) };
}

const WORLD = worldOf({
  raw: { group: "in", kinds: ["sql"], external: true },
  clean: { from: ["raw"], group: "in", kinds: ["python"], tags: { layer: "silver" } },
  "mart/orders": { from: ["clean"], group: "out", kinds: ["python"], tags: { layer: "gold" }, description: "What was sold" },
  "mart/report": { from: ["mart/orders"], group: "out" },
  alone: {},
});

test.each([
  ["*", "raw clean mart/orders mart/report alone"],
  ["clean", "clean"],
  ["+clean", "raw clean"],
  ["clean+", "clean mart/orders"],
  ["clean++", "clean mart/orders mart/report"],
  ["*mart/report", "raw clean mart/orders mart/report"],
  ["1+mart/report", "mart/orders mart/report"],
  ["clean+1", "clean mart/orders"],
  ["group:out", "mart/orders mart/report"],
  ["group:o*", "mart/orders mart/report"],
  ["kind:python and not group:in", "mart/orders"],
  ["kind:sql or alone, group:out", "raw mart/orders mart/report alone"],
  ["tag:layer", "clean mart/orders"],
  ['tag:layer="gold"', "mart/orders"],
  ['key:"mart/*"', "mart/orders mart/report"],
  ["key:mart/*", "mart/orders mart/report"],
  ["key_substring:epo", "mart/report"],
  ["sinks(*)", "mart/report alone"],
  ["roots(group:out)", "mart/orders"],
  ["+(group:out)", "raw clean mart/orders mart/report"],
  ["is:external", "raw"],
  ["owner:team:data and status:missing", "clean mart/orders mart/report alone"],
  ["NOT (group:in OR group:out)", "alone"],
  ["partitions:none and alone+", "alone"],
])("%s selects %s", (text, keys) => {
  const found = filterAssets(`${text} `, WORLD);
  expect(found.problem).toBeUndefined();
  expect([...found.ids].toSorted()).toEqual(keys.split(" ").toSorted());
});

test("words find assets by key, group and description", () => {
  expect([...filterAssets("sold out", WORLD).ids]).toEqual(["mart/orders"]);
  expect(filterAssets("", WORLD).ids.size).toBe(5);
});

test.each([
  ["group:", "expected a value for group"],
  ["(clean", "expected `)`"],
  ["colour:red", "expected one of key, "],
  ["clean and", "expected an asset"],
  ["clean raw+", "expected `and`, `or` or the end"],
  ['key:"open', "not closed"],
])("%s cannot be read, and it is said why", (text, reason) => {
  expect(() => parseSelection(text)).toThrow(SelectionError);
  expect(filterAssets(text, WORLD).problem).toContain(reason);
});
