import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";

import { EventSchema } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import { firstLine } from "@/model/text.ts";
import { axisTicks, seriesOf } from "./series.ts";
import { cellsOf, type PartitionLook } from "./strip.ts";

const made = (rows: number, note = "x") =>
  create(EventSchema, {
    detail: {
      case: "assetMaterialized",
      value: {
        metadata: [
          { name: "rows", value: { case: "intValue", value: BigInt(rows) } },
          { name: "note", value: { case: "text", value: note } },
        ],
      },
    },
  });

test("numbers of the metadata become series, oldest first", () => {
  const [series, ...others] = seriesOf([made(3), made(2), made(1)]);
  expect(others).toEqual([]);
  expect([series!.name, series!.points.map((point) => point.value)]).toEqual(["rows", [1, 2, 3]]);
  expect(seriesOf([made(1)])).toEqual([]);
});

test("an axis has round numbers around the values", () => {
  expect(axisTicks(0.9, 1.2)).toEqual([0.9, 1, 1.1, 1.2]);
  expect(axisTicks(7, 7)).toEqual([7]);
  const ticks = axisTicks(1204, 98_000);
  expect(ticks[0]!).toBeLessThanOrEqual(1204);
  expect(ticks.at(-1)!).toBeGreaterThanOrEqual(98_000);
});

test("many partitions become few cells that look like the worst of them", () => {
  const looks: PartitionLook[] = [...Array<PartitionLook>(98).fill("materialized"), "failed", "missing"];
  const cells = cellsOf(looks, 10);
  expect(cells).toHaveLength(10);
  expect(cells[0]).toEqual({ first: 0, last: 9, look: "materialized", made: 10 });
  expect(cells.at(-1)).toEqual({ first: 90, last: 99, look: "failed", made: 8 });
  expect(cellsOf(["missing"], 10)).toHaveLength(1);
  expect(cellsOf(["materialized", "stale"], 1)).toEqual([{ first: 0, last: 1, look: "stale", made: 2 }]);
});

test("a line of CommonMark is shown without its marks", () => {
  expect(firstLine("# All **orders**, `cleaned` by [us](https://x)\nand more")).toBe("All orders, cleaned by us");
  expect(firstLine("snake_case_name stays * as it is")).toBe("snake_case_name stays * as it is");
});
