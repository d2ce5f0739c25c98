import type { Event } from "@/api/gen/headrace/api/types/v1/event_pb.ts";
import { millis } from "@/model/time.ts";

/** A number of the metadata, materialization by materialization. */
export interface Series {
  name: string;
  points: { moment: number; value: number; label: string }[];
}

/** Gathers the numbers that materializations attached, oldest first; a name with one value only is no series. */
export function seriesOf(newestFirst: readonly Event[]): Series[] {
  const byName = new Map<string, Series["points"]>();
  for (const event of newestFirst.toReversed()) {
    if (event.detail.case !== "assetMaterialized") continue;
    for (const { name, value } of event.detail.value.metadata) {
      const number = value.case === "intValue" || value.case === "floatValue" ? Number(value.value) : undefined;
      if (number === undefined || !Number.isFinite(number)) continue;
      const points = byName.get(name) ?? [];
      points.push({ moment: millis(event.eventTime) ?? 0, value: number, label: event.detail.value.partitionKey });
      byName.set(name, points);
    }
  }
  return [...byName].filter(([, points]) => points.length > 1).map(([name, points]) => ({ name, points }));
}

/** Returns round numbers from below the least to above the greatest value, for an axis. */
export function axisTicks(least: number, greatest: number, wanted = 3): number[] {
  if (least === greatest) return [least];
  const rough = (greatest - least) / wanted;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((each) => each >= rough) ?? unit;
  const ticks: number[] = [];
  for (let tick = Math.floor(least / step) * step; tick < greatest + step; tick += step) ticks.push(Number(tick.toPrecision(12)));
  return ticks;
}
