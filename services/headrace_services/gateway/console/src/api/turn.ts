import { LOOK_MS, Turns, type Verdict, type Wishes } from "./turns.ts";

/** A stream that waits for its turn, or has it. */
interface Wish {
  open: boolean;
  granted(): void;
  over: AbortController;
}

const SAY_MS = 5_000;

// Windows choose their ids by themselves.
const WINDOW = Math.random().toString(36).slice(2);
const wishes = new Map<string, Wish>();
let newest = 0;
let say: ((wishes: Wishes) => void) | undefined;

/**
 * Opens a stream when it is its turn among those of all windows of the browser. The signal that `act` is given fires with
 * `stop`, and when others wait for its place. Returns undefined if `stop` fired before it began.
 */
export async function inTurn<T>(stop: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  newest += 1;
  const id = `${WINDOW}-${newest}`;
  const over = new AbortController();
  try {
    await new Promise<void>((resolve) => {
      const granted = () => {
        stop.removeEventListener("abort", granted);
        resolve();
      };
      stop.addEventListener("abort", granted);
      wishes.set(id, { open: false, granted, over });
      tell();
    });
    return stop.aborted ? undefined : await act(AbortSignal.any([stop, over.signal]));
  } finally {
    wishes.delete(id);
    tell();
  }
}

function tell(): void {
  say ??= connect();
  say({ holding: idsOf(true), waiting: idsOf(false) });
}

function idsOf(open: boolean): string[] {
  return [...wishes].filter(([, wish]) => wish.open === open).map(([id]) => id);
}

function hear({ kind, id }: Verdict): void {
  const wish = wishes.get(id);
  if (!wish) return;
  if (kind === "yield") return wish.over.abort();
  wish.open = true;
  wish.granted();
}

/** Returns how to tell what this window wants to the one that knows what all windows want. */
function connect(): (wishes: Wishes) => void {
  setInterval(tell, SAY_MS);
  // Some browsers have no workers that windows share: then a window shares with itself alone.
  if (typeof SharedWorker === "undefined") return alone();
  const worker = new SharedWorker(new URL("./turns.worker.ts", import.meta.url), { type: "module", name: "turns" });
  const { port } = worker;
  worker.addEventListener("error", () => {
    say = alone();
    tell();
  });
  port.addEventListener("message", ({ data }: MessageEvent<Verdict>) => hear(data));
  port.start();
  // Whoever leaves keeps no place, not even in the page that the browser keeps for going back.
  window.addEventListener("pagehide", () => port.postMessage({ holding: [], waiting: [] } satisfies Wishes));
  return (all) => port.postMessage(all);
}

function alone(): (wishes: Wishes) => void {
  const turns = new Turns();
  const self = { heard: Date.now(), tell: hear };
  setInterval(() => turns.turn(Date.now()), LOOK_MS);
  return (all) => turns.wish(self, all, Date.now());
}
