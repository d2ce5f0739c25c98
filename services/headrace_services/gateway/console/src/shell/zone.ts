import { useSyncExternalStore } from "react";

import { showZone } from "@/model/moments.ts";

/** In which zone moments are said: the reader's own, or UTC. */
export type Zone = "local" | "UTC";

const KEY = "headrace.zone";
const listeners = new Set<() => void>();
let current: Zone = "local";
show(kept());

/** Returns the chosen zone. */
export function useZone(): Zone {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** Says moments in a zone from now on, and after the next start too. */
export function chooseZone(zone: Zone): void {
  try {
    localStorage.setItem(KEY, zone);
  } catch {
    // A browser that keeps nothing: it holds for this page.
  }
  show(zone);
  for (const listener of listeners) listener();
}

function show(zone: Zone): void {
  current = zone;
  showZone(zone === "UTC" ? zone : undefined);
}

function kept(): Zone {
  try {
    return localStorage.getItem(KEY) === "UTC" ? "UTC" : "local";
  } catch {
    return "local";
  }
}
