import { useSyncExternalStore } from "react";

/** Returns the time, and is drawn again every `interval` milliseconds; with 0 it stands still. */
export function useNow(interval: number): number {
  const clock = clockOf(interval);
  return useSyncExternalStore(clock.listen, clock.now);
}

/** One timer for all who ask for the same interval: a table of a hundred moments turns at once. */
class TurningClock {
  readonly #interval: number;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #now = Date.now();

  constructor(interval: number) {
    this.#interval = interval;
  }

  now = (): number => {
    // With nobody listening it is not turned: whoever comes first is not to see an old time.
    if (this.#timer === undefined && Date.now() - this.#now > (this.#interval || 1_000)) this.#now = Date.now();
    return this.#now;
  };

  listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#interval > 0) this.#timer ??= setInterval(() => this.#turn(), this.#interval);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  #turn(): void {
    this.#now = Date.now();
    for (const listener of this.#listeners) listener();
  }
}

const clocks = new Map<number, TurningClock>();

function clockOf(interval: number): TurningClock {
  let clock = clocks.get(interval);
  if (!clock) clocks.set(interval, (clock = new TurningClock(interval)));
  return clock;
}
