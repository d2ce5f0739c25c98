import { backfills, runs } from "@/api/clients.ts";
import type { Payload } from "@/api/gen/headrace/api/types/v1/payload_pb.ts";
import { requestId } from "@/api/ids.ts";
import { links } from "@/shell/links.ts";
import { resolveChoice, type PartitionChoice, type PartitionSource } from "./partitions/source.ts";

/** A run that somebody is about to ask for. */
export interface RunDraft {
  locationName: string;
  /** Empty: the assets. */
  jobName: string;
  assetSelection: { path: string[] }[];
  opSelection: string[];
  tags: { key: string; value: string }[];
  /** The partition that it is checked for. */
  partitionKey?: string;
  runConfig?: Payload | undefined;
}

/** What came of it, and where it is to be seen. */
export interface Launched {
  what: string;
  to: string;
}

/** Asks for a run, or for a backfill if many partitions are wanted. */
export async function launch(draft: RunDraft, partitions?: { source: PartitionSource; choice: PartitionChoice }): Promise<Launched> {
  const chosen = partitions && (await resolveChoice(partitions.source, partitions.choice));
  if (chosen && !("single" in chosen)) {
    const { locationName, jobName, assetSelection, tags } = draft;
    const { backfill } = await backfills.createBackfill({ requestId: requestId(), locationName, jobName, assetSelection, tags, partitions: chosen });
    return { what: "The backfill has begun.", to: links.backfill(backfill!.backfillId) };
  }
  const { run } = await runs.createRun({ requestId: requestId(), ...draft, partitionKey: chosen?.single ?? "" });
  return { what: "The run is queued.", to: links.run(run!.runId) };
}
