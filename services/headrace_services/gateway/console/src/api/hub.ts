/** Hands one stream to all who want it: opened with the first listener, left with the last. */
export class Hub<M> {
  readonly #listeners = new Set<(message: M) => void>();
  readonly #open: (send: (message: M) => void) => () => void;
  #close: (() => void) | undefined;

  constructor(open: (send: (message: M) => void) => () => void) {
    this.#open = open;
  }

  /** Calls `listener` with whatever comes; returns how to leave. */
  listen(listener: (message: M) => void): () => void {
    this.#listeners.add(listener);
    this.#close ??= this.#open((message) => {
      for (const each of this.#listeners) each(message);
    });
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#close?.();
      this.#close = undefined;
    };
  }
}
