const FIRST_MS = 400;
const LARGEST_MS = 10_000;

/** Returns how long to wait before another try: growing, with jitter, so that a hundred consoles do not come at once. */
export function backoff(failures: number, chance: () => number = Math.random): number {
  const ceiling = Math.min(LARGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return ceiling / 2 + (chance() * ceiling) / 2;
}

/** Waits, until `signal` says that nobody waits any more. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
