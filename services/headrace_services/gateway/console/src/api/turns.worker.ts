import { LOOK_MS, Turns, type Verdict, type Wishes } from "./turns.ts";

// One for all windows of the browser: it gives their streams their turns.

const turns = new Turns();

Object.assign(globalThis, {
  onconnect: ({ ports: [port] }: { ports: readonly MessagePort[] }) => {
    // A port has one other end: there is no origin to choose.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    const window = { heard: Date.now(), tell: (verdict: Verdict) => port!.postMessage(verdict) };
    port!.addEventListener("message", ({ data }: MessageEvent<Wishes>) => turns.wish(window, data, Date.now()));
    port!.start();
  },
});

setInterval(() => turns.turn(Date.now()), LOOK_MS);
