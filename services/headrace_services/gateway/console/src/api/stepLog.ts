import { useEffect, useState, useSyncExternalStore } from "react";

import { Lines } from "@/model/lines.ts";
import { runs } from "./clients.ts";
import { follow } from "./follow.ts";
import { LogStream } from "./gen/headrace/api/gateway/v1/run_service_pb.ts";

/** Which log to read. */
export interface LogName {
  runId: string;
  stepKey: string;
  attempt: number;
  stream: LogStream;
}

/** A log as it is being written; `version` grows with every piece. */
export class StepLog {
  lines = new Lines();
  version = 0;
  complete = false;
  error: unknown;
  readonly #listeners = new Set<() => void>();
  #frame = 0;

  /** Follows a log until it is complete; returns how to stop. */
  start(name: LogName): () => void {
    this.lines = new Lines();
    this.complete = false;
    this.error = undefined;
    this.#changed();
    const stop = follow({
      open: (cursor, signal) => pieces(name, cursor, signal),
      receive: (piece) => {
        this.lines.add(piece.data);
        this.complete = piece.complete;
        this.#changed();
      },
      ended: () => true,
      failed: (error) => {
        this.error = error;
        this.#changed();
      },
    });
    return () => {
      stop();
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
    };
  }

  listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #changed(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.version += 1;
      for (const listener of this.#listeners) listener();
    });
  }
}

async function* pieces(name: LogName, cursor: string, signal: AbortSignal) {
  const request = { ...name, offset: BigInt(cursor || 0), follow: true };
  for await (const { data, nextOffset, complete } of runs.readStepLog(request, { signal })) {
    yield { data, complete, cursor: String(nextOffset) };
  }
}

/** Follows a log for as long as it is shown. */
export function useStepLog({ runId, stepKey, attempt, stream }: LogName): StepLog {
  const [log] = useState(() => new StepLog());
  useEffect(() => log.start({ runId, stepKey, attempt, stream }), [log, runId, stepKey, attempt, stream]);
  useSyncExternalStore(log.listen, () => log.version);
  return log;
}
