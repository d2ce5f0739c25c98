import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";

import { AssetAttemptSchema, AssetRecordSchema } from "@/api/gen/headrace/api/gateway/v1/asset_service_pb.ts";
import { assetGraph } from "./graphModel.ts";
import { assetInfos } from "./info.ts";
import { questions } from "./stalePartitions.ts";

interface Given {
  from?: string[];
  made?: number;
  group?: string;
  codeVersion?: [defined: string, made: string];
  partitioned?: boolean;
}

function record(key: string, { from = [], made = 0, group = "g", codeVersion, partitioned }: Given) {
  return create(AssetRecordSchema, {
    assetKey: { path: [key] },
    locationName: "here",
    definition: {
      assetKey: { path: [key] },
      groupName: group,
      executable: true,
      codeVersion: codeVersion?.[0] ?? "",
      dependencies: from.map((each) => ({ assetKey: { path: [each] } })),
      partitions: partitioned ? { kind: { case: "static", value: { partitionKeys: ["a"] } } } : undefined,
    },
    asset:
      made === 0
        ? undefined
        : {
            latestMaterializationNumber: BigInt(made),
            latestMaterialization: {
              detail: { case: "assetMaterialized", value: { tags: codeVersion ? [{ key: "headrace/code_version", value: codeVersion[1] }] : [] } },
            },
          },
  });
}

function staleOf(given: Record<string, Given>) {
  const infos = assetInfos(Object.entries(given).map(([key, each]) => record(key, each)), []);
  return Object.fromEntries([...infos.values()].filter((asset) => asset.stale).map((asset) => [asset.id, asset.stale]));
}

test("an asset is stale when what it is made from was made since, and so is what is below it", () => {
  expect(staleOf({ a: { made: 5 }, b: { from: ["a"], made: 3 }, c: { from: ["b"], made: 4 } })).toEqual({ b: "a was made since", c: "b is stale itself" });
});

test("an asset is stale when its code has another version", () => {
  expect(staleOf({ a: { made: 1, codeVersion: ["2", "1"] }, b: { made: 1, codeVersion: ["2", "2"] } })).toEqual({ a: "its code has another version now" });
});

test("what was never made, and what has partitions, is not stale", () => {
  expect(staleOf({ a: { made: 5 }, b: { from: ["a"] }, c: { from: ["a"], made: 2, partitioned: true } })).toEqual({});
});

test("a cycle, which no location can define, ends", () => {
  expect(staleOf({ a: { from: ["b"], made: 1 }, b: { from: ["a"], made: 2 } })).toEqual({ a: "b was made since" });
});

const attempt = (failed: boolean, partition?: string) =>
  create(AssetAttemptSchema, { assetKey: { path: ["a"] }, runId: "r", failed, partitions: partition ? { firstKey: partition, lastKey: partition } : undefined });

const when = () => "now";

test("attempts tell what is going on and what failed", () => {
  const status = (attempts: ReturnType<typeof attempt>[], made = 1) => assetInfos([record("a", { made })], attempts).get("a")!.status;
  expect(status([])).toBe("materialized");
  expect(status([], 0)).toBe("missing");
  expect(status([attempt(true), attempt(false)])).toBe("in_progress");
  expect(status([attempt(true)])).toBe("failed");
  expect(status([attempt(true, "2024")])).toBe("materialized");
});

test("groups that are closed are one card, and edges between their assets are one edge", () => {
  const infos = [...assetInfos([record("a", {}), record("b", { from: ["a"] }), record("c", { from: ["a", "b"], group: "h" }), record("d", { from: ["b", "c"], group: "h" })], []).values()];
  const closed = assetGraph(infos, { openGroups: new Set(), when });
  expect(closed.nodes.map((node) => node.id)).toEqual(["group:here:g", "group:here:h"]);
  expect(closed.edges.map(({ from, to }) => [from, to])).toEqual([["group:here:g", "group:here:h"]]);
  const half = assetGraph(infos, { openGroups: new Set(["group:here:h"]), when });
  expect(half.nodes.map((node) => [node.id, node.parent])).toEqual([
    ["group:here:g", undefined],
    ["group:here:h", undefined],
    ["c", "group:here:h"],
    ["d", "group:here:h"],
  ]);
  expect(half.edges.map(({ from, to }) => `${from} ${to}`)).toEqual(["group:here:g c", "group:here:g d", "c d"]);
  expect(assetGraph(infos, { when }).nodes).toHaveLength(4);
});

test("of assets with partitions it is asked where something above was made, and the answer makes them stale", () => {
  const records = [record("source", { made: 3, partitioned: true }), record("below", { from: ["source"], made: 2, partitioned: true }), record("never", { from: ["source"], partitioned: true }), record("plain", { from: ["source"], made: 1 })];
  expect(questions(records)).toEqual([{ id: "below", path: ["below"], stamp: "2 3" }]);
  const infos = assetInfos(records, [], new Map([["below", 4], ["gone", 1]]));
  expect(infos.get("below")!.stale).toBe("4 of its partitions");
  expect(infos.get("source")!.stale).toBeUndefined();
});
