import { BackfillState, type Backfill, type BackfillCounts } from "@/api/gen/headrace/api/types/v1/backfill_pb.ts";
import { keyText } from "@/model/assetKeys.ts";
import type { StateLook } from "@/model/states.ts";

const LOOKS: Record<BackfillState, StateLook> = {
  [BackfillState.UNSPECIFIED]: { tone: "neutral", label: "Unknown" },
  [BackfillState.RUNNING]: { tone: "running", label: "Running", active: true },
  [BackfillState.CANCELING]: { tone: "canceled", label: "Canceling", active: true },
  [BackfillState.SUCCEEDED]: { tone: "succeeded", label: "Succeeded" },
  [BackfillState.FAILED]: { tone: "failed", label: "Failed" },
  [BackfillState.CANCELED]: { tone: "canceled", label: "Canceled" },
};

/** Returns how a backfill's state looks; a state of a later version is shown as unknown. */
export function backfillLook(state: BackfillState): StateLook {
  return LOOKS[state] ?? LOOKS[BackfillState.UNSPECIFIED];
}

/** Says what a backfill makes. */
export function backfillTitle({ title, jobName, targets }: Backfill): string {
  if (title || jobName) return title || jobName;
  const [first, ...others] = targets;
  const name = keyText(first?.assetKey);
  return others.length > 0 ? `${name} and ${others.length} more` : name;
}

/** How many partitions of all targets stand how. */
export interface Counts {
  target: number;
  made: number;
  failed: number;
  running: number;
}

/** Adds up the counts of all targets. */
export function sumCounts(counts: readonly BackfillCounts[]): Counts {
  const sum: Counts = { target: 0, made: 0, failed: 0, running: 0 };
  for (const each of counts) {
    sum.target += Number(each.targetCount);
    sum.made += Number(each.madeCount);
    sum.failed += Number(each.failedCount);
    sum.running += Number(each.runningCount);
  }
  return sum;
}
