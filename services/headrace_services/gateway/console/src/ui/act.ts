import { useState } from "react";

import { problem } from "@/api/errors.ts";
import { toast } from "./toast.ts";

/** Something that is done on a click: not twice at once, and told when it fails. */
export function useAction<A extends unknown[]>(what: string, act: (...args: A) => Promise<void>): { busy: boolean; run(...args: A): void } {
  const [busy, setBusy] = useState(false);
  const run = (...args: A) => {
    if (busy) return;
    setBusy(true);
    act(...args)
      .catch((error: unknown) => toast(`Could not ${what}: ${problem(error).message}`, { tone: "failed" }))
      .finally(() => setBusy(false));
  };
  return { busy, run };
}

/** Calls `act` on each item, a few at a time; returns the errors. */
export async function forEachOf<T>(items: readonly T[], act: (item: T) => Promise<unknown>, atOnce = 4): Promise<unknown[]> {
  const waiting = [...items];
  const errors: unknown[] = [];
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        // Each worker does one after the other: that is the bound.
        // oxlint-disable-next-line no-await-in-loop
        await act(item);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return errors;
}
