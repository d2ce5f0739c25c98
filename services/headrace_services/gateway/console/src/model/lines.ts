// What is kept of a log: more than anybody reads, and little enough for a browser.
const MOST_LINES = 100_000;

/** Cuts a stream of bytes into lines as it comes. */
export class Lines {
  readonly all: string[] = [];
  /** How many lines at the beginning are not kept any more. */
  dropped = 0;
  readonly #decoder = new TextDecoder();
  readonly #most: number;

  constructor(most = MOST_LINES) {
    this.#most = most;
  }

  /** Adds what came. */
  add(data: Uint8Array): void {
    const parts = this.#decoder.decode(data, { stream: true }).split("\n");
    const last = this.all.pop() ?? "";
    parts[0] = last + parts[0];
    // A part for each line, and one for what comes after the last line break.
    for (const part of parts) this.all.push(part.length > 0 ? overwritten(part) : part);
    if (this.all.length > this.#most * 1.2) this.dropped += this.all.splice(0, this.all.length - this.#most).length;
  }

  /** Returns the lines that are not empty at the end. */
  shown(): number {
    return this.all.at(-1) === "" ? this.all.length - 1 : this.all.length;
  }
}

/** Returns what is left of a line that was written over, as progress bars do. */
function overwritten(line: string): string {
  const whole = line.endsWith("\r") ? line.slice(0, -1) : line;
  return whole.slice(whole.lastIndexOf("\r") + 1);
}
