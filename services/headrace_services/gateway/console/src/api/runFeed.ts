import { useEffect, useState, useSyncExternalStore } from "react";

import { RunProgress } from "@/model/runProgress.ts";
import { runs } from "./clients.ts";
import { follow } from "./follow.ts";
import type { Event } from "./gen/headrace/api/types/v1/event_pb.ts";

/** Everything that is known of a run from its events; `version` grows with every change. */
export class RunFeed {
  events: Event[] = [];
  progress = new RunProgress();
  version = 0;
  /** Everything stored when it was asked for is here. */
  caughtUp = false;
  /** Why it cannot be followed. */
  error: unknown;
  readonly #listeners = new Set<() => void>();
  #frame = 0;

  /** Follows a run until it is over; returns how to stop. */
  start(runId: string): () => void {
    this.#forget();
    const stop = follow({
      open: (cursor, signal) => runs.watchRun({ runId, cursor }, { signal }),
      receive: (message) => {
        for (const event of message.events) {
          if (this.progress.apply(event)) this.events.push(event);
        }
        this.caughtUp ||= message.caughtUp;
        this.#changed();
      },
      ended: () => this.progress.over,
      failed: (error) => {
        this.error = error;
        this.#changed();
      },
      restarted: () => this.#forget(),
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

  // However much comes, it is drawn once a frame at most.
  #changed(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.version += 1;
      for (const listener of this.#listeners) listener();
    });
  }

  #forget(): void {
    this.events = [];
    this.progress = new RunProgress();
    this.caughtUp = false;
    this.error = undefined;
    this.#changed();
  }
}

/** Follows a run for as long as it is shown; without one there is nothing to tell yet. */
export function useRunFeed(runId: string | undefined): RunFeed {
  const [feed] = useState(() => new RunFeed());
  useEffect(() => (runId === undefined ? undefined : feed.start(runId)), [feed, runId]);
  useSyncExternalStore(feed.listen, () => feed.version);
  return feed;
}
