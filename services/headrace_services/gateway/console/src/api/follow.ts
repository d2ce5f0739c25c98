import { Code } from "@connectrpc/connect";

import { backoff, pause } from "./backoff.ts";
import { isLoss, whenUp } from "./connection.ts";
import { problem } from "./errors.ts";
import { noteRefusal, session, whenAdmitted } from "./session.ts";
import { inTurn } from "./turn.ts";
import { onHidden, whenVisible } from "./visibility.ts";

/** What a watch brings: something, and where to go on after it. */
interface Step {
  cursor: string;
}

/** A stream to follow. */
export interface Watch<M extends Step> {
  /** Opens the stream after `cursor`; the first time with `from`. */
  open(cursor: string, signal: AbortSignal): AsyncIterable<M>;
  /** Takes what it brings, in order. After a break the last message may come again. */
  receive(message: M): void;
  /** Where to begin. */
  from?: string;
  /** The stream ended by itself; `true` means that it is over for good. */
  ended?(): boolean;
  /** It cannot be followed: what is asked for is not there, or the request is wrong. */
  failed?(error: unknown): void;
  /** The cursor is too old: what was received so far is to be thrown away, it begins anew. */
  restarted?(): void;
}

// The gateway sends a sign of life every 15 seconds; a stream without one is a connection that nobody has noticed to be dead.
const SILENCE_MS = 40_000;
const FINAL = [Code.NotFound, Code.InvalidArgument, Code.PermissionDenied, Code.Unimplemented];

/**
 * Follows a stream until it is over or the returned function is called: goes on from its cursor when the connection breaks,
 * and rests while nobody looks or others are to have their turn, since a browser opens six connections to a host for all of
 * its windows.
 */
export function follow<M extends Step>(watch: Watch<M>): () => void {
  const stop = new AbortController();
  void keepFollowing(watch, stop.signal);
  return () => stop.abort();
}

async function keepFollowing<M extends Step>(watch: Watch<M>, stop: AbortSignal): Promise<void> {
  let cursor = watch.from ?? "";
  let failures = 0;
  while (!stop.aborted) {
    await whenVisible(stop);
    await whenUp(stop);
    await whenAdmitted(stop);
    const { token } = session();
    try {
      const from = cursor;
      const over = await inTurn(stop, (signal) =>
        read(watch, from, signal, (message) => {
          failures = 0;
          cursor = message.cursor;
        }),
      );
      if (stop.aborted || (over && (watch.ended?.() ?? false))) return;
      // Ended early, without a word: it is not asked for again at once, lest both sides do nothing else.
      if (over) await pause(backoff(1), stop);
    } catch (error) {
      if (stop.aborted) return;
      noteRefusal(error, token);
      const { code, reason } = problem(error);
      if (reason === "CURSOR_EXPIRED") {
        cursor = "";
        watch.restarted?.();
      } else if (FINAL.includes(code) && !isLoss(error)) {
        return watch.failed?.(error);
      }
      failures += 1;
      await pause(backoff(failures), stop);
    }
  }
}

/** Reads one stream; returns whether it ended by itself. */
async function read<M extends Step>(
  watch: Watch<M>,
  cursor: string,
  stop: AbortSignal,
  seen: (message: M) => void,
): Promise<boolean> {
  const turn = new AbortController();
  const leave = () => turn.abort();
  let alarm = setTimeout(leave, SILENCE_MS);
  stop.addEventListener("abort", leave);
  const rest = onHidden(leave);
  try {
    for await (const message of watch.open(cursor, turn.signal)) {
      if (turn.signal.aborted) return false;
      clearTimeout(alarm);
      alarm = setTimeout(leave, SILENCE_MS);
      seen(message);
      watch.receive(message);
    }
    return true;
  } catch (error) {
    // We left it ourselves: to rest, or because it was silent. It goes on from the cursor.
    if (turn.signal.aborted) return false;
    throw error;
  } finally {
    clearTimeout(alarm);
    stop.removeEventListener("abort", leave);
    rest();
  }
}
