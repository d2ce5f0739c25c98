/**
 * Who may hold a stream open, of all windows of a browser.
 *
 * Over HTTP/1.1 a browser opens six connections to a host, for all of its windows together; a stream keeps one for as long
 * as it is open. Streams can be resumed, so of those that want to be open a few are, and where more want to they take turns:
 * what is new comes a little later then, and pages and calls always find a connection.
 */

/** How many streams are open at once: two connections are left for pages and calls. */
export const MOST = 4;
/** How long a stream stays open before it makes room for one that waits. */
export const TURN_MS = 1_000;
/** How often somebody has to look whose turn it is. */
export const LOOK_MS = 250;
/** A window that says nothing for so long has been closed or put to sleep. */
export const SILENCE_MS = 20_000;

/** What a window holds and waits for, in full: said again and again, nothing is lost when a message is. */
export interface Wishes {
  holding: readonly string[];
  waiting: readonly string[];
}

/** Tells a window what to open, or to close so that another can be opened. */
export interface Verdict {
  kind: "open" | "yield";
  id: string;
}

interface Stream {
  window: Window;
  open: boolean;
  since: number;
  yielding?: boolean;
}

interface Window {
  tell(verdict: Verdict): void;
  heard: number;
}

/** Gives the streams of all windows their turns. An id stands for one turn: who asks again does it with another. */
export class Turns {
  readonly #streams = new Map<string, Stream>();

  /** Takes note of what a window wants; `window` is the same object each time. */
  wish(window: Window, { holding, waiting }: Wishes, now: number): void {
    window.heard = now;
    const named = new Set([...holding, ...waiting]);
    for (const [id, stream] of this.#streams) if (stream.window === window && !named.has(id)) this.#streams.delete(id);
    // What is open already counts, even if it was forgotten meanwhile.
    for (const id of holding) if (!this.#streams.has(id)) this.#streams.set(id, { window, open: true, since: now });
    for (const id of waiting) if (!this.#streams.has(id)) this.#streams.set(id, { window, open: false, since: now });
    this.turn(now);
  }

  /** Gives free places to those that have waited longest, and asks for others where none is free. Returns how many wait on. */
  turn(now: number): number {
    for (const [id, { window }] of this.#streams) if (now - window.heard > SILENCE_MS) this.#streams.delete(id);
    const open = [...this.#streams].filter(([, stream]) => stream.open);
    const waiting = [...this.#streams].filter(([, stream]) => !stream.open);
    const free = Math.max(0, MOST - open.length);
    for (const [id, stream] of waiting.slice(0, free)) {
      stream.open = true;
      stream.since = now;
      stream.window.tell({ kind: "open", id });
    }
    const short = waiting.length - free - open.filter(([, stream]) => stream.yielding).length;
    const longest = open.filter(([, stream]) => !stream.yielding && now - stream.since >= TURN_MS).toSorted(([, one], [, other]) => one.since - other.since);
    for (const [id, stream] of longest.slice(0, Math.max(0, short))) {
      stream.yielding = true;
      stream.window.tell({ kind: "yield", id });
    }
    return Math.max(0, waiting.length - free);
  }
}
