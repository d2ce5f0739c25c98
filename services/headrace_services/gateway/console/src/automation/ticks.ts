import { TickResult, type Tick } from "@/api/gen/headrace/api/types/v1/instigator_pb.ts";
import type { StateLook } from "@/model/states.ts";
import { millis } from "@/model/time.ts";

const LOOKS: Record<number, StateLook> = {
  [TickResult.SUCCEEDED]: { tone: "succeeded", label: "Asked for runs" },
  [TickResult.SKIPPED]: { tone: "neutral", label: "Skipped" },
  [TickResult.FAILED]: { tone: "failed", label: "Failed" },
};

/** Returns how a tick ended, in looks. */
export function tickLook(tick: Tick): StateLook {
  return LOOKS[tick.result] ?? { tone: "queued", label: "Unknown" };
}

/** A tick at its place of a time line, from 0 to 1. */
export interface PlacedTick {
  tick: Tick;
  at: number;
}

/** Puts ticks on a time line from the oldest of them to now. */
export function placeTicks(ticks: readonly Tick[], now: number): PlacedTick[] {
  const moments = ticks.map((tick) => millis(tick.dueTime) ?? now);
  const first = Math.min(now - 60_000, ...moments);
  return ticks.map((tick, index) => ({ tick, at: (moments[index]! - first) / (now - first || 1) }));
}
