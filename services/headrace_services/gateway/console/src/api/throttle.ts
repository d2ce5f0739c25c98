const LEAST_MS = 30;

/**
 * Acts soon after it is called, and then not again until that is done and a pause is over. What takes longer than the pause
 * is waited for: begun anew with every call it would never come to its end.
 */
export class Throttle {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #acting = false;
  #again = false;
  #stopped = false;
  #last = 0;
  readonly #pause: number;
  readonly #act: () => unknown;

  constructor(pause: number, act: () => unknown) {
    this.#pause = pause;
    this.#act = act;
  }

  call(): void {
    if (this.#acting) this.#again = true;
    else if (!this.#stopped) this.#timer ??= setTimeout(() => void this.#turn(), Math.max(LEAST_MS, this.#last + this.#pause - Date.now()));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #turn(): Promise<void> {
    this.#timer = undefined;
    this.#acting = true;
    try {
      await this.#act();
    } finally {
      this.#acting = false;
      this.#last = Date.now();
      if (this.#again) {
        this.#again = false;
        this.call();
      }
    }
  }
}
