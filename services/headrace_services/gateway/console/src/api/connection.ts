import { ConnectError, type Interceptor } from "@connectrpc/connect";

import { backoff } from "./backoff.ts";

/** Whether the gateway answers; `retryTime` is when it is asked again. */
export type Connection = { up: true } | { up: false; since: number; retryTime: number };

type Listener = () => void;

let current: Connection = { up: true };
let failures = 0;
let probe: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<Listener>();

/** Returns whether the gateway answers, as far as the last call tells. */
export function connection(): Connection {
  return current;
}

/** Calls `listener` whenever the connection is lost or found again. */
export function onConnection(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Resolves as soon as the gateway answers, or `signal` fires. */
export function whenUp(signal: AbortSignal): Promise<void> {
  if (current.up || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      if (!current.up && !signal.aborted) return;
      forget();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const forget = onConnection(done);
    signal.addEventListener("abort", done);
  });
}

/** Asks the gateway now instead of at the next turn. */
export function retryNow(): void {
  if (!current.up) schedule(0);
}

/** Tells that a call got no answer at all. */
export function lost(): void {
  if (!current.up) return;
  failures = 0;
  set({ up: false, since: Date.now(), retryTime: Date.now() });
  schedule(backoff(1));
}

/** Notices on every call whether the gateway is there. */
export const watchAnswers: Interceptor = (next) => async (request) => {
  try {
    const answer = await next(request);
    found();
    return answer;
  } catch (error) {
    if (isLoss(error)) lost();
    else if (error instanceof ConnectError && !request.signal.aborted) found();
    throw error;
  }
};

/** Tells whether an error means that there was no answer, rather than a bad one. */
export function isLoss(error: unknown): boolean {
  const cause = error instanceof ConnectError ? error.cause : error;
  return cause instanceof TypeError;
}

function found(): void {
  if (current.up) return;
  clearTimeout(probe);
  set({ up: true });
}

function set(next: Connection): void {
  current = next;
  for (const listener of listeners) listener();
}

function schedule(delay: number): void {
  clearTimeout(probe);
  if (!current.up) set({ ...current, retryTime: Date.now() + delay });
  probe = setTimeout(() => void ask(), delay);
}

async function ask(): Promise<void> {
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(5000) });
    if (answer.ok) return found();
  } catch {
    // Not there yet.
  }
  if (current.up) return;
  failures += 1;
  schedule(backoff(failures));
}
